import Audio
import Calls
import Instruments
import Net
import Simulators
import Switchboard
import Systemd
import Twilio
import Wire

/// The parts of the house that take more than a line to make.
extension House {
    static func publicAddress(
        _ configuration: Configuration
    ) throws(StartFault) -> WebAddress {
        do { return try configuration.publicAddress() } catch {
            throw StartFault(reason: "PUBLIC_URL: \(error)")
        }
    }

    /// What agents need and a caller's first word does not: resamplers that are true, and whom TLS
    /// trusts. Together they take a twentieth of a second.
    static func proveWhatAgentsNeed(_ trust: ClientTrust) throws(StartFault) {
        do { try ResamplerProof.run() } catch {
            throw StartFault(reason: "the resampler is not what it was built for: \(error)")
        }
        do { _ = try trust.context() } catch { throw StartFault(reason: error.reason) }
    }

    static func keeper(
        _ configuration: Configuration, _ store: DescriptorStore?, _ board: MetricBoard
    ) -> (any StreamKeeper)? {
        guard configuration.descriptorStore == .auto else { return nil }
        return store.map { StreamStore($0, board) }
    }

    /// Where promised calls are kept; nil where nothing is.
    static func promiseFiles(
        _ plan: MemoryFiles.Plan?, _ memories: MemoryFiles?, _ time: SystemTime, _ log: Log
    ) -> PromiseFiles? {
        guard let plan, let memories else { return nil }
        return PromiseFiles(plan, failures: memories.failures, log: log, time: time)
    }

    static func routing(
        _ configuration: Configuration
    ) throws(StartFault) -> RoutingDesk {
        let path = configuration.telephone.routingFile
        do { return try RoutingDesk(file: path, settings: configuration.namedAgents) } catch {
            let faults = error.all.map { "\(path ?? ""):\($0)" }.joined(separator: "; ")
            throw StartFault(reason: "ROUTING_FILE: \(faults)")
        }
    }

    static func agentService(
        _ configuration: Configuration, _ routing: RoutingDesk, _ loops: LoopPool, _ log: Log
    ) async throws(StartFault) -> (AgentService, BuiltInAgent?) {
        guard case .elevenLabs(_, let key) = configuration.agentSource else {
            let builtIn = try await BuiltInAgent.start(loops, log)
            log.notice("agent.built_in", "No key for ElevenLabs: the built-in agent answers")
            return (builtIn.service, builtIn)
        }
        let service = AgentService(
            base: configuration.agents.baseURL, key: key, agents: AgentNames(of: routing))
        return (service, nil)
    }

    /// For how long nobody would answer on that rung.
    static func outage(
        _ rung: Rung, _ breakers: BreakerKeeper, _ handOffs: BreakerKeeper
    ) -> Duration? {
        switch rung {
        case .agent(let key): breakers.wait(for: key)
        case .handOff(let key): handOffs.wait(for: key)
        case .human, .queue, .apology: nil
        }
    }

    /// What an agent is told that is only tried: as much as a call would tell it, of nobody.
    static func canarySetup(_ key: String, _ routing: RoutingDesk) -> JSON {
        let nobody = PhoneNumber("anonymous")
        guard let call = CallSID("CA" + String(repeating: "0", count: 32)) else { return [:] }
        let variables = routing.current.variables(ofAgent: key)
        return CallTicket(
            call: call, session: "canary", plan: CallPlan(variables: variables),
            direction: .inbound, from: nobody, to: nobody
        ).setup(version: CallbridgeDaemon.version).json
    }

    static func twilioLine(
        _ configuration: Configuration, _ loops: LoopPool, _ trust: ClientTrust,
        _ time: SystemTime, _ log: Log
    ) -> TwilioClient? {
        // A file of the agents' own authorities does not vouch for Twilio.
        let isShared = configuration.agents.caFile == nil
        return configuration.twilioCredentials.map { credentials in
            TwilioClient(
                base: configuration.telephone.baseURL, requests: TwilioRequest(credentials),
                client: HTTPClient(
                    loop: loops.loops[0],
                    trust: isShared ? trust : ClientTrust(extraCAFile: nil, log: log)),
                time: time, log: log)
        }
    }

    /// Goes on with what a killed process left, before anything slow.
    static func adopt(
        _ keeping: KeepingPlan?, _ store: DescriptorStore?, _ maker: CallFactory,
        _ memories: MemoryFiles?, _ log: Log, _ board: MetricBoard
    ) async {
        guard let store, let stored = keeping?.stored else { return }
        await StreamAdoption(
            store: store, loops: maker.loops, registry: maker.registry,
            revival: .init(memories: { await memories?.take($0) }, make: maker.revive),
            log: log, board: board
        ).adopt(stored)
    }

    static func listen(
        _ server: HTTPServer, _ configuration: Configuration, _ activated: [ActivatedSocket]
    ) async throws(StartFault) -> [ListenAddress] {
        var tls: TLSContext?
        if let certificate = configuration.listening.certificateFile,
            let key = configuration.listening.keyFile
        {
            do {
                tls = try TLSContext.server(certificateFile: certificate, keyFile: key)
            } catch {
                throw StartFault(reason: error.reason)
            }
        }
        var bound: [ListenAddress] = []
        for address in try targets(configuration, activated) {
            do { bound.append(try await server.listen(address, tls: tls)) } catch {
                throw StartFault(reason: error.reason)
            }
        }
        return bound
    }

    static func targets(
        _ configuration: Configuration, _ activated: [ActivatedSocket]
    ) throws(StartFault) -> [ListenAddress] {
        var all: [ListenAddress] = []
        for target in configuration.listening.all {
            switch target {
            case .address(let address): all.append(address)
            case .activated(let name):
                let passed = activated.filter { name == nil || $0.name == name }
                guard !passed.isEmpty else {
                    throw StartFault(
                        reason: "LISTEN asks for a socket of the service manager, "
                            + "but none was passed\(name.map { " as \($0)" } ?? "")")
                }
                all += passed.map { .inherited(descriptor: $0.descriptor, name: $0.name) }
            }
        }
        return all
    }
}
