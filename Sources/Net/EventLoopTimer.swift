import CUV
import Instruments

/// One alarm on an `EventLoop`, to the millisecond, never early.
final class EventLoopTimer: LoopTimer, @unchecked Sendable {
    // Safe because it is used on the loop's thread only; `deinit` hands its handle back there.
    private let loop: EventLoop
    private let fire: @Sendable () -> Void
    private var handle: TimerHandle?

    init(on loop: EventLoop, _ fire: @escaping @Sendable () -> Void) {
        self.loop = loop
        self.fire = fire
    }

    deinit {
        guard let handle else { return }
        if loop.isCurrent {
            handle.close()
        } else {
            // Safe because the closure is the handle's only holder and runs on its thread.
            nonisolated(unsafe) let last = handle
            loop.run { last.close() }
        }
    }

    func arm(at deadline: Duration) {
        guard let uv = loop.uv else { return }
        if handle == nil { handle = TimerHandle(uv, fire) }
        handle?.start(uv, at: deadline)
    }

    func disarm() { handle?.stop() }
}

/// Owns one uv_timer_t. It holds what to call, not the timer, which may go on another thread.
private final class TimerHandle: LoopHandle {
    private let timer: UnsafeMutablePointer<uv_timer_t>
    private let fire: @Sendable () -> Void

    init(_ uv: UnsafeMutablePointer<uv_loop_t>, _ fire: @escaping @Sendable () -> Void) {
        timer = .allocate(capacity: 1)
        self.fire = fire
        uv_timer_init(uv, timer)
        super.init(taking: UnsafeMutableRawPointer(timer))
    }

    func start(_ uv: UnsafeMutablePointer<uv_loop_t>, at deadline: Duration) {
        guard !isClosed else { return }
        // libuv counts from its cached clock, which is CLOCK_MONOTONIC in whole milliseconds; a
        // deadline rounded up to its next millisecond is never reported early.
        let (seconds, attoseconds) = deadline.components
        let roundedUp = attoseconds + Self.attosecondsPerMs - 1
        let milliseconds = seconds * 1000 + roundedUp / Self.attosecondsPerMs
        let wait = max(0, milliseconds - Int64(uv_now(uv)))
        uv_timer_start(
            timer,
            { timer in
                guard let data = timer?.pointee.data else { return }
                Unmanaged<TimerHandle>.fromOpaque(data).takeUnretainedValue().fire()
            }, UInt64(wait), 0)
    }

    private static let attosecondsPerMs: Int64 = 1_000_000_000_000_000

    func stop() {
        if !isClosed { uv_timer_stop(timer) }
    }
}
