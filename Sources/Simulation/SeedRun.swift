import Synchronization

/// Many houses, one after another on each of several threads.
package struct SeedRun: Sendable {
    /// The first seed, and how many follow each other.
    package var first: UInt64
    package var count: Int
    /// How many houses live at the same time; each has a thread for itself.
    package var workers: Int

    package init(first: UInt64, count: Int, workers: Int) {
        self.first = first
        self.count = count
        self.workers = workers
    }

    /// Runs them all; `told` hears of each house, in no order.
    package func run(_ told: @escaping @Sendable (Verdict) -> Void = { _ in }) async -> RunSum {
        let shelf = Shelf(first: first, count: count)
        return await withTaskGroup(of: RunSum.self) { group in
            for _ in 0..<workers {
                group.addTask {
                    var sum = RunSum()
                    while let seed = shelf.take() {
                        let verdict = SimulatedHouse.run(seed: seed)
                        told(verdict)
                        sum.add(verdict)
                    }
                    return sum
                }
            }
            var all = RunSum()
            for await sum in group { all.add(sum) }
            return all
        }
    }
}

/// The seeds that nobody has taken yet.
private final class Shelf: Sendable {
    private let rest: Mutex<Range<UInt64>>

    init(first: UInt64, count: Int) {
        rest = Mutex(first..<first + UInt64(count))
    }

    func take() -> UInt64? {
        rest.withLock { $0.popFirst() }
    }
}

/// What many houses came to.
package struct RunSum: Sendable {
    /// Houses and the calls that rang in them.
    package private(set) var houses = 0
    package private(set) var calls = 0
    /// What went wrong, a few of all, by seed.
    package private(set) var failures: [Verdict] = []
    package private(set) var failed = 0
    /// The longest that anybody heard nothing without a reason.
    package private(set) var longestDeadAir: Duration = .zero
    /// How calls ended, and what was seen, by name.
    package private(set) var reasons: [String: Int] = [:]
    package private(set) var sights: [String: Int] = [:]

    private static let failuresMax = 50

    /// What should happen in a simulation, and never did.
    package var unseen: [String] { Census.expected.filter { sights[$0] == nil } }

    package init() {}

    /// Counts one house.
    package mutating func add(_ verdict: Verdict) {
        houses += 1
        calls += verdict.calls
        longestDeadAir = max(longestDeadAir, verdict.longestDeadAir)
        reasons.merge(verdict.reasons, uniquingKeysWith: +)
        sights.merge(verdict.sights, uniquingKeysWith: +)
        guard !verdict.violations.isEmpty else { return }
        failed += 1
        if failures.count < Self.failuresMax { failures.append(verdict) }
    }

    /// Counts what others have counted.
    package mutating func add(_ sum: RunSum) {
        houses += sum.houses
        calls += sum.calls
        longestDeadAir = max(longestDeadAir, sum.longestDeadAir)
        reasons.merge(sum.reasons, uniquingKeysWith: +)
        sights.merge(sum.sights, uniquingKeysWith: +)
        failed += sum.failed
        failures = Array((failures + sum.failures).prefix(Self.failuresMax))
    }
}
