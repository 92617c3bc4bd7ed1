import CUV
import Glibc
import Instruments

/// Fires a loop's alarms: all of them by one descriptor of the kernel's (timerfd_create(2)).
///
/// libuv's own timers would have every wait for sockets end at a time, and the kernel would set and
/// clear an alarm of its own with each wait: 6 % of the time a frame takes. This one is set only
/// when something is due earlier than before; if that is called off, it rings once for nothing.
final class LoopClock: DescriptorListener {
    private let descriptor: Int32
    private unowned let loop: EventLoop
    private var watch: DescriptorWatch?
    private var alarms = TimerHeap()
    private var due: [Alarm] = []
    private var isFiring = false
    /// When the descriptor rings; nil when never.
    private var ringsAt: Duration?

    /// Watches on a loop that has not begun; nil when there are no descriptors left.
    init?(on loop: EventLoop) {
        descriptor = cuv_alarm()
        self.loop = loop
        guard descriptor >= 0 else { return nil }
        watch = DescriptorWatch(descriptor, on: loop, for: self)
        guard let watch else { return nil }
        watch.watch(readable: true, writable: false)
    }

    deinit { Glibc.close(descriptor) }

    func set(_ alarm: Alarm, at deadline: Duration) {
        alarm.isDue = false
        alarms.set(alarm, at: deadline)
        guard !isFiring else { return }
        if let ringsAt, ringsAt <= deadline { return }
        ring(at: deadline)
    }

    func cancel(_ alarm: Alarm) {
        alarm.isDue = false
        alarms.remove(alarm)
    }

    /// Something is due, or was.
    func descriptorReady(readable: Bool, writable: Bool) {
        let now = loop.now
        isFiring = true
        while let alarm = alarms.takeDue(at: now) {
            alarm.isDue = true
            due.append(alarm)
        }
        for alarm in due where alarm.isDue {
            alarm.isDue = false
            alarm.fire()
        }
        due.removeAll(keepingCapacity: true)
        isFiring = false
        // Setting it also takes back that it rang.
        ring(at: alarms.first)
    }

    /// Nothing fires any more.
    func close() {
        watch?.close()
        watch = nil
        _ = alarms.takeAll()
    }

    /// To the next whole millisecond, so that what is due at nearly the same time is done at once.
    private func ring(at deadline: Duration?) {
        ringsAt = deadline
        guard let deadline else { return cuv_set_alarm(descriptor, 0) }
        let (seconds, attoseconds) = deadline.components
        let roundedUp = attoseconds + Self.attosecondsPerMs - 1
        cuv_set_alarm(descriptor, max(1, seconds * 1000 + roundedUp / Self.attosecondsPerMs))
    }

    private static let attosecondsPerMs: Int64 = 1_000_000_000_000_000
}
