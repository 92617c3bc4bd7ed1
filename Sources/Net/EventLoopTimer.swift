import Instruments

/// One alarm on an `EventLoop`, to the millisecond, never early.
final class EventLoopTimer: LoopTimer, @unchecked Sendable {
    // Safe because it is used on the loop's thread only; `deinit` hands its alarm back there.
    private let loop: EventLoop
    private let fire: @Sendable () -> Void
    private var alarm: Alarm?

    init(on loop: EventLoop, _ fire: @escaping @Sendable () -> Void) {
        self.loop = loop
        self.fire = fire
    }

    deinit {
        guard let alarm else { return }
        if loop.isCurrent {
            loop.clock?.cancel(alarm)
        } else {
            // Safe because the loop is all that knows the alarm besides, and is on its own thread.
            nonisolated(unsafe) let last = alarm
            loop.run { [loop] in loop.clock?.cancel(last) }
        }
    }

    func arm(at deadline: Duration) {
        guard let clock = loop.clock else { return }
        let alarm = alarm ?? Alarm(fire)
        self.alarm = alarm
        clock.set(alarm, at: deadline)
    }

    func disarm() {
        if let alarm { loop.clock?.cancel(alarm) }
    }
}
