import Calls
import Instruments
import Wire

/// A dialer that refuses at once while an agent's circuit breaker is open, so that the caller
/// gets the next rung of the ladder instead of a wait.
struct GuardedDialer: AgentDialer {
    let dialer: any AgentDialer
    let keeper: BreakerKeeper

    func dial(agent key: String, on loop: any Loop) async throws(DialFault) -> any MessageSocket {
        guard keeper.mayTry(key) else {
            throw DialFault(.providerCircuitOpen, "the agent failed too often to be tried now")
        }
        return try await dialer.dial(agent: key, on: loop)
    }
}
