import Instruments
import Synchronization
import Testing

@testable import Systemd

/// A loop moved by hand: its jobs wait until it is told to run them.
private final class HandLoop: Loop, TaskExecutor {
    private struct State {
        var clock: Duration = .zero
        var jobs: [@Sendable () -> Void] = []
        var alarm: Duration?
        var fire: (@Sendable () -> Void)?
    }

    private struct Clock: TimeSource {
        let loop: HandLoop
        var now: Duration { loop.state.withLock { $0.clock } }
        var wallClock: Duration { now }
    }

    private final class Timer: LoopTimer {
        let loop: HandLoop
        init(_ loop: HandLoop) { self.loop = loop }
        func arm(at deadline: Duration) { loop.state.withLock { $0.alarm = deadline } }
        func disarm() { loop.state.withLock { $0.alarm = nil } }
    }

    private let state = Mutex(State())

    var time: any TimeSource { Clock(loop: self) }
    var isCurrent: Bool { true }
    var tasks: any TaskExecutor { self }
    var jobsWaiting: Int { state.withLock { $0.jobs.count } }

    func makeTimer(_ fire: @escaping @Sendable () -> Void) -> any LoopTimer {
        state.withLock { $0.fire = fire }
        return Timer(self)
    }

    func run(_ work: @escaping @Sendable () -> Void) { state.withLock { $0.jobs.append(work) } }

    func enqueue(_ job: consuming ExecutorJob) {}

    /// Runs everything that waits, then lets time pass up to `moment`, firing the timer.
    func turn(to moment: Duration) {
        while let job = state.withLock({ $0.jobs.isEmpty ? nil : $0.jobs.removeFirst() }) { job() }
        let fire = state.withLock { state -> (@Sendable () -> Void)? in
            state.clock = moment
            guard let alarm = state.alarm, alarm <= moment else { return nil }
            state.alarm = nil
            return state.fire
        }
        fire?()
    }
}

@Suite struct WatchdogTests {
    private let interval = Duration.seconds(4)

    private func watching(
        _ loops: [HandLoop], beating manager: DatagramReader, to sink: any LogSink = SilentSink()
    ) -> Watchdog {
        Watchdog(
            interval: interval, loops: loops,
            notifier: Notifier(environment: ["NOTIFY_SOCKET": manager.path]), log: Log(to: sink))
    }

    private func beats(_ manager: DatagramReader) -> Int {
        var count = 0
        while let bytes = manager.waiting() {
            if bytes == Array("WATCHDOG=1".utf8) { count += 1 }
        }
        return count
    }

    @Test func `it beats four times an interval while every loop answers`() throws {
        let manager = try #require(DatagramReader())
        let loops = [HandLoop(), HandLoop()]
        let watchdog = watching(loops, beating: manager)
        watchdog.start()
        for second in 0...4 { loops.forEach { $0.turn(to: .seconds(second)) } }
        #expect(beats(manager) == 5)
    }

    @Test func `one loop that hangs ends the beats, and they return with it`() throws {
        let manager = try #require(DatagramReader())
        let loops = [HandLoop(), HandLoop(), HandLoop()]
        let lines = MemorySink()
        let watchdog = watching(loops, beating: manager, to: lines)
        watchdog.start()
        for second in 0...2 { loops.forEach { $0.turn(to: .seconds(second)) } }
        #expect(beats(manager) == 3)
        for second in 3...20 {
            loops[0].turn(to: .seconds(second))
            loops[2].turn(to: .seconds(second))
        }
        // The one beat is for the question it had answered before it hung.
        #expect(beats(manager) == 1)
        #expect(lines.lines.map(\.event) == ["watchdog.silent"])
        #expect(lines.lines.first?.fields == [LogField("LOOP", "1")])
        #expect(loops[1].jobsWaiting == 1)
        for second in 21...22 { loops.reversed().forEach { $0.turn(to: .seconds(second)) } }
        #expect(beats(manager) == 2)
        #expect(lines.lines.map(\.event) == ["watchdog.silent", "watchdog.answers"])
    }

    @Test func `a first loop that hangs beats no more either`() throws {
        let manager = try #require(DatagramReader())
        let loops = [HandLoop(), HandLoop()]
        let watchdog = watching(loops, beating: manager)
        watchdog.start()
        loops.forEach { $0.turn(to: .zero) }
        _ = beats(manager)
        for second in 1...20 { loops[1].turn(to: .seconds(second)) }
        #expect(beats(manager) == 0)
    }

    @Test func `a stopped watchdog is quiet`() throws {
        let manager = try #require(DatagramReader())
        let loop = HandLoop()
        let watchdog = watching([loop], beating: manager)
        watchdog.start()
        loop.turn(to: .zero)
        #expect(beats(manager) == 1)
        watchdog.stop()
        for second in 1...8 { loop.turn(to: .seconds(second)) }
        #expect(beats(manager) == 0)
    }

    @Test func `the interval is for this process only`() {
        let microseconds = ["WATCHDOG_USEC": "3000000"]
        #expect(Watchdog.interval(environment: microseconds, processID: 7) == .seconds(3))
        let mine = microseconds.merging(["WATCHDOG_PID": "7"]) { $1 }
        #expect(Watchdog.interval(environment: mine, processID: 7) == .seconds(3))
        #expect(Watchdog.interval(environment: mine, processID: 8) == nil)
        for text in ["", "0", "-1", "soon"] {
            #expect(Watchdog.interval(environment: ["WATCHDOG_USEC": text], processID: 7) == nil)
        }
        #expect(Watchdog.interval(environment: [:], processID: 7) == nil)
    }
}
