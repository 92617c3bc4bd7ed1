import Calls
import Instruments
import Synchronization
import Wire

/// Tries agents whose breaker is open, when it is time, so that no caller has to.
///
///     a breaker opens ─▶ timer ─▶ due: dial, CanaryProbe ─▶ keeper ─▶ closed, or timer
///
/// While every breaker is closed there is no timer and no traffic.
final class Canary: Sendable {
    /// Agents tried at the same time: a service that comes back is not met by all of them.
    static let probesMax = 4
    /// From one look at the breakers to the next at the least, whatever they say is due.
    static let pause = Duration.seconds(1)

    private struct State {
        var timer: (any LoopTimer)?
        var probes: [Int: Task<Void, Never>] = [:]
        var probeNumber = 0
        var isStopped = false
    }

    /// How a conversation with the agent of that key is opened.
    typealias Setup = @Sendable (String) -> JSON

    private let dialer: any AgentDialer
    private let setup: Setup
    private let keeper: BreakerKeeper
    private let loop: any Loop
    private let outcomes: MetricFamily<Counter>
    private let state = Mutex(State())

    /// A canary that dials by itself, past every breaker, on that loop.
    init(
        _ dialer: any AgentDialer, _ keeper: BreakerKeeper, on loop: any Loop,
        _ meters: MetricBoard, saying setup: @escaping Setup
    ) {
        self.dialer = dialer
        self.setup = setup
        self.keeper = keeper
        self.loop = loop
        outcomes = meters.counters(
            "callbridge_canaries_total", "Agents tried while their breaker was open, by outcome.",
            labels: ["outcome"])
    }

    /// Begins to listen for breakers that open.
    func start() {
        keeper.onOpened { [weak self] in self?.wake() }
    }

    /// Tries nobody any more.
    func stop() {
        keeper.onOpened(nil)
        let (timer, probes) = state.withLock { state in
            state.isStopped = true
            defer { (state.timer, state.probes) = (nil, [:]) }
            return (state.timer, state.probes.values)
        }
        for probe in probes { probe.cancel() }
        if let timer { loop.run { timer.disarm() } }
    }

    /// Looks at the breakers on the loop, soon.
    private func wake() {
        loop.run { [weak self] in self?.arm(notBefore: .zero) }
    }

    private func arm(notBefore earliest: Duration) {
        guard let due = keeper.board.nextProbe else { return }
        let timer = state.withLock { state -> (any LoopTimer)? in
            guard !state.isStopped else { return nil }
            let timer = state.timer ?? loop.makeTimer { [weak self] in self?.look() }
            state.timer = timer
            return timer
        }
        timer?.arm(at: max(due, earliest))
    }

    private func look() {
        let running = state.withLock { $0.probes.count }
        let room = max(0, Self.probesMax - running)
        for key in keeper.board.dueProbes(at: loop.now, max: room) { begin(key) }
        arm(notBefore: loop.now + Self.pause)
    }

    private func begin(_ key: String) {
        state.withLock { state in
            guard !state.isStopped else { return }
            state.probeNumber += 1
            let number = state.probeNumber
            state.probes[number] = Task(executorPreference: loop.tasks) { [weak self] in
                await self?.probe(key)
                self?.state.withLock { $0.probes[number] = nil }
            }
        }
    }

    private func probe(_ key: String) async {
        do throws(DialFault) {
            let socket = try await dialer.dial(agent: key, on: loop)
            try await CanaryProbe.run(socket, saying: setup(key), on: loop)
            outcomes["answered"].add()
            keeper.succeeded(key)
        } catch {
            guard !Task.isCancelled else { return }
            outcomes["failed"].add()
            keeper.failed(key, error.reason)
        }
        wake()
    }
}
