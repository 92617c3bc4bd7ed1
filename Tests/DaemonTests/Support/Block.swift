import Instruments

/// Holds a thread until it is let go; one that comes later passes.
final class Block: Sendable {
    private let state = Monitor<(isHolding: Bool, isOver: Bool)>((false, false))

    /// Called on the thread that is to stand still.
    func hold() {
        state.withLock { $0.isHolding = true }
        _ = state.wait { $0.isOver ? true : nil }
    }

    /// True once some thread has come.
    var isHolding: Bool { state.withLock { $0.isHolding } }

    func release() {
        state.withLock { $0.isOver = true }
        state.ring()
    }
}
