import Audio
package import Calls
import Front
package import Instruments
package import Net
import Simulators
import Switchboard
package import Systemd
import Twilio
import Wire

/// Why the daemon cannot start; the text names what and what to do.
package struct StartFault: Error, Sendable, Equatable {
    package var reason: String
}

/// The house, built from its configuration, top to bottom, and torn down in reverse.
///
///     clocks, log, meters ─▶ loops ─▶ agent's service ─▶ calls ─▶ front ─▶ listeners
package final class CallbridgeDaemon: Sendable {
    /// What this program is, told at `/health` and to the agent's service.
    package static let version = "0.1.0"

    private let configuration: Configuration
    private let log: Log
    private let loops: LoopPool
    private let registry: CallRegistry
    private let server: HTTPServer
    private let builtIn: BuiltInAgent?
    private let canary: Canary
    private let routing: RoutingReload
    private let metrics: MetricsPage
    /// Where the daemon listens, as bound.
    package let addresses: [ListenAddress]
    /// Where the meters are read, as bound; nil when nowhere.
    package let metricsAddress: ListenAddress?

    private init(
        configuration: Configuration, log: Log, loops: LoopPool, registry: CallRegistry,
        server: HTTPServer, builtIn: BuiltInAgent?, canary: Canary, routing: RoutingReload,
        metrics: MetricsPage,
        addresses: [ListenAddress],
        metricsAddress: ListenAddress?
    ) {
        self.configuration = configuration
        self.log = log
        self.loops = loops
        self.registry = registry
        self.server = server
        self.builtIn = builtIn
        self.canary = canary
        self.routing = routing
        self.metrics = metrics
        self.addresses = addresses
        self.metricsAddress = metricsAddress
    }

    /// Builds the house and begins to listen; `activated` are sockets the service manager passed.
    /// `calls` and `http` are numbers that no setting names: a test waits less long than we do.
    package static func start(
        _ configuration: Configuration, log: Log, activated: [ActivatedSocket] = [],
        calls: CallLimits? = nil, http: HTTPServerLimits = HTTPServerLimits()
    ) async throws(StartFault) -> CallbridgeDaemon {
        try proveAudio()
        let loops = LoopPool(count: configuration.loopCount)
        let time = SystemTime()
        let board = MetricBoard()
        let netMeters = NetMeters(board, log: log)

        let routing = try routing(configuration)
        let (service, builtIn) = try await agentService(configuration, routing, loops, log)
        let dialer = ElevenLabsDialer(
            service: service,
            client: HTTPClient(
                loop: loops.loops[0], extraCAFile: configuration.agents.caFile, log: log),
            dialer: WebSocketDialer(
                tls: try clientTLS(configuration), resolver: Resolver(), observer: netMeters))

        let breakers = BreakerKeeper(meters: board, log: log)
        let canary = Canary(dialer, breakers, on: loops.loops[0], board)
        canary.start()

        let registry = CallRegistry(callsMax: configuration.guards.callsMax)
        let announcements = AnnouncementShelf.recorded()
        let maker = CallFactory(
            loops: loops, registry: registry,
            services: CallServices(
                limits: calls ?? configuration.callLimits,
                dialer: GuardedDialer(dialer: dialer, keeper: breakers),
                listener: CallListeners([
                    CallLog(log: log), CallMeters(board), BreakerListener(keeper: breakers),
                ]),
                announcements: announcements))
        let publicURL = try publicAddress(configuration)
        let desk = FrontDesk(
            registry: registry, tickets: TicketBook(key: configuration.tokenKey),
            sessions: SessionNames(),
            gate: GateKeeper(
                twilio: TwilioSignature.Keys(tokens: configuration.telephone.authTokens),
                apiKeys: configuration.access.apiKeys, publicURL: publicURL),
            makeCall: maker.make, publicURL: publicURL,
            planner: { routing.plan(for: $0, from: $1, wallClock: $2) },
            handOff: { key, ticket throws(DialFault) in
                try await dialer.handOff(key, ticket)
            },
            announcements: announcements, showsNumbers: configuration.log.privacy == .debug,
            version: version,
            startedAt: time.now, log: log, meters: FrontMeters(board))

        let server = HTTPServer(
            loops: loops, limits: http, log: log, handler: FrontDoor(desk: desk),
            observer: netMeters)
        let addresses = try await listen(server, configuration, activated)
        let metrics = MetricsPage(board, loops: loops, log: log)
        var metricsAddress: ListenAddress?
        if let address = configuration.listening.metrics {
            metricsAddress = await metrics.listen(address)
        }
        return CallbridgeDaemon(
            configuration: configuration, log: log, loops: loops, registry: registry,
            server: server, builtIn: builtIn, canary: canary,
            routing: RoutingReload(desk: routing, breakers: breakers, log: log), metrics: metrics,
            addresses: addresses, metricsAddress: metricsAddress)
    }

    /// Calls alive now.
    package var activeCalls: Int { registry.active }
    /// Connections open now to where we listen, streams among them.
    package var openConnections: Int { server.openConnections }
    /// The threads whose answers prove that the daemon is alive.
    package var allLoops: [any Loop] { loops.loops }

    /// Reads the routing file again and says what came of it. Blocks while files are read.
    package func reloadRouting() { routing.reload() }

    /// Takes no new calls and returns when the last one has ended and Twilio was told what comes
    /// next; what living calls still need, streams and webhooks, is served meanwhile.
    package func drain() async {
        let open = registry.active
        log.notice("daemon.draining", "Draining: \(open) calls are open")
        await registry.drain()
        guard open > 0 else { return }
        // Cancelled when somebody has no time for it.
        try? await Task.sleep(for: Self.aftermath)
    }

    /// How long after its last call the daemon still answers: within a second Twilio asks what
    /// follows the stream, and a caller whose question nobody answers is told of an error.
    private static let aftermath = Duration.seconds(3)

    /// Ends every call that is still alive and lets no more in.
    package func endCalls() async {
        for call in registry.living { await call.stop(.callbridgeStopped) }
        await registry.drain()
    }

    /// Ends what is still alive and takes the house down.
    package func stop() async {
        canary.stop()
        await server.stopAccepting()
        await endCalls()
        await server.close()
        await builtIn?.stop()
        await metrics.close()
        loops.stop()
        log.notice("daemon.stopped", "Stopped")
    }

    private static func publicAddress(
        _ configuration: Configuration
    ) throws(StartFault) -> WebAddress {
        do { return try configuration.publicAddress() } catch {
            throw StartFault(reason: "PUBLIC_URL: \(error)")
        }
    }

    private static func proveAudio() throws(StartFault) {
        Resampler.clearEnvironment()
        do { try ResamplerProof.run() } catch {
            throw StartFault(reason: "the resampler is not what it was built for: \(error)")
        }
    }

    private static func clientTLS(_ configuration: Configuration) throws(StartFault) -> TLSContext {
        do { return try TLSContext.client(extraCAFile: configuration.agents.caFile) } catch {
            throw StartFault(reason: error.reason)
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

    private static func agentService(
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

    private static func listen(
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

    private static func targets(
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
