package import Calls
package import Simulators

/// Everything a seed decides about one house before anything happens in it.
package struct HousePlan: Sendable {
    /// The dice of all that is decided on the way.
    package var dice: SeededRandom
    package var limits = CallLimits()
    /// Calls that ring, and how many may live at once.
    package var calls: Int
    package var callsMax: Int
    /// How many of them may be to the one number that all of them call.
    package var callsMaxOfNumber: Int?
    /// Calls that somebody asks the house to place.
    package var orders = 0
    /// How often Twilio sends media. Its own pace is 20 ms; a slower one with larger pieces
    /// simulates more calls in the same time, and nothing in a call counts frames by messages.
    package var mediaEvery: Duration
    /// How much goes wrong, 0 nothing to 1 nearly everything.
    package var trouble: Double
    /// When the daemon is killed, and how long nobody answers then.
    package var kills: [Duration] = []
    /// How every conversation ends, soon; nil where each has an end of its own.
    var agentsEnd: AgentTemper.Ending?
    /// Every caller's line goes dead, and Twilio is long about it.
    var linesGoDead = false
    /// It is killed as soon as certain things were written down that the next one has to know.
    package var killsWhenWritten = false
    /// It is killed as well when so many things were told of its calls: between any two of them.
    package var killsAtEvent: Int?
    package var downTime: Duration
    /// When a new version is installed: whoever is there stays, nobody else comes in.
    package var drainsAt: Duration?
    /// Callers' streams outlive the daemon's process, as they do under a service manager.
    package var keepsStreams = false
    /// Nothing can be written: calls die with their process.
    package var diskFails = false
    /// Every call is traced, and replayed when all is over.
    package var isTraced: Bool

    /// What this seed decides.
    package init(seed: UInt64) {
        var dice = SeededRandom(seed: seed)
        calls = Int.random(in: 1...6, using: &dice)
        callsMax = Int.random(in: max(1, calls - 2)...(calls + 2), using: &dice)
        mediaEvery = .milliseconds(dice.chance(0.08) ? 20 : 100)
        trouble = dice.chance(0.2) ? 0 : Double.random(in: 0.05...0.9, using: &dice)
        downTime = dice.duration(in: .milliseconds(50)...(.milliseconds(900)))
        limits.durationMax = Self.longest.randomElement(using: &dice) ?? .seconds(60)
        if dice.chance(trouble * 0.3) {
            for _ in 0..<Int.random(in: 1...3, using: &dice) {
                kills.append(dice.duration(in: .zero...(.seconds(40))))
            }
        }
        if dice.chance(trouble * 0.3) { killsAtEvent = Int.random(in: 1...80, using: &dice) }
        keepsStreams = dice.chance(0.4)
        diskFails = dice.chance(trouble * 0.1)
        if dice.chance(0.15) { callsMaxOfNumber = Int.random(in: 1...3, using: &dice) }
        if dice.chance(0.2) { orders = Int.random(in: 1...3, using: &dice) }
        isTraced = dice.chance(0.1)
        // Other dice, so that no more than that is different.
        var others = dice
        killsWhenWritten = others.chance(trouble * 0.4)
        if others.chance(trouble * 0.15) {
            agentsEnd = others.pick([.vanishes, .deaf], or: .vanishes)
        }
        linesGoDead = others.chance(trouble * 0.15)
        if agentsEnd != nil || linesGoDead || others.chance(0.25) {
            limits.watchEvery = .seconds(1)
            limits.agentSilenceMax = .seconds(7)
            limits.callerSilenceMax = .seconds(4)
        }
        if dice.chance(0.08) { drainsAt = dice.duration(in: .zero...(.seconds(20))) }
        self.dice = dice
    }

    /// Some calls shall reach the longest duration, most shall not.
    private static let longest: [Duration] = [
        .seconds(15), .seconds(60), .seconds(120), .seconds(300), .seconds(4 * 3600),
    ]
}

extension SeededRandom {
    /// One of several with equal chances; `fallback` when there is none.
    mutating func pick<Choice>(_ choices: [Choice], or fallback: Choice) -> Choice {
        choices.randomElement(using: &self) ?? fallback
    }

    /// Milliseconds in a range, as a duration.
    mutating func milliseconds(_ range: ClosedRange<Int64>) -> Duration {
        duration(in: .milliseconds(range.lowerBound)...(.milliseconds(range.upperBound)))
    }

    /// The weather on one line of a house with so much trouble.
    mutating func weather(_ trouble: Double) -> LineConditions {
        var weather = LineConditions()
        guard trouble > 0 else { return weather }
        weather.delay = milliseconds(0...60)
        weather.jitter = milliseconds(0...30)
        if chance(trouble * 0.3) {
            weather.stallsPerThousand = Int.random(in: 1...20, using: &self)
        }
        return weather
    }
}
