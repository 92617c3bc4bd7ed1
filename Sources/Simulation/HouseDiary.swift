/// What became of one house.
package struct Verdict: Sendable {
    /// The seed that tells the whole story again.
    package var seed: UInt64
    /// What should never have happened, in the order it did; empty when all was right.
    package var violations: [String] = []
    /// Calls that rang.
    package var calls = 0
    /// The longest that anybody had to listen to nothing without a reason.
    package var longestDeadAir: Duration = .zero
    /// How calls ended, by reason.
    package var reasons: [String: Int] = [:]
    /// How often something happened that the simulation is there to bring about.
    package var sights: [String: Int] = [:]

    /// Everything that happened, when that was asked for.
    package var course: [String] = []

    package init(seed: UInt64) { self.seed = seed }

    /// One line for people.
    package var story: String {
        violations.isEmpty
            ? "seed \(seed): \(calls) calls, all right"
            : "seed \(seed): \(violations[0])"
                + (violations.count > 1 ? " (and \(violations.count - 1) more)" : "")
    }
}

/// Writes down what a house has seen.
// Safe because a house lives on the one thread that runs its loop.
final class HouseDiary: @unchecked Sendable {
    /// Told of one house; more would only repeat it.
    private static let violationsMax = 20

    var verdict: Verdict

    private let tellsAll: Bool

    init(seed: UInt64, tellsAll: Bool) {
        verdict = Verdict(seed: seed)
        self.tellsAll = tellsAll
    }

    /// One line of the whole story, for whoever wants all of it.
    func tell(_ what: @autoclosure () -> String, at now: Duration) {
        if tellsAll { verdict.course.append("\(now) \(what())") }
    }

    func violated(_ what: String, at now: Duration) {
        tell("VIOLATION " + what, at: now)
        guard verdict.violations.count < Self.violationsMax else { return }
        verdict.violations.append("at \(now): \(what)")
    }

    func saw(_ sight: String) { verdict.sights[sight, default: 0] += 1 }
}
