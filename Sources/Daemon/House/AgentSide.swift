import Calls
import Instruments
import Net
import Simulators
import Switchboard
import Twilio
import Wire

/// The agents' side of the house: which there are, how they are dialled, and which are not for now.
struct AgentSide: Sendable {
    let routing: RoutingDesk
    /// What answers where there is no key.
    let builtIn: BuiltInAgent?
    let dialer: ElevenLabsDialer
    let breakers: BreakerKeeper
    let handOffs: BreakerKeeper
    let canary: Canary

    init(on ground: Ground) async throws(StartFault) {
        let loops = ground.loops
        let routing = try Self.routing(ground.configuration)
        let (service, builtIn) = try await Self.service(routing, ground)
        let meters = BreakerMeters(ground.board)
        self.routing = routing
        self.builtIn = builtIn
        dialer = ElevenLabsDialer(
            service: service,
            client: HTTPClient(loop: loops.loops[0], trust: ground.trust),
            dialer: WebSocketDialer(
                trust: ground.trust, resolver: Resolver(), observer: ground.netMeters))
        breakers = BreakerKeeper(meters: meters, log: ground.log)
        handOffs = BreakerKeeper(.handOff, meters: meters, log: ground.log)
        canary = Canary(dialer, breakers, on: loops.loops[0], ground.board) {
            Self.canarySetup($0, routing)
        }
        canary.start()
    }

    /// Agents behind their breakers; none is dialled before the gate is open.
    func guarded(by gate: StartGate) -> GatedDialer {
        GatedDialer(dialer: GuardedDialer(dialer: dialer, keeper: breakers), gate: gate)
    }

    /// Puts another routing table in force; breakers follow it.
    func reload(log: Log) -> RoutingReload {
        RoutingReload(desk: routing, breakers: [breakers, handOffs], log: log)
    }

    /// For how long nobody would answer on that rung.
    func outage(_ rung: Rung) -> Duration? {
        switch rung {
        case .agent(let key): breakers.wait(for: key)
        case .handOff(let key): handOffs.wait(for: key)
        case .human, .queue, .apology: nil
        }
    }

    private static func routing(
        _ configuration: Configuration
    ) throws(StartFault) -> RoutingDesk {
        let path = configuration.telephone.routingFile
        do { return try RoutingDesk(file: path, settings: configuration.namedAgents) } catch {
            let faults = error.all.map { "\(path ?? ""):\($0)" }.joined(separator: "; ")
            throw StartFault(reason: "ROUTING_FILE: \(faults)")
        }
    }

    private static func service(
        _ routing: RoutingDesk, _ ground: Ground
    ) async throws(StartFault) -> (AgentService, BuiltInAgent?) {
        let (configuration, log) = (ground.configuration, ground.log)
        guard case .elevenLabs(_, let key) = configuration.agentSource else {
            let builtIn = try await BuiltInAgent.start(ground.loops, log)
            log.notice("agent.built_in", "No key for ElevenLabs: the built-in agent answers")
            return (builtIn.service, builtIn)
        }
        let service = AgentService(
            base: configuration.agents.baseURL, key: key, agents: AgentNames(of: routing))
        return (service, nil)
    }

    /// What an agent is told that is only tried: as much as a call would tell it, of nobody.
    private static func canarySetup(_ key: String, _ routing: RoutingDesk) -> JSON {
        let nobody = PhoneNumber("anonymous")
        guard let call = CallSID("CA" + String(repeating: "0", count: 32)) else { return [:] }
        let variables = routing.current.variables(ofAgent: key)
        return CallTicket(
            call: call, session: "canary", plan: CallPlan(variables: variables),
            direction: .inbound, from: nobody, to: nobody
        ).setup(version: CallbridgeDaemon.version).json
    }
}
