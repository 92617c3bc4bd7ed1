import Simulators

/// What one caller, and Twilio on their behalf, will do, and what will go wrong with it.
struct CallerTemper: Sendable {
    /// What happens to a stream while it lives.
    enum Mishap: Sendable, Equatable {
        /// The connection breaks; Twilio notices at once.
        case breaks
        /// Nothing comes through any more; Twilio notices when `noticesAfter` has passed.
        case deaf
        /// Nothing of the caller's comes through, though they hear everything.
        case mute
        /// Twilio asks the voice webhook again and opens a second stream.
        case second
        case garbage, binary, secondStart
    }

    /// What an operator does with a living call.
    enum Meddling: Sendable, Equatable {
        case end, transfer, say, digits, context, emergency
    }

    var ringsAt: Duration
    /// How long the caller stays, from the first answer.
    var staysFor: Duration
    var isPolite: Bool
    /// One for each stream that is had, the time since its beginning; none: nothing happens.
    var mishaps: [(after: Duration, mishap: Mishap)] = []
    var noticesAfter: Duration
    var meddling: (at: Duration, what: Meddling)?
    var asksVoiceTwice: Bool
    var statusTimes: Int
    /// Reports that come in no order: of a state that is past, before the stream's last word.
    var lateStatuses: Int
    var statusOvertakes: Bool
    var streamReports: Bool
    var asksAfterEnd: Bool
    /// Twilio asks once more what comes after a stream when the next one may live already.
    var asksAgain: Bool
    var isSlowTwilio: Bool
    var pressesKeys: Bool
    /// How the caller speaks: so long, so often; never when zero.
    var speaksEvery: Duration
    var speaksFor: Duration
    /// How somebody else who is rung for the caller answers.
    var otherAnswers: Bool
    var otherAccepts: Bool

    /// The first line goes dead, and nobody notices for long.
    mutating func goDead() {
        mishaps = [(mishaps.first?.after ?? .seconds(2), .deaf)]
        noticesAfter = .seconds(25)
        staysFor = max(staysFor, .seconds(25))
    }

    /// What the dice say.
    init(_ dice: inout SeededRandom, trouble: Double) {
        ringsAt = dice.milliseconds(0...15_000)
        staysFor = dice.milliseconds(dice.chance(0.2) ? 200...3_000 : 3_000...30_000)
        if dice.chance(0.03) { staysFor = .seconds(200) }
        isPolite = !dice.chance(trouble * 0.5)
        noticesAfter = dice.milliseconds(500...25_000)
        asksVoiceTwice = dice.chance(trouble * 0.3)
        statusTimes = dice.chance(trouble * 0.3) ? 0 : Int.random(in: 1...3, using: &dice)
        lateStatuses = dice.chance(trouble * 0.4) ? Int.random(in: 1...3, using: &dice) : 0
        statusOvertakes = dice.chance(trouble * 0.4)
        streamReports = dice.chance(0.3)
        asksAfterEnd = dice.chance(0.5)
        isSlowTwilio = dice.chance(trouble * 0.3)
        pressesKeys = dice.chance(0.2)
        speaksEvery = dice.chance(0.3) ? .zero : dice.milliseconds(3_000...12_000)
        speaksFor = dice.milliseconds(300...2_500)
        otherAnswers = dice.chance(0.7)
        otherAccepts = dice.chance(0.7)
        asksAgain = dice.chance(trouble * 0.4)
        mishaps = Self.mishaps(&dice, trouble: trouble)
        meddling = Self.meddling(&dice)
    }

    private static func mishaps(
        _ dice: inout SeededRandom, trouble: Double
    ) -> [(after: Duration, mishap: Mishap)] {
        let all: [Mishap] = [
            .breaks, .breaks, .breaks, .deaf, .mute, .second, .garbage, .binary, .secondStart,
        ]
        var mishaps: [(after: Duration, mishap: Mishap)] = []
        while dice.chance(trouble * 0.6), mishaps.count < 6 {
            mishaps.append((dice.milliseconds(0...8_000), dice.pick(all, or: .breaks)))
        }
        guard dice.chance(trouble * 0.05) else { return mishaps }
        // A line on which no stream holds: each breaks as soon as the one before it. Drawn from a
        // copy, so that kept seeds go on telling the same stories.
        var copy = dice
        return Array(repeating: (copy.milliseconds(0...2_000), .breaks), count: 8)
    }

    private static func meddling(_ dice: inout SeededRandom) -> (at: Duration, what: Meddling)? {
        guard dice.chance(0.3) else { return nil }
        let all: [Meddling] = [.end, .transfer, .say, .digits, .context, .emergency]
        return (dice.milliseconds(0...15_000), dice.pick(all, or: .end))
    }
}
