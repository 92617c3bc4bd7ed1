import Calls
import Front
import Instruments
import Wire

/// A dialer that refuses at once while an agent's circuit breaker is open, so that the caller
/// gets the next rung of the ladder instead of a wait.
struct GuardedDialer: AgentDialer {
    let dialer: any AgentDialer
    let keeper: BreakerKeeper

    func dial(agent key: String, on loop: any Loop) async throws(DialFault) -> any MessageSocket {
        guard keeper.mayTry(key) else {
            throw DialFault(.providerCircuitOpen, "it failed lately and is not tried now")
        }
        return try await dialer.dial(agent: key, on: loop)
    }
}

/// Hands calls over to the agent's service, and refuses at once while that failed too often: the
/// caller waits for it in silence. The first who asks when it is time is the trial; nobody else
/// can try it, since it takes a call.
struct GuardedHandOff {
    let handOff: FrontDesk.HandOff
    let keeper: BreakerKeeper

    func callAsFunction(_ key: String, _ ticket: CallTicket) async throws(DialFault) -> String {
        guard keeper.mayTry(key) else {
            throw DialFault(.providerCircuitOpen, "hand-offs failed lately, none is tried now")
        }
        do throws(DialFault) {
            let document = try await handOff(key, ticket)
            keeper.succeeded(key)
            return document
        } catch {
            keeper.failed(key, error.reason)
            throw error
        }
    }
}
