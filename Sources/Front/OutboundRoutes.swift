import Calls
import Instruments
import Net
import Twilio
import Wire

/// Calls that we place.
///
///     initiate ─▶ allowed? known? ─▶ promise ─▶ Twilio rings ──▶ call_sid, session_id
///     outbound (answered) ─▶ a mailbox? hang up : as an inbound call, with the promised agent
///     answered-by ─▶ found out meanwhile: a mailbox's call is ended
///     status ─▶ never answered: the promise ends, with one reason
///
/// Every address that Twilio is given names its promise: its first question may come before the
/// answer to our request, or that answer may be lost.
struct OutboundRoutes: Sendable {
    let desk: FrontDesk
    let voice: VoiceRoutes

    var book: OutboundBook { desk.outbound.book }

    /// `POST /webhook/initiate-call`: an agent calls somebody.
    func initiate(_ exchange: Exchange) async throws(Problem) -> HTTPAnswer {
        let order = try OutboundOrder(JSONBody(exchange), agents: desk.outbound.agents)
        guard let to = order.to else {
            throw .unusable(
                "to is missing: a number in E.164, such as +15550100; conversations without a "
                    + "telephone (an answer with websocket_url) are not offered by this version")
        }
        let session = order.session ?? desk.sessions.next(wallClock: exchange.loop.time.wallClock)
        if let answer = try await answerElsewhere(order, at: exchange.loop.now) { return answer }
        let refusal = refusal(of: to, at: exchange.loop.now) ?? silence(order.agent, to, exchange)
        while true {
            let verdict = book.ask(
                order, session: session, mayPlace: refusal == nil, at: exchange.loop.now)
            if verdict == .refused { throw refusal ?? .forbidden("nothing may be called") }
            guard let result = try await result(of: verdict, session, to) else { continue }
            return try answer(result, session, order)
        }
    }

    /// What came of the call; nil when the same request, for which it waited, came to nothing: then
    /// the book is asked anew.
    private func result(
        of verdict: OutboundLedger.Verdict, _ session: String, _ to: PhoneNumber
    ) async throws(Problem) -> OutboundResult? {
        switch verdict {
        case .place(let promise):
            // A telephone may ring from here on, whatever becomes of this process.
            await book.kept()
            let result = book.settle(session, await place(promise, to))
            await book.kept()
            return result
        case .known(let result): return result
        case .pending: return await book.result(of: session)
        case .conflict: throw Self.conflict
        case .tooMany(let living):
            throw .tooMany("\(living) calls are open, as many as allowed", retryAfter: .seconds(10))
        case .tooOften(let wait):
            throw .tooMany("more calls a minute than allowed", retryAfter: wait)
        case .refused: return nil
        }
    }

    /// What another instance answers to an order that it has: while it drains, both are asked.
    private func answerElsewhere(
        _ order: OutboundOrder, at now: Duration
    ) async throws(Problem) -> HTTPAnswer? {
        guard let session = order.session, let record = await book.elsewhere(session, at: now)
        else { return nil }
        guard record.fingerprint == order.fingerprint.hex else { throw Self.conflict }
        let unknown = OutboundResult.failed(
            .unanswered("another instance has asked Twilio for this call"))
        return try answer(
            record.call.map { .placed($0, record.status) } ?? unknown, session, order)
    }

    private static let conflict = Problem(
        409, "Conflict", "session_id stands for another request")

    /// Why nobody may be called, or not that number, now.
    private func refusal(of to: PhoneNumber, at now: Duration) -> Problem? {
        guard desk.outbound.line != nil, book.policy.from != nil else {
            return Problem(
                503, "Unavailable",
                "outbound calls need TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_PHONE_NUMBER")
        }
        guard book.policy.allows(to) else {
            return .forbidden("to begins with none of OUTBOUND_PREFIXES")
        }
        if desk.registry.isDraining {
            return Problem(503, "Unavailable", "draining", fields: ["Retry-After": "30"])
        }
        // Those that ring will each need a place when they are answered.
        let ringing = desk.outbound.ringing(desk.registry, at: now).count
        if !desk.registry.hasRoom(for: ringing + 1) {
            return Problem(
                503, "Unavailable", "as many calls as allowed are open or ring",
                fields: ["Retry-After": "10"])
        }
        return nil
    }

    /// Why the callee would hear nobody but our regret: no telephone rings for that.
    private func silence(
        _ agent: String, _ to: PhoneNumber, _ exchange: Exchange
    ) -> Problem? {
        guard let from = book.policy.from else { return nil }
        let shown = desk.planner(from, to, exchange.loop.time.wallClock)
        let rungs = OutboundPromise.rungs(agent, shown)
        guard let wait = desk.outbound.outage(of: rungs) else { return nil }
        return .unavailable(
            "the agent \(agent) failed too often to be tried now, and nobody else is there to speak",
            retryAfter: wait)
    }

    private func place(_ promise: OutboundPromise, _ to: PhoneNumber) async -> OutboundResult {
        guard let line = desk.outbound.line, let from = book.policy.from else {
            return .failed(.unusable("there is no account"))
        }
        do {
            let answer = try await line.place(call(promise, to, from))
            desk.log.notice(
                "outbound.placed", "[Twilio] Outgoing call",
                .callSID(answer.call.text), .sessionID(promise.session), .agent(promise.agent),
                LogField("FROM", "\(from)"), LogField("TO", "\(to)"))
            desk.meters.outboundCalls["placed"].add()
            return .placed(answer.call, answer.status)
        } catch {
            desk.log.error(
                "outbound.not_placed", "Failed to start an outgoing call",
                .sessionID(promise.session), .agent(promise.agent), LogField("TO", "\(to)"),
                .reason("\(error)"))
            desk.meters.outboundCalls[error.isUncertain ? "uncertain" : "refused"].add()
            return .failed(error)
        }
    }

    /// What Twilio is asked for.
    private func call(
        _ promise: OutboundPromise, _ to: PhoneNumber, _ from: PhoneNumber
    ) -> OutboundCall {
        var call = OutboundCall(
            to: to, from: from, answer: .url(address("/api/twilio/outbound", promise)))
        call.statusCallback = address("/api/twilio/status", promise)
        call.timeoutSeconds = Int(OutboundPolicy.ringMax.components.seconds)
        call.limitSeconds = Int(book.policy.durationMax.components.seconds)
        switch book.policy.voicemail {
        case .ignore: break
        case .hangup:
            call.machineDetection = .meanwhile(
                callback: address("/api/twilio/answered-by", promise))
        case .speak: call.machineDetection = .afterGreeting
        }
        return call
    }

    /// One of our addresses as Twilio is given it. Agent and session are there for a successor
    /// of this process, which knows no promise of ours; the signature vouches for them.
    private func address(_ path: String, _ promise: OutboundPromise) -> String {
        let query: Form = [
            "promise": promise.id, "agent": promise.agent, "session": promise.session,
        ]
        return desk.address(path + "?" + query.text)
    }

    private func answer(
        _ result: OutboundResult, _ session: String, _ order: OutboundOrder
    ) throws(Problem) -> HTTPAnswer {
        switch result {
        case .failed(let failure): throw Problem(failure)
        case .placed(let call, let status):
            return .respond(
                .readable(
                    201,
                    [
                        "success": true, "status": .string(status.word),
                        "call_sid": .string(call.text), "session_id": .string(session),
                        "agent": .string(order.agent),
                    ]))
        }
    }
}
