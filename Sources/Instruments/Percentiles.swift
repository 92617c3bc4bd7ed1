/// Durations by size, kept to within 0.8 %, for p50, p99, p99.9 and max of any number of them.
///
/// Log-linear buckets: 128 per doubling up to an hour, all allocated at the start (36 KiB), so
/// that recording is an increment. Two can be merged exactly.
package struct Percentiles: Sendable, Equatable {
    /// Of `LogLinear`: the error is below 1/2^(subBits-1).
    private static let subBits = 8
    /// In nanoseconds; longer durations count as this. An hour is no latency any more.
    private static let valueMax = 3_600 * 1_000_000_000

    private var cells = [UInt64](repeating: 0, count: Self.bucket(of: Self.valueMax) + 1)
    /// How many were recorded.
    package private(set) var count: UInt64 = 0
    /// The longest recorded, exactly; zero when there is none.
    package private(set) var maximum: Duration = .zero
    /// The shortest recorded, exactly; zero when there is none.
    package private(set) var minimum: Duration = .zero

    /// No duration yet.
    package init() {}

    /// Counts one duration; a negative one counts as zero. Allocates nothing.
    package mutating func record(_ duration: Duration) {
        let value = min(max(duration.wholeNanoseconds, 0), Self.valueMax)
        cells[Self.bucket(of: value)] += 1
        minimum = count == 0 ? max(duration, .zero) : min(minimum, max(duration, .zero))
        maximum = max(maximum, duration)
        count += 1
    }

    /// Adds everything the other has counted.
    package mutating func merge(_ other: Percentiles) {
        guard other.count > 0 else { return }
        for bucket in cells.indices { cells[bucket] += other.cells[bucket] }
        minimum = count == 0 ? other.minimum : min(minimum, other.minimum)
        maximum = max(maximum, other.maximum)
        count += other.count
    }

    /// The shortest duration that `share` (0…1) of all do not exceed, at most 0.8 % too long and
    /// never longer than the maximum; zero when there is none.
    package func at(_ share: Double) -> Duration {
        guard count > 0 else { return .zero }
        let rank = max(1, UInt64((share * Double(count)).rounded(.up)))
        var seen: UInt64 = 0
        for (bucket, cell) in cells.enumerated() {
            seen += cell
            guard seen < rank else {
                let longest = LogLinear.values(in: bucket, subBits: Self.subBits).upperBound
                return min(max(.nanoseconds(longest), minimum), maximum)
            }
        }
        return maximum
    }

    /// The median.
    package var p50: Duration { at(0.5) }
    /// What 95 of 100 do not exceed.
    package var p95: Duration { at(0.95) }
    /// What 99 of 100 do not exceed.
    package var p99: Duration { at(0.99) }
    /// What 999 of 1,000 do not exceed.
    package var p999: Duration { at(0.999) }

    private static func bucket(of value: Int) -> Int {
        LogLinear.bucket(of: value, subBits: subBits)
    }
}
