import Calls
import Instruments
import Switchboard
import Synchronization

/// Keeps the circuit breakers of one way to all agents and tells the world when one opens or
/// closes.
///
///     calls ─▶ BreakerListener ─┐                          hand-offs ─▶ keeper ─▶ log, meters
///                               ├─▶ keeper ─▶ log, meters
///     canary ───────────────────┘      └─ opened ─▶ canary
///
/// Each way has its own: a hand-off is the rung for when conversations through us fail.
final class BreakerKeeper: Sendable {
    /// How callers come to an agent.
    enum Way: String {
        /// Through us.
        case conversation
        /// By register-call, from Twilio straight to the agent's service.
        case handOff = "hand_off"
    }

    let board: BreakerBoard
    private let way: Way
    private let time: any TimeSource
    private let log: Log
    private let open: MetricFamily<Gauge>
    private let opened: MetricFamily<Counter>
    private let bell = Mutex<(@Sendable () -> Void)?>(nil)

    init(
        _ way: Way = .conversation, meters: BreakerMeters, log: Log,
        time: any TimeSource = SystemTime()
    ) {
        self.way = way
        board = BreakerBoard()
        self.time = time
        self.log = log
        open = meters.open
        opened = meters.opened
    }

    /// Who is to be told that a breaker opened.
    func onOpened(_ ring: (@Sendable () -> Void)?) { bell.withLock { $0 = ring } }

    /// Forgets every agent but these: others are gone, or are not what they were.
    func keep(_ keys: Set<String>) {
        for line in board.lines where !keys.contains(line.key) {
            open[line.key, way.rawValue].set(0)
        }
        board.keep(keys)
    }

    /// Whether that agent may be tried now.
    func mayTry(_ key: String) -> Bool { board.mayTry(key, at: time.now) }

    /// For how long that agent will not be tried; nil when it may be now.
    func wait(for key: String) -> Duration? { board.wait(for: key, at: time.now) }

    /// That agent's conversation began.
    func succeeded(_ key: String) {
        guard board.succeeded(key, at: time.now) == .closed else { return }
        open[key, way.rawValue].set(0)
        log.notice("breaker.closed", "The agent answers again", .agent(key), wayField)
    }

    /// That agent could not be had, or was lost.
    func failed(_ key: String, _ reason: EndReason) {
        guard reason.isAgentsFailure else { return }
        let now = time.now
        let change = board.failed(key, isQuota: reason == .providerQuota, at: now)
        guard case .opened(let until) = change else { return }
        open[key, way.rawValue].set(1)
        opened[key, way.rawValue].add()
        let seconds = (until - now).components.seconds
        log.warning(
            "breaker.opened", "The agent failed too often and is not tried for a while",
            .agent(key), wayField, .reason(reason.rawValue), LogField("SECONDS", "\(seconds)"))
        bell.withLock { $0 }?()
    }

    private var wayField: LogField { LogField("WAY", way.rawValue) }
}

/// What all breakers count, by agent and way.
struct BreakerMeters {
    let open: MetricFamily<Gauge>
    let opened: MetricFamily<Counter>

    /// Declares them on the board.
    init(_ board: MetricBoard) {
        open = board.gauges(
            "callbridge_breaker_open", "1 while an agent is not tried because it failed lately.",
            labels: ["agent", "way"])
        opened = board.counters(
            "callbridge_breaker_opened_total", "Times an agent failed too often to be tried.",
            labels: ["agent", "way"])
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
