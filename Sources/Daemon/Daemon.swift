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

    let configuration: Configuration
    private let log: Log
    let registry: CallRegistry
    private let server: HTTPServer
    let builtIn: BuiltInAgent?
    private let metrics: MetricsPage
    private let loopMeters: LoopMeters
    let limits: CurrentCallLimits
    let recent: RecentCalls
    /// The threads of the house.
    let loops: LoopPool
    /// Every meter of the house.
    package let board: MetricBoard
    /// Where the daemon listens, as bound.
    package let addresses: [ListenAddress]
    /// Where the meters are read, as bound; nil when nowhere.
    package let metricsAddress: ListenAddress?

    private init(
        configuration: Configuration, log: Log, loops: LoopPool, board: MetricBoard,
        registry: CallRegistry, limits: CurrentCallLimits, recent: RecentCalls,
        server: HTTPServer, builtIn: BuiltInAgent?, metrics: MetricsPage,
        loopMeters: LoopMeters, addresses: [ListenAddress], metricsAddress: ListenAddress?
    ) {
        self.configuration = configuration
        self.log = log
        self.loops = loops
        self.board = board
        self.registry = registry
        self.limits = limits
        self.recent = recent
        self.server = server
        self.builtIn = builtIn
        self.metrics = metrics
        self.loopMeters = loopMeters
        self.addresses = addresses
        self.metricsAddress = metricsAddress
    }

    /// Builds the house and begins to listen; `activated` are sockets the service manager passed.
    /// `calls` and `http` are numbers that no setting names: a test waits less long than we do.
    package static func start(
        _ configuration: Configuration, log: Log, activated: [ActivatedSocket] = [],
        calls: CallLimits? = nil, http: HTTPServerLimits = HTTPServerLimits(),
        writer: LogWriter? = nil
    ) async throws(StartFault) -> CallbridgeDaemon {
        try proveAudio()
        let loops = LoopPool(count: configuration.loopCount)
        let time = SystemTime()
        let board = MetricBoard()
        let netMeters = NetMeters(board, log: log)

        let (service, builtIn) = try await agentService(configuration, loops, log)
        let dialer = ElevenLabsDialer(
            service: service,
            client: HTTPClient(
                loop: loops.loops[0], extraCAFile: configuration.agents.caFile, log: log),
            dialer: WebSocketDialer(
                tls: try clientTLS(configuration), resolver: Resolver(), observer: netMeters))

        let registry = CallRegistry(callsMax: configuration.guards.callsMax)
        let announcements = AnnouncementShelf.recorded()
        let limits = CurrentCallLimits(calls ?? configuration.callLimits)
        let recent = RecentCalls()
        let maker = CallFactory(
            loops: loops, registry: registry,
            services: CallServices(
                limits: limits.now, dialer: dialer,
                listener: CallListeners([
                    CallLog(log: log), CallMeters(board), CallLossMeters(board), recent,
                ]), announcements: announcements), limits: limits)
        let publicURL = try publicAddress(configuration)
        let desk = FrontDesk(
            registry: registry, tickets: TicketBook(key: configuration.tokenKey),
            sessions: SessionNames(),
            gate: GateKeeper(
                twilio: TwilioSignature.Keys(tokens: configuration.telephone.authTokens),
                apiKeys: configuration.access.apiKeys, publicURL: publicURL),
            makeCall: maker.make, publicURL: publicURL,
            planner: { to, _, _ in CallPlan(language: Language(spokenAt: to)) },
            handOff: { key, ticket throws(DialFault) in
                try await dialer.handOff(key, ticket)
            },
            announcements: announcements, showsNumbers: configuration.log.privacy == .debug,
            version: version,
            startedAt: time.now, log: log, meters: FrontMeters(board))

        let server = HTTPServer(
            loops: loops, limits: http, log: log, handler: FrontDoor(desk: desk),
            observer: netMeters)
        HouseMeters.enter(on: board, registry: registry, server: server, writer: writer)
        let loopMeters = LoopMeters(board, loops.loops)
        loopMeters.start()
        let addresses = try await listen(server, configuration, activated)
        let states = CallStateMeters(board, registry)
        let metrics = MetricsPage(board, loops: loops, log: log) { await states.refresh() }
        var metricsAddress: ListenAddress?
        if let address = configuration.listening.metrics {
            metricsAddress = await metrics.listen(address)
        }
        return CallbridgeDaemon(
            configuration: configuration, log: log, loops: loops, board: board,
            registry: registry, limits: limits, recent: recent, server: server, builtIn: builtIn,
            metrics: metrics, loopMeters: loopMeters, addresses: addresses,
            metricsAddress: metricsAddress)
    }

    /// Calls alive now.
    package var activeCalls: Int { registry.active }
    /// Connections open now to where we listen, streams among them.
    package var openConnections: Int { server.openConnections }
    /// The threads whose answers prove that the daemon is alive.
    package var allLoops: [any Loop] { loops.loops }

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

    private static func agentService(
        _ configuration: Configuration, _ loops: LoopPool, _ log: Log
    ) async throws(StartFault) -> (AgentService, BuiltInAgent?) {
        let agents = configuration.agents
        guard case .elevenLabs(let agent, let key) = configuration.agentSource else {
            let builtIn = try await BuiltInAgent.start(loops, log)
            log.notice("agent.built_in", "No key for ElevenLabs: the built-in agent answers")
            return (builtIn.service, builtIn)
        }
        var names = ["default": agent]
        names["support"] = agents.supportAgentID
        names["sales"] = agents.salesAgentID
        return (AgentService(base: agents.baseURL, key: key, agents: names), nil)
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
