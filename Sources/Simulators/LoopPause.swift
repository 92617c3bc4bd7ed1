package import Instruments

extension Loop {
    /// Waits on this loop's clock; cancelling the task does not shorten it.
    package func pause(for duration: Duration) async {
        let held = HeldTimer()
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            run {
                let timer = self.makeTimer {
                    held.timer = nil
                    continuation.resume()
                }
                held.timer = timer
                timer.arm(at: self.now + duration)
            }
        }
    }
}

/// Keeps a timer alive until it has fired.
private final class HeldTimer: @unchecked Sendable {
    // Safe because it is touched on the timer's loop only.
    var timer: (any LoopTimer)?
}
