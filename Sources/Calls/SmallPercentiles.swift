/// Durations by size, kept to within 7 %, in one kilobyte: small enough for every call to have
/// its own, where `Percentiles` of the instruments is the precise one for a whole process.
///
/// Log-linear cells of 0.1 ms, 16 per doubling, up to 104 s; recording is an increment.
struct SmallPercentiles: Sendable, Equatable {
    /// Cells per doubling are half of 2^subBits.
    private static let subBits = 5
    private static let half = 1 << (subBits - 1)
    /// Units of 0.1 ms: 104 s, beyond which nothing is told apart.
    private static let valueMax = 1 << 20 - 1
    private static let microsecondsPerUnit = 100

    private var cells = [UInt32](repeating: 0, count: Self.index(of: Self.valueMax) + 1)
    /// How many were recorded.
    private(set) var count = 0

    /// Counts a duration in microseconds, not below zero.
    mutating func record(microseconds: Int) {
        let value = min(max(microseconds, 0) / Self.microsecondsPerUnit, Self.valueMax)
        cells[Self.index(of: value)] &+= 1
        count += 1
    }

    /// The duration that `share` (0…1) of all do not exceed; nil when there is none.
    func at(_ share: Double) -> Duration? {
        guard count > 0 else { return nil }
        let rank = max(1, Int((share * Double(count)).rounded(.up)))
        var seen = 0
        let index = cells.firstIndex { cell in
            seen += Int(cell)
            return seen >= rank
        }
        return index.map { .microseconds(Self.middle(of: $0) * Self.microsecondsPerUnit) }
    }

    private static func index(of value: Int) -> Int {
        let doublings = max(0, Int.bitWidth - value.leadingZeroBitCount - subBits)
        return doublings * half + (value >> doublings)
    }

    private static func middle(of index: Int) -> Int {
        guard index >= 2 * half else { return index }
        let doublings = index / half - 1
        let sub = index - doublings * half
        return (sub << doublings) + (1 << doublings) / 2
    }
}
