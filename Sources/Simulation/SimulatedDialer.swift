import Calls
import Instruments
import Simulators
import Wire

/// Dials agents that exist in memory, each with a temper of its own.
// Safe because a house lives on the one thread that runs its loop.
final class SimulatedDialer: AgentDialer, @unchecked Sendable {
    private unowned let house: SimulatedHouse

    /// Two long replies in the widest format, which come at once: what an agent has said is on its
    /// way, however much it is.
    private static let queueBytesMax = 2 * 1024 * 1024

    /// The process that dials.
    weak var daemon: DaemonInMemory?

    init(_ house: SimulatedHouse) { self.house = house }

    func dial(agent key: String, on loop: any Loop) async throws(DialFault) -> any MessageSocket {
        var temper = AgentTemper(&house.dice, trouble: house.plan.trouble)
        if let end = house.plan.agentsEnd { temper.endSoon(end) }
        await loop.pause(for: temper.dialTakes)
        if case .fails(let reason) = temper.dial {
            house.diary.saw("dial failed: \(reason.rawValue)")
            throw DialFault(reason, "as the dice say")
        }
        guard let daemon, !daemon.isDead else {
            throw DialFault(.providerUnreachable, "nobody dials")
        }
        let pair = MemorySocket.pair(
            on: loop, there: house.dice.weather(house.plan.trouble),
            back: house.dice.weather(house.plan.trouble), seed: house.dice.next(),
            queueBytesMax: Self.queueBytesMax)
        let socket = daemon.holds(pair)
        let agent = AgentEnd(house, temper, pair.b)
        house.agents.append(agent)
        pair.b.handler = agent
        return socket
    }
}
