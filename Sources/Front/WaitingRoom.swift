import Audio
import Calls
import Instruments
import Net
import Switchboard
import Twilio
import Wire

/// Where callers wait for a place: a sentence, music, and Twilio asks again.
///
///     voice ─▶ no place ─▶ sentence, music, <Redirect> ─▶ voice ─▶ music, <Redirect> ─▶ …
///                                          └─ first in line and a place is free ─▶ <Connect>
///
/// The address that Twilio is given tells since when the caller waits, so the order outlives this
/// process. Nobody is told how many are before them: it would be promised, and then be wrong.
struct WaitingRoom: Sendable {
    let desk: FrontDesk
    let steps: StepWriter

    /// How often the caller was told to wait, and since when, in microseconds of the wall clock:
    /// many may come in the same millisecond.
    private static let turns = "waited"
    private static let since = "since"
    /// The sentence is said every fourth time: about every 20 s, with a phrase of four seconds.
    private static let turnsBetweenSentences = 4
    /// Nobody waits for so long; a number beyond it is nonsense and kept from our sums.
    private static let turnsMax = 10_000

    /// When that call has its turn.
    func turn(_ ticket: CallTicket, _ exchange: Exchange) -> WaitingLine.Turn {
        let now = exchange.loop.time.wallClock
        guard ticket.direction == .inbound else { return .first }
        let next = ticket.plan.rungs.first { if case .agent = $0 { false } else { true } }
        guard next == .queue else { return .last(now: now) }
        return .waiting(since: told(exchange).since ?? now, now: now)
    }

    /// What the caller hears who has no place yet, and waits since then.
    func answer(
        _ ticket: CallTicket, ahead: Int, since: Duration, _ exchange: Exchange
    ) throws(Problem) -> HTTPAnswer {
        let told = told(exchange)
        if told.turns == 0 {
            desk.log.notice(
                "call.waiting", "No place is free: the caller waits", .callSID(ticket.call.text),
                LogField("AHEAD", "\(ahead)"))
        }
        let query: Form = [
            Self.turns: "\(told.turns + 1)", Self.since: "\(since.microseconds)",
        ]
        let again = desk.address("/api/twilio/voice", toAny: true) + "?" + query.text
        let music = TwiML.Verb.play(url: desk.address(AudioRoutes.music, toAny: true))
        guard told.turns % Self.turnsBetweenSentences == 0 else {
            return try StepWriter.answer(TwiML(music, .redirect(url: again)))
        }
        let sentence = steps.announce(.queue, Words(ticket.plan.language))
        return try StepWriter.answer(TwiML(sentence, music, .redirect(url: again)))
    }

    /// What the address tells; Twilio's signature vouches for it.
    private func told(_ exchange: Exchange) -> (turns: Int, since: Duration?) {
        let query = (try? Form(queryOf: exchange.request)) ?? [:]
        let turns = query[Self.turns].flatMap { Int($0) } ?? 0
        let since = query[Self.since].flatMap { Int64($0) }
        let isSense = (1..<Self.turnsMax).contains(turns) && (since ?? 0) > 0
        return isSense ? (turns, since.map { .microseconds($0) }) : (0, nil)
    }
}
