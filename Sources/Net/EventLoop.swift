import CUV
package import Instruments
import Synchronization

/// One thread, one libuv loop, one executor: calls, sockets and timers live on it.
///
///     another thread ──enqueue/run──▶ inbox ──uv_async──▶ ┐
///     this thread ─────enqueue/run──────────────────────▶ ready ──▶ jobs
///     sockets, timers ─────uv_poll──────▶ callbacks, which enter actors by assumeIsolated
///
/// Jobs run before the loop waits and after its events, a bounded number of rounds each time, so
/// that neither jobs nor sockets starve the other. After `stop` there is no thread; what is
/// still enqueued then runs one by one where it is enqueued, so that no task is left hanging.
package final class EventLoop: Loop, TaskExecutor, @unchecked Sendable {
    // Safe because everything mutable is touched on the loop's thread only, except what lies in
    // `inbox`, which is a lock, and `calls`, which is atomic. `machinery` is set to nil under the
    // lock that says whether it may be used.

    /// The thread's name, as `top` and the log show it.
    package let name: String
    /// This loop's clocks: the machine's.
    package let time: any TimeSource = SystemTime()
    /// Buffers shared by all connections of this loop.
    let buffers: UnsafeMutablePointer<LoopBuffers>
    /// The libuv loop; nil once it ends.
    private(set) var uv: UnsafeMutablePointer<uv_loop_t>?
    private var machinery: LoopMachinery?
    /// What fires the timers; nil once the loop ends.
    private(set) var clock: LoopClock?
    private var ready: [LoopJob] = []
    private var running: [LoopJob] = []
    private var residents: [ObjectIdentifier: any LoopResident] = [:]
    private let inbox = Guarded(Inbox())
    private let calls = Atomic<Int>(0)

    /// How often newly made jobs are run before sockets get their turn again.
    private static let roundsPerTurn = 16

    private struct Inbox {
        enum Phase { case waiting, running, over }
        var phase = Phase.waiting
        var jobs: [LoopJob] = []
        var thread: uv_thread_t?
        /// After the end: some thread is playing the loop's.
        var isDraining = false
    }

    /// A loop that waits for `start`; work given before is kept.
    package init(name: String) {
        self.name = name
        buffers = .allocate(capacity: 1)
        buffers.initialize(to: LoopBuffers())
        cuv_ignore_sigpipe()
        let uv = UnsafeMutablePointer<uv_loop_t>.allocate(capacity: 1)
        precondition(uv_loop_init(uv) == 0, "the machine has no descriptors left for a loop")
        self.uv = uv
        machinery = LoopMachinery(uv, of: self)
        clock = LoopClock(on: self)
        precondition(clock != nil, "the machine has no descriptors left for a clock")
    }

    deinit {
        // Only a loop that was never started still has these.
        clock?.close()
        machinery?.close()
        close(uv)
        buffers.deinitialize(count: 1)
        buffers.deallocate()
    }

    /// Starts the thread.
    package func start() {
        let mine = Unmanaged.passRetained(self).toOpaque()
        inbox.withLock { inbox in
            precondition(inbox.phase == .waiting, "a loop starts once")
            inbox.phase = .running
            var thread = uv_thread_t()
            let status = uv_thread_create(
                &thread,
                { argument in
                    guard let argument else { return }
                    Unmanaged<EventLoop>.fromOpaque(argument).takeRetainedValue().main()
                }, mine)
            precondition(status == 0, "the machine has no thread left for a loop")
            inbox.thread = thread
        }
    }

    /// Ends everything that lives here, then the thread; waits for it unless called on it.
    package func stop() {
        let thread = inbox.withLock { inbox in
            defer { inbox.thread = nil }
            return inbox.thread
        }
        guard var thread else { return }
        run { [self] in
            if let uv { uv_stop(uv) }
        }
        if !isCurrent { uv_thread_join(&thread) }
    }

    /// How many calls live here.
    package var load: Int { calls.load(ordering: .relaxed) }

    /// Counts calls that came (positive) or went (negative). From any thread.
    package func addLoad(_ by: Int) { calls.add(by, ordering: .relaxed) }

    package var isCurrent: Bool {
        cuv_current_loop() == Unmanaged.passUnretained(self).toOpaque()
    }

    package var now: Duration { SystemTime().now }

    package var tasks: any TaskExecutor { self }

    package func makeTimer(_ fire: @escaping @Sendable () -> Void) -> any LoopTimer {
        EventLoopTimer(on: self, fire)
    }

    package func run(_ work: @escaping @Sendable () -> Void) { add(.work(work)) }

    /// Takes a job of an actor or task that lives here. From any thread.
    package func enqueue(_ job: consuming ExecutorJob) { add(.job(UnownedJob(job))) }

    /// Stops the process unless called on the loop's thread: `assumeIsolated` asks.
    package func checkIsolated() {
        precondition(isCurrent, "not on the loop's thread")
    }

    /// True on the loop's thread, also inside a callback that is no job.
    package func isIsolatingCurrentContext() -> Bool? { isCurrent }

    package func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        UnownedSerialExecutor(ordinary: self)
    }

    /// Keeps `resident` alive until it is removed, and tells it when the loop stops.
    func add(_ resident: any LoopResident) { residents[ObjectIdentifier(resident)] = resident }

    func remove(_ resident: any LoopResident) {
        residents.removeValue(forKey: ObjectIdentifier(resident))
    }

    private func add(_ job: LoopJob) {
        if isCurrent {
            ready.append(job)
            return
        }
        // The concurrency runtime hands over a job without holding its executor, and the job may be
        // the last that does: run elsewhere, or in `drainAfterEnd`, it would free the loop meanwhile.
        let me = Unmanaged.passRetained(self)
        defer { me.release() }
        let isOver = inbox.withLock { inbox in
            inbox.jobs.append(job)
            // Under the lock: the wake-up handle is closed only after `over` was set.
            if inbox.phase == .running, inbox.jobs.count == 1 { machinery?.wake() }
            return inbox.phase == .over
        }
        if isOver { drainAfterEnd() }
    }
}

