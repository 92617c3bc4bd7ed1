import Calls
import Instruments
import Wire

/// Holds agents' dials back until the house has done what comes first: a caller whose process was
/// killed is spoken to before anything is read or proved that an agent needs.
struct StartGate: Sendable {
    private let keeper: AsyncStream<Never>.Continuation
    private let opened: Task<Void, Never>

    init() {
        let (stream, keeper) = AsyncStream<Never>.makeStream()
        self.keeper = keeper
        opened = Task { for await _ in stream {} }
    }

    /// From now on nobody waits; said again it does nothing.
    func open() { keeper.finish() }

    /// Waits until it is open.
    func passed() async { await opened.value }
}

/// A dialer behind the gate.
struct GatedDialer: AgentDialer {
    let dialer: any AgentDialer
    let gate: StartGate

    func dial(agent key: String, on loop: any Loop) async throws(DialFault) -> any MessageSocket {
        await gate.passed()
        return try await dialer.dial(agent: key, on: loop)
    }
}
