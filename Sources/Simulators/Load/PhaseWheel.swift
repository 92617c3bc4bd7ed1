/// Whose turn it is to send, when everybody sends once a period, each at a moment of its own.
///
///     ──┬─2──┬─0──┬─3──┬─1──┬─2──▶   four senders, evenly apart
///       └──────── period ───┘
///
/// The moments are a van der Corput sequence: however many senders there are, they are spread over
/// the whole period, so that the load has no bursts of its own making.
package struct PhaseWheel: Sendable {
    private let period: Int64
    private var order: [(phase: Int64, sender: Int)]
    private var place = 0
    private var turnBegan: Int64 = 0

    /// A wheel of senders 0..<count; times are nanoseconds.
    package init(senders count: Int, period: Int64) {
        self.period = period
        order = (0..<count).map { (Self.phase(of: $0, period), $0) }.sorted { $0.phase < $1.phase }
    }

    /// Begins the first turn.
    package mutating func begin(at now: Int64) {
        place = 0
        turnBegan = now
    }

    /// When the next sender is due; nil when there is none.
    package var next: Int64? { order.isEmpty ? nil : turnBegan + order[place].phase }

    /// The sender that is due and since when; nil when nobody is.
    package mutating func take(at now: Int64) -> (sender: Int, due: Int64)? {
        guard let due = next, due <= now else { return nil }
        let sender = order[place].sender
        place += 1
        if place == order.count {
            place = 0
            turnBegan += period
        }
        return (sender, due)
    }

    /// Leaves out every moment before `now`, whole turns at a time; returns how many there were.
    package mutating func skip(to now: Int64) -> Int {
        guard !order.isEmpty, period > 0 else { return 0 }
        let turns = max(0, (now - turnBegan) / period)
        turnBegan += turns * period
        return Int(turns) * order.count
    }

    /// The bits of the number mirrored behind the point, as a share of the period.
    private static func phase(of number: Int, _ period: Int64) -> Int64 {
        var bits = UInt32(truncatingIfNeeded: number)
        var mirrored: UInt32 = 0
        for _ in 0..<32 {
            mirrored = mirrored << 1 | bits & 1
            bits >>= 1
        }
        return Int64((UInt64(mirrored) * UInt64(period)) >> 32)
    }
}
