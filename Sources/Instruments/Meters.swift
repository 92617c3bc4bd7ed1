import Synchronization

/// A count that only grows; from any thread, without a lock.
package final class Counter: Sendable {
    private let count = Atomic<Int>(0)

    /// A counter at zero.
    package init() {}

    /// Adds `amount`, which is never negative.
    package func add(_ amount: Int = 1) {
        count.wrappingAdd(amount, ordering: .relaxed)
    }

    /// The count so far.
    package var value: Int { count.load(ordering: .relaxed) }
}

/// A number that goes up and down; from any thread, without a lock.
package final class Gauge: Sendable {
    private let level = Atomic<Int>(0)

    /// A gauge at zero.
    package init() {}

    /// Sets the level.
    package func set(_ value: Int) { level.store(value, ordering: .relaxed) }

    /// The level now.
    package var value: Int { level.load(ordering: .relaxed) }
}

/// Counts values by fixed buckets; from any thread, without a lock or an allocation.
///
/// Values are whole numbers of a small unit, `unitsPerOne` of them in the unit that is shown. A
/// read while others record may be torn between buckets by a few values, as Prometheus allows.
// Safe because the memory behind `cells` is fixed at the start and holds only atomics.
package final class Histogram: @unchecked Sendable {
    /// Upper bounds, in units, rising; a last bucket without bound follows.
    package let bounds: [Int]
    /// Units in one of what is shown: 1e9 for nanoseconds shown as seconds.
    package let unitsPerOne: Double
    private let cells: UnsafeMutablePointer<Atomic<Int>>
    private let total = Atomic<Int>(0)

    /// A histogram of durations, in seconds; `bounds` must rise.
    package convenience init(_ bounds: [Duration]) {
        self.init(bounds.map(\.wholeNanoseconds), unitsPerOne: 1e9)
    }

    /// A histogram of whole numbers of some unit; `bounds` must rise.
    package init(_ bounds: [Int], unitsPerOne: Double = 1) {
        precondition(zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 }, "bounds must rise")
        self.bounds = bounds
        self.unitsPerOne = unitsPerOne
        cells = .allocate(capacity: bounds.count + 1)
        for index in 0...bounds.count { (cells + index).initialize(to: Atomic(0)) }
    }

    deinit {
        cells.deinitialize(count: bounds.count + 1)
        cells.deallocate()
    }

    /// Counts a duration.
    package func record(_ duration: Duration) { record(duration.wholeNanoseconds) }

    /// Counts a value in units.
    package func record(_ value: Int) {
        var index = 0
        while index < bounds.count, value > bounds[index] { index += 1 }
        cells[index].wrappingAdd(1, ordering: .relaxed)
        total.wrappingAdd(value, ordering: .relaxed)
    }

    /// Values per bucket, the one without bound last; not cumulative.
    package var counts: [Int] { (0...bounds.count).map { cells[$0].load(ordering: .relaxed) } }

    /// All values added up, in units.
    package var sum: Int { total.load(ordering: .relaxed) }
}