// What happens on the thread.
extension EventLoop {
    private func main() {
        cuv_prepare_thread(name)
        cuv_set_current_loop(Unmanaged.passUnretained(self).toOpaque())
        collect()
        if let uv { uv_run(uv, UV_RUN_DEFAULT) }
        end()
        cuv_set_current_loop(nil)
    }

    private func end() {
        // From here on nothing new can be watched or timed.
        let uv = uv
        self.uv = nil
        while !residents.isEmpty {
            let last = residents
            residents = [:]
            for resident in last.values { resident.loopStops() }
        }
        clock?.close()
        clock = nil
        inbox.withLock { inbox in
            inbox.phase = .over
            inbox.isDraining = true
        }
        runAll()
        machinery?.close()
        machinery = nil
        close(uv)
        // Timers and sockets that were just freed may have left last words. Only from here on may
        // another thread play the loop's.
        drain()
    }

    private func close(_ uv: UnsafeMutablePointer<uv_loop_t>?) {
        guard let uv else { return }
        LoopHandle.closeAll(of: uv)
        uv_run(uv, UV_RUN_NOWAIT)
        // A name look-up that a worker thread is still waiting for cannot be called back; it
        // writes into the loop's memory later, which therefore stays.
        if uv_loop_close(uv) == 0 { uv.deallocate() }
    }

    /// Moves what other threads left into `ready`.
    func collect() {
        inbox.withLock { inbox in
            ready.append(contentsOf: inbox.jobs)
            inbox.jobs.removeAll(keepingCapacity: true)
        }
    }

    /// Runs what is ready; true when some is left for the next turn.
    @discardableResult
    func runReady() -> Bool {
        var rounds = 0
        while !ready.isEmpty, rounds < Self.roundsPerTurn {
            swap(&ready, &running)
            for job in running { run(job) }
            running.removeAll(keepingCapacity: true)
            rounds += 1
        }
        return !ready.isEmpty
    }

    private func run(_ job: LoopJob) {
        switch job {
        case .work(let work): work()
        case .job(let job):
            job.runSynchronously(
                isolatedTo: asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor())
        }
    }

    /// After the end one thread at a time plays the loop's, for as long as there are jobs.
    private func drainAfterEnd() {
        let mayDrain = inbox.withLock { inbox in
            defer { inbox.isDraining = true }
            return !inbox.isDraining
        }
        guard mayDrain else { return }
        let before = cuv_current_loop()
        cuv_set_current_loop(Unmanaged.passUnretained(self).toOpaque())
        drain()
        cuv_set_current_loop(before)
    }

    private func runAll() {
        repeat {
            runReady()
            collect()
        } while !ready.isEmpty
    }

    private func drain() {
        while true {
            runAll()
            let isDone = inbox.withLock { inbox in
                inbox.isDraining = !inbox.jobs.isEmpty
                return inbox.jobs.isEmpty
            }
            if isDone { return }
        }
    }
}

/// One thing to run: a Swift job or a closure.
private enum LoopJob {
    case job(UnownedJob)
    case work(@Sendable () -> Void)
}

/// Something that lives on a loop and must end with it.
protocol LoopResident: AnyObject {
    /// The loop ends: close at once; on the loop's thread.
    func loopStops()
}
