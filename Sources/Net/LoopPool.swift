import Synchronization

/// All loops of the process, running; a new call takes the quietest.
package final class LoopPool: Sendable {
    /// Every loop; the first one also accepts connections.
    package let loops: [EventLoop]
    private let turn = Atomic<Int>(0)

    /// Starts `count` loops, at least one.
    package init(count: Int) {
        loops = (0..<max(1, count)).map { EventLoop(name: "loop-\($0)") }
        for loop in loops { loop.start() }
    }

    /// The loop with the fewest calls; among equals each in its turn.
    package func quietest() -> EventLoop {
        let first = turn.wrappingAdd(1, ordering: .relaxed).oldValue
        var best = loops[Int(first.magnitude % UInt(loops.count))]
        for loop in loops where loop.load < best.load { best = loop }
        return best
    }

    /// Stops every loop and waits for its thread; what lives on them is closed.
    package func stop() {
        for loop in loops { loop.stop() }
    }
}
