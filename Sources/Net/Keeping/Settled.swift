/// Up to where the machine has read, and what it was in the middle of: one word, so that both
/// change at once.
struct Settled: Equatable {
    static let tooLarge = (1 << 23) - 1
    /// A TB of stream.
    private static let positionMask: UInt64 = (1 << 40) - 1

    var position: UInt64
    /// Zero when it was in the middle of nothing.
    var snapshotBytes = 0
    var slot = 0

    init(position: UInt64) { self.position = position }

    init(word: UInt64) {
        position = word & Self.positionMask
        snapshotBytes = Int(word >> 40) & Self.tooLarge
        slot = Int(word >> 63)
    }

    @inline(__always)
    var word: UInt64 {
        position | UInt64(snapshotBytes) << 40 | UInt64(slot) << 63
    }
}
