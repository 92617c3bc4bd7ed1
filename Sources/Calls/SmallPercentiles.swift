import Instruments

/// Durations by size, kept to within 7 %, in one kilobyte: small enough for every call to have
/// its own, where `Percentiles` of the instruments is the precise one for a whole process.
///
/// Log-linear cells of 0.1 ms, 16 per doubling, up to 104 s; recording is an increment.
struct SmallPercentiles: Sendable, Equatable {
    /// Of `LogLinear`: the middle of a cell is at most 1/2^subBits of a value away from it.
    private static let subBits = 5
    /// Units of 0.1 ms: 104 s, beyond which nothing is told apart.
    private static let valueMax = 1 << 20 - 1
    private static let microsecondsPerUnit = 100

    private var cells = [UInt32](repeating: 0, count: Self.cell(of: Self.valueMax) + 1)
    /// How many were recorded.
    private(set) var count = 0

    /// Counts a duration in microseconds, not below zero.
    mutating func record(microseconds: Int) {
        let value = min(max(microseconds, 0) / Self.microsecondsPerUnit, Self.valueMax)
        cells[Self.cell(of: value)] &+= 1
        count += 1
    }

    /// The duration that `share` (0…1) of all do not exceed; nil when there is none.
    func at(_ share: Double) -> Duration? {
        guard count > 0 else { return nil }
        let rank = max(1, Int((share * Double(count)).rounded(.up)))
        var seen = 0
        let found = cells.firstIndex { cell in
            seen += Int(cell)
            return seen >= rank
        }
        return found.map { .microseconds(Self.middle(of: $0) * Self.microsecondsPerUnit) }
    }

    private static func cell(of value: Int) -> Int {
        LogLinear.bucket(of: value, subBits: subBits)
    }

    private static func middle(of cell: Int) -> Int {
        let values = LogLinear.values(in: cell, subBits: subBits)
        return values.lowerBound + values.count / 2
    }
}
