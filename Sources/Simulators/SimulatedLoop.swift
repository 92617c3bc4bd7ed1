import Glibc
package import Instruments
import Synchronization

/// The event loop's stand-in: virtual time, one job at a time, their order drawn from a seed.
///
///     run, enqueue, timers that are due ──▶ ready ──(draw one)──▶ runs to its end ──▶ draw again
///                                              └─ none left: time jumps to the next timer
///
/// Nothing happens until the owner calls one of the `run…` methods; work is done on the caller's
/// thread. Jobs that are ready together have no order by right, so the seed decides: a program
/// that passes with a thousand seeds does not lean on luck. `order: .asAsked` keeps the queue's
/// order for tests that need one plain course of events.
package final class SimulatedLoop: Loop, TaskExecutor {
    /// How the next of several ready jobs is chosen.
    package enum Order: Sendable {
        /// First come, first served.
        case asAsked
        /// Drawn from these dice.
        case drawn(SeededRandom)
    }

    private enum Work: Sendable {
        case job(UnownedJob)
        case closure(@Sendable () -> Void)
        case timer(SimulatedTimer, generation: Int)
    }

    private struct State {
        var ready: [Work] = []
        var alarms: [Alarm] = []
        var order: Order
        var runner: pthread_t?
        /// Jobs run since time last moved.
        var jobsSinceMove = 0
    }

    /// One armed timer; the list of them is sorted by deadline, latest first.
    private struct Alarm {
        var deadline: Duration
        var timer: SimulatedTimer
        var generation: Int
    }

    /// Far more than anything that comes to rest needs in one instant.
    private static let jobsPerInstantMax = 200_000

    private let clock: VirtualTime
    private let state: Mutex<State>

    package init(time: VirtualTime = VirtualTime(), order: Order) {
        clock = time
        state = Mutex(State(order: order))
    }

    package var time: any TimeSource { clock }
    package var tasks: any TaskExecutor { self }
    package var isCurrent: Bool {
        state.withLock { state in
            guard let runner = state.runner else { return false }
            return pthread_equal(runner, pthread_self()) != 0
        }
    }

    package func makeTimer(_ fire: @escaping @Sendable () -> Void) -> any LoopTimer {
        SimulatedTimer(on: self, fire: fire)
    }

    package func run(_ work: @escaping @Sendable () -> Void) {
        state.withLock { $0.ready.append(.closure(work)) }
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        state.withLock { $0.ready.append(.job(job)) }
    }

    /// True when time would not move any more: jobs, or a timer that is always due, go round in
    /// circles. Nothing is run from then on.
    package var isStuck: Bool { state.withLock { $0.jobsSinceMove > Self.jobsPerInstantMax } }

    /// Timers that wait to fire: a house that is done with everything has none.
    package var alarmsArmed: Int { state.withLock { $0.alarms.count } }

    package func checkIsolated() {
        precondition(isCurrent, "not on the simulated loop")
    }

    /// True in the middle of one of the `run…` methods, on their thread.
    package func isSameExclusiveExecutionContext(other: SimulatedLoop) -> Bool { self === other }

    /// Runs one ready job; false when there was none. Time stands still.
    @discardableResult
    package func runOne() -> Bool {
        let work: Work? = state.withLock { state in
            guard !state.ready.isEmpty, state.jobsSinceMove <= Self.jobsPerInstantMax else {
                return nil
            }
            state.jobsSinceMove += 1
            state.runner = pthread_self()
            switch state.order {
            case .asAsked:
                return state.ready.removeFirst()
            case .drawn(var random):
                let index = Int.random(in: 0..<state.ready.count, using: &random)
                state.order = .drawn(random)
                return state.ready.remove(at: index)
            }
        }
        guard let work else { return false }
        defer { state.withLock { $0.runner = nil } }
        switch work {
        case .closure(let closure): closure()
        case .timer(let timer, let generation): timer.fire(generation: generation)
        case .job(let job):
            job.runSynchronously(
                isolatedTo: asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor())
        }
        return true
    }

    /// Runs what is ready until nothing is; time stands still. Returns how many jobs ran.
    @discardableResult
    package func settle() -> Int {
        var count = 0
        while runOne() { count += 1 }
        return count
    }

    /// Runs everything that happens until the clock shows `moment`.
    package func run(until moment: Duration) {
        settle()
        while advanceToNextAlarm(noLaterThan: moment) { settle() }
        clock.advance(to: moment)
        settle()
    }

    /// Runs everything that happens in the next `duration`.
    package func run(for duration: Duration) { run(until: clock.now + duration) }

    /// Runs until the condition holds, checked after every job; false when `moment` came first.
    package func run(until moment: Duration, _ condition: () -> Bool) -> Bool {
        repeat {
            repeat {
                if condition() { return true }
            } while runOne()
        } while advanceToNextAlarm(noLaterThan: moment)
        clock.advance(to: moment)
        settle()
        return condition()
    }

    /// Moves time to the earliest alarm and makes everything due then ready.
    private func advanceToNextAlarm(noLaterThan limit: Duration) -> Bool {
        state.withLock { state in
            guard let first = state.alarms.last, first.deadline <= limit,
                state.jobsSinceMove <= Self.jobsPerInstantMax
            else { return false }
            if first.deadline > clock.now { state.jobsSinceMove = 0 }
            clock.advance(to: first.deadline)
            while let alarm = state.alarms.last, alarm.deadline <= clock.now {
                state.alarms.removeLast()
                state.ready.append(.timer(alarm.timer, generation: alarm.generation))
            }
            return true
        }
    }

    fileprivate func schedule(_ timer: SimulatedTimer, at deadline: Duration, generation: Int) {
        state.withLock { state in
            state.alarms.removeAll { $0.timer === timer }
            let alarm = Alarm(deadline: deadline, timer: timer, generation: generation)
            let index = state.alarms.firstIndex { $0.deadline <= deadline } ?? state.alarms.count
            state.alarms.insert(alarm, at: index)
        }
    }

    fileprivate func cancel(_ timer: SimulatedTimer) {
        state.withLock { $0.alarms.removeAll { $0.timer === timer } }
    }
}

/// An alarm on a simulated loop; every arming makes earlier ones void.
private final class SimulatedTimer: LoopTimer {
    private let body: @Sendable () -> Void
    private let generation = Mutex(0)
    /// Weak: a loop that nobody runs any more would be kept by what it was to do.
    private weak let loop: SimulatedLoop?

    init(on loop: SimulatedLoop, fire: @escaping @Sendable () -> Void) {
        self.loop = loop
        body = fire
    }

    func arm(at deadline: Duration) {
        let current = generation.withLock { number in
            number += 1
            return number
        }
        loop?.schedule(self, at: deadline, generation: current)
    }

    func disarm() {
        generation.withLock { $0 += 1 }
        loop?.cancel(self)
    }

    fileprivate func fire(generation expected: Int) {
        guard generation.withLock({ $0 }) == expected else { return }
        body()
    }
}
