import Instruments
import Synchronization
import Systemd

/// The daemon between its start and its end: what it is asked, and what the manager is told.
///
///     signals ─┐                                  ┌─▶ Reloader      RELOADING, READY
///     control ─┼─▶ orders, one after the other ───┼─▶ drain         STOPPING, EXTEND_TIMEOUT
///     a tick ──┘                                  └─▶ STATUS
///
/// SIGTERM and `drain` take no new call and end with the last one, or after the longest drain;
/// SIGINT, or a second SIGTERM, ends at once. SIGHUP and `reload` read the configuration again.
final class Service: Sendable {
    /// How often this and that happens.
    struct Pace: Sendable {
        /// A new STATUS. While draining, within the manager's patience (TimeoutStopSec=, of which
        /// any is longer than this), more time is asked for as well.
        var status = Duration.seconds(5)
        /// What is asked for each time: several ticks, should one be late.
        var moreTime = Duration.seconds(30)

        init() {}
    }

    private enum Order: Sendable {
        case signal(Signal), drain, drained, overdue, tick
        case reload(CheckedContinuation<ReloadOutcome, Never>)
    }

    let daemon: CallbridgeDaemon
    private let reloader: Reloader
    private let notifier: Notifier
    private let log: Log
    private let pace: Pace
    private let orders: AsyncStream<Order>
    private let teller: AsyncStream<Order>.Continuation
    private let drainEnds = Mutex<Duration?>(nil)

    /// A service around a daemon that listens already.
    init(
        _ daemon: CallbridgeDaemon, reloader: Reloader, notifier: Notifier, log: Log,
        pace: Pace = Pace()
    ) {
        self.daemon = daemon
        self.reloader = reloader
        self.notifier = notifier
        self.log = log
        self.pace = pace
        (orders, teller) = AsyncStream.makeStream()
    }

    /// The line for `systemctl status`, as of now.
    var status: StatusLine {
        let now = SystemTime().now
        var line = daemon.status(at: now)
        line.drainLeft = drainEnds.withLock { $0 }.map { $0 - now }
        return line
    }

    /// Lets the daemon drain as SIGTERM does; again is no hurry.
    func drain() { teller.yield(.drain) }

    /// Reads the configuration again and answers what came of it.
    func reload() async -> ReloadOutcome {
        await withCheckedContinuation { continuation in
            guard case .terminated = teller.yield(.reload(continuation)) else { return }
            continuation.resume(returning: Self.tooLate)
        }
    }

    /// Says that it is ready, and does as it is told until it is to end.
    func run(_ signals: AsyncStream<Signal>) async {
        notifier.ready(status: status.text)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [teller] in
                for await signal in signals { teller.yield(.signal(signal)) }
            }
            group.addTask { [teller, pace] in
                while (try? await Task.sleep(for: pace.status)) != nil { teller.yield(.tick) }
            }
            for await order in orders {
                guard await obey(order, &group) else { break }
            }
            group.cancelAll()
        }
        await refuseTheRest()
        notifier.stopping(status: "stopping")
    }

    /// False for the end.
    private func obey(_ order: Order, _ group: inout TaskGroup<Void>) async -> Bool {
        switch order {
        case .drained: return false
        case .signal(.interrupt): return await end()
        case .signal(.terminate) where isDraining: return await end()
        case .signal(.terminate), .drain: if !isDraining { beginDrain(&group) }
        case .overdue:
            log.warning("daemon.drain_over", "The longest drain is over: its calls are ended")
            return await end()
        case .signal(.hangUp): readAgain()
        case .reload(let continuation): continuation.resume(returning: readAgain())
        case .tick: tell()
        }
        return true
    }

    private var isDraining: Bool { drainEnds.withLock { $0 != nil } }

    /// Ends every call, also what a drain under way is waiting for.
    private func end() async -> Bool {
        await daemon.endCalls()
        return false
    }

    private func beginDrain(_ group: inout TaskGroup<Void>) {
        let longest = reloader.configuration.guards.drainMax
        drainEnds.withLock { $0 = SystemTime().now + longest }
        notifier.stopping(status: status.text)
        notifier.extend(by: pace.moreTime)
        group.addTask { [daemon, teller] in
            await daemon.drain()
            teller.yield(.drained)
        }
        group.addTask { [teller] in
            if (try? await Task.sleep(for: longest)) != nil { teller.yield(.overdue) }
        }
    }

    private func tell() {
        guard notifier.isHeard else { return daemon.house.calls.recent.turn(at: SystemTime().now) }
        if isDraining { notifier.extend(by: pace.moreTime) }
        notifier.status(status.text)
    }

    @discardableResult
    private func readAgain() -> ReloadOutcome {
        guard !isDraining else { return .refused(["the daemon is draining"]) }
        notifier.reloading(at: SystemTime().now)
        let outcome = reloader.reload()
        if outcome.isDone {
            log.notice("daemon.reload", "Configuration read again", .detail(outcome.summary))
        } else {
            log.error(
                "daemon.reload_refused", "Configuration refused, nothing has changed",
                .reason(outcome.summary))
        }
        notifier.ready(status: status.text)
        return outcome
    }

    /// Nobody may be left waiting for an answer.
    private func refuseTheRest() async {
        teller.finish()
        for await order in orders {
            if case .reload(let continuation) = order {
                continuation.resume(returning: Self.tooLate)
            }
        }
    }

    private static let tooLate = ReloadOutcome.refused(["the daemon is stopping"])
}
