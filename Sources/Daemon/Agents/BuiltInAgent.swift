import Instruments
import Net
import Simulators
import Wire

/// The agent inside this program: a receptionist that follows a script, on a loopback socket.
final class BuiltInAgent: Sendable {
    private let simulator: AgentSimulator
    /// How to reach it, like any other agent's service.
    let service: AgentService

    private init(_ simulator: AgentSimulator, _ service: AgentService) {
        self.simulator = simulator
        self.service = service
    }

    /// Starts it on the given loops.
    static func start(_ loops: LoopPool, _ log: Log) async throws(StartFault) -> BuiltInAgent {
        let simulator = AgentSimulator()
        do {
            let address = try await simulator.start(loops: loops, log: log)
            let service = AgentService(
                base: try WebAddress("http://\(address.text)"), key: nil,
                agents: AgentNames(always: "agent_built_in"))
            return BuiltInAgent(simulator, service)
        } catch {
            throw StartFault(reason: "the built-in agent cannot start: \(error)")
        }
    }

    func stop() async { await simulator.stop() }
}
