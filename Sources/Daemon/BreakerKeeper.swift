import Calls
import Instruments
import Switchboard
import Synchronization

/// Keeps the circuit breakers of all agents and tells the world when one opens or closes.
///
///     calls ─▶ BreakerListener ─┐
///                               ├─▶ keeper ─▶ log, meters
///     canary ───────────────────┘      └─ opened ─▶ canary
final class BreakerKeeper: Sendable {
    let board: BreakerBoard
    private let time: any TimeSource
    private let log: Log
    private let open: MetricFamily<Gauge>
    private let opened: MetricFamily<Counter>
    private let bell = Mutex<(@Sendable () -> Void)?>(nil)

    init(
        _ board: BreakerBoard = BreakerBoard(), meters: MetricBoard, log: Log,
        time: any TimeSource = SystemTime()
    ) {
        self.board = board
        self.time = time
        self.log = log
        open = meters.gauges(
            "callbridge_breaker_open", "1 while an agent is not tried because it failed lately.",
            labels: ["agent"])
        opened = meters.counters(
            "callbridge_breaker_opened_total", "Times an agent failed too often to be tried.",
            labels: ["agent"])
    }

    /// Who is to be told that a breaker opened.
    func onOpened(_ ring: (@Sendable () -> Void)?) { bell.withLock { $0 = ring } }

    /// Forgets every agent but these: others are gone, or are not what they were.
    func keep(_ keys: Set<String>) {
        for line in board.lines where !keys.contains(line.key) { open[line.key].set(0) }
        board.keep(keys)
    }

    /// Whether that agent may be tried now.
    func mayTry(_ key: String) -> Bool { board.mayTry(key, at: time.now) }

    /// That agent's conversation began.
    func succeeded(_ key: String) {
        guard board.succeeded(key, at: time.now) == .closed else { return }
        open[key].set(0)
        log.notice("breaker.closed", "The agent \(key) answers again", .agent(key))
    }

    /// That agent could not be had, or was lost.
    func failed(_ key: String, _ reason: EndReason) {
        guard reason.isAgentsFailure else { return }
        let now = time.now
        let change = board.failed(key, isQuota: reason == .providerQuota, at: now)
        guard case .opened(let until) = change else { return }
        open[key].set(1)
        opened[key].add()
        let seconds = (until - now).components.seconds
        log.warning(
            "breaker.opened",
            "The agent \(key) failed too often and is not tried for \(seconds) s",
            .agent(key), .reason(reason.rawValue), LogField("SECONDS", "\(seconds)"))
        bell.withLock { $0 }?()
    }
}

extension EndReason {
    /// True when it says that the next caller would not get that agent either.
    fileprivate var isAgentsFailure: Bool {
        switch self {
        case .providerCircuitOpen: false
        case .agentMisconfigured, .agentFormatUnknown: true
        default: owner == .provider
        }
    }
}

/// Tells the breakers what calls learn of agents.
struct BreakerListener: CallListener {
    let keeper: BreakerKeeper

    func heard(_ event: CallEvent, of call: CallFacts) {
        switch event {
        case .conversationStarted: keeper.succeeded(call.agent)
        case .agentFailed(let reason, _), .agentLostEarly(let reason, _):
            keeper.failed(call.agent, reason)
        default: break
        }
    }
}
