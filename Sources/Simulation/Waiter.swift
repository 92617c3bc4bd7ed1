import Instruments
import Simulators

/// Waits for a time, or until woken.
// Safe because it is touched on the house's thread only.
final class Waiter: @unchecked Sendable {
    private let loop: SimulatedLoop
    private var continuation: CheckedContinuation<Void, Never>?
    private var timer: (any LoopTimer)?

    init(on loop: SimulatedLoop) { self.loop = loop }

    func wait(for duration: Duration) async {
        await withCheckedContinuation { continuation in
            self.continuation = continuation
            let timer = loop.makeTimer { [weak self] in self?.wake() }
            timer.arm(at: loop.now + duration)
            self.timer = timer
        }
    }

    func wake() {
        timer?.disarm()
        timer = nil
        continuation?.resume()
        continuation = nil
    }
}
