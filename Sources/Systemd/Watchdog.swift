package import Instruments
import Synchronization

/// Tells the manager that we live, but only while every event loop answers.
///
///     each quarter interval, on the first loop:
///     all answered? ──yes──▶ WATCHDOG=1        ask every loop again
///                   ──no───▶ say which, once   ask those that did answer
///
/// A loop that hangs, the first one included, ends the beats; systemd then restarts us.
package final class Watchdog: Sendable {
    private struct State {
        /// Which loops have answered since they were last asked.
        var hasAnswered: [Bool]
        var isSilent = false
        var timer: (any LoopTimer)?
    }

    private let interval: Duration
    private let loops: [any Loop]
    private let notifier: Notifier
    private let log: Log
    private let state: Mutex<State>

    /// A watchdog for `interval`, as `Watchdog.interval` tells it; it rests until `start`.
    package init(interval: Duration, loops: [any Loop], notifier: Notifier, log: Log) {
        self.interval = interval
        self.loops = loops
        self.notifier = notifier
        self.log = log
        self.state = Mutex(State(hasAnswered: loops.map { _ in true }))
    }

    /// How often the manager wants to hear of us; nil when it does not (sd_watchdog_enabled(3)).
    package static func interval(environment: [String: String], processID: Int32) -> Duration? {
        if let process = environment["WATCHDOG_PID"], Int32(process) != processID { return nil }
        guard let text = environment["WATCHDOG_USEC"], let microseconds = Int64(text) else {
            return nil
        }
        return microseconds > 0 ? .microseconds(microseconds) : nil
    }

    /// Begins to beat; once only.
    package func start() {
        guard let first = loops.first else { return }
        let timer = first.makeTimer { [weak self] in self?.look() }
        state.withLock { $0.timer = timer }
        first.run { [weak self] in self?.look() }
    }

    /// Beats no more; for the very end, when the loops stop.
    package func stop() {
        guard let timer = state.withLock({ $0.timer.take() }) else { return }
        loops.first?.run { timer.disarm() }
    }

    /// On the first loop.
    private func look() {
        let (timer, answered) = state.withLock { ($0.timer, $0.hasAnswered) }
        guard let timer else { return }
        if answered.allSatisfy({ $0 }) {
            notifier.beat()
            tell(silent: [])
        } else {
            tell(silent: answered.indices.filter { !answered[$0] })
        }
        for (index, loop) in loops.enumerated() where answered[index] {
            state.withLock { $0.hasAnswered[index] = false }
            loop.run { [weak self] in self?.state.withLock { $0.hasAnswered[index] = true } }
        }
        timer.arm(at: loops[0].now + interval / 4)
    }

    private func tell(silent: [Int]) {
        let wasSilent = state.withLock { state in
            defer { state.isSilent = !silent.isEmpty }
            return state.isSilent
        }
        if !silent.isEmpty, !wasSilent {
            let numbers = silent.map(String.init).joined(separator: ",")
            log.error(
                "watchdog.silent", "An event loop does not answer; no beat until it does",
                LogField("LOOP", numbers))
        } else if silent.isEmpty, wasSilent {
            log.warning("watchdog.answers", "Every event loop answers again")
        }
    }
}
