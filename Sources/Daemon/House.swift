import Audio
import Calls
import Front
import Instruments
import Net
import Simulators
import Switchboard
import Systemd
import Traces
import Twilio
import Wire

/// The house: its parts in the order in which they were built, top to bottom.
///
///     clocks, log, meters ─▶ loops ─▶ agent's service ─▶ calls ─▶ front ─▶ listeners
///                                                         │
///             callers of a killed process hear something ◀┘ before what takes long is done
struct House: Sendable {
    let configuration: Configuration
    let log: Log
    let board: MetricBoard
    let loops: LoopPool
    let builtIn: BuiltInAgent?
    let canary: Canary
    let routing: RoutingReload
    let registry: CallRegistry
    let limits: CurrentCallLimits
    let recent: RecentCalls
    let outbound: OutboundDesk
    let ender: CallEnder
    let server: HTTPServer
    let metrics: MetricsPage
    let loopMeters: LoopMeters
    let memories: MemoryFiles?
    let promises: PromiseFiles?
    let store: DescriptorStore?
    /// Where the daemon listens, and where the meters are read, as bound.
    let addresses: [ListenAddress]
    let metricsAddress: ListenAddress?

    /// What a test may want otherwise, and no setting names.
    struct Variations: Sendable {
        var calls: CallLimits?
        var http = HTTPServerLimits()
        /// Whose losses are told with the meters.
        var writer: LogWriter?
        /// Where living calls are remembered.
        var memories: MemoryFiles.Plan?
        /// Who keeps callers' streams open beyond this process.
        var keeping: KeepingPlan?
        /// What the house itself says; nil the recordings in this program.
        var announcements: AnnouncementShelf?
    }

    /// Builds it and begins to listen; `activated` are sockets the service manager passed.
    static func build(
        _ configuration: Configuration, log: Log, activated: [ActivatedSocket],
        _ variations: Variations
    ) async throws(StartFault) -> House {
        Resampler.clearEnvironment()
        let gate = StartGate()
        defer { gate.open() }
        let loops = LoopPool(count: configuration.loopCount)
        let time = SystemTime()
        let board = MetricBoard()
        let netMeters = NetMeters(board, log: log)

        let routing = try routing(configuration)
        let (service, builtIn) = try await agentService(configuration, routing, loops, log)
        let trust = ClientTrust(extraCAFile: configuration.agents.caFile, log: log)
        let dialer = ElevenLabsDialer(
            service: service,
            client: HTTPClient(loop: loops.loops[0], trust: trust),
            dialer: WebSocketDialer(trust: trust, resolver: Resolver(), observer: netMeters))
        let breakerMeters = BreakerMeters(board)
        let breakers = BreakerKeeper(meters: breakerMeters, log: log)
        let handOffs = BreakerKeeper(.handOff, meters: breakerMeters, log: log)
        let canary = Canary(dialer, breakers, on: loops.loops[0], board) {
            canarySetup($0, routing)
        }
        canary.start()

        let memories = variations.memories.map {
            MemoryFiles($0, log: log, board: board, time: time)
        }
        let promises = promiseFiles(variations.memories, memories, time, log)
        let book = OutboundBook(
            configuration.outboundPolicy, keeper: promises ?? NoPromiseKeeper())
        let line = twilioLine(configuration, loops, trust, time, log)
        let outbound = OutboundDesk(
            book: book, line: line,
            agents: { routing.agentIDs }, outage: { outage($0, breakers, handOffs) })
        let store = variations.keeping.flatMap {
            DescriptorStore(environment: $0.environment, board: board)
        }
        let registry = CallRegistry(callsMax: configuration.guards.callsMax)
        let announcements = variations.announcements ?? .recorded()
        let limits = CurrentCallLimits(variations.calls ?? configuration.callLimits)
        let recent = RecentCalls()
        let maker = CallFactory(
            loops: loops, registry: registry,
            services: CallServices(
                limits: limits.now,
                dialer: GatedDialer(
                    dialer: GuardedDialer(dialer: dialer, keeper: breakers), gate: gate),
                listener: CallListeners(
                    [
                        CallLog(log: log), CallMeters(board), CallLossMeters(board),
                        BreakerListener(keeper: breakers), book, recent,
                    ] + (line.map { [TwilioTimeLimit(line: $0, limits: limits, log: log)] } ?? [])
                ), announcements: announcements, memories: memories ?? NoMemories(),
                keeper: keeper(configuration, store, board)),
            limits: limits,
            traces: configuration.log.traceDirectory.flatMap {
                TraceDepot(directory: $0, log: log)
            })

        await adopt(variations.keeping, store, maker, memories, log, board)
        try proveWhatAgentsNeed(trust)
        gate.open()
        if let promises { book.restore(await promises.left(), at: time.now) }

        let publicURL = try publicAddress(configuration)
        let desk = FrontDesk(
            registry: registry, tickets: TicketBook(key: configuration.tokenKey),
            sessions: SessionNames(),
            gate: GateKeeper(
                twilio: TwilioSignature.Keys(tokens: configuration.telephone.authTokens),
                apiKeys: configuration.access.apiKeys, publicURL: publicURL),
            makeCall: maker.make, publicURL: publicURL,
            planner: { routing.plan(for: $0, from: $1, wallClock: $2) },
            handOff: GuardedHandOff(handOff: dialer.handOff, keeper: handOffs).callAsFunction,
            announcements: announcements, showsNumbers: configuration.log.privacy == .debug,
            version: CallbridgeDaemon.version, startedAt: time.now, log: log,
            meters: FrontMeters(board), outbound: outbound, clients: configuration.clients,
            allowedOrigins: configuration.access.allowedOrigins,
            revival: memories.map {
                Revival(memories: $0.take, make: maker.revive, forgotten: $0.kept)
            } ?? .none,
            instance: configuration.listening.instance)
        let server = HTTPServer(
            loops: loops, limits: variations.http, log: log, handler: FrontDoor(desk: desk),
            observer: netMeters)

        HouseMeters.enter(
            on: board, registry: registry, server: server, writer: variations.writer)
        let loopMeters = LoopMeters(board, loops.loops)
        loopMeters.start()
        let addresses = try await listen(server, configuration, activated)
        let states = CallStateMeters(board, registry)
        let metrics = MetricsPage(board, loops: loops, log: log) { await states.refresh() }
        var metricsAddress: ListenAddress?
        if let address = configuration.listening.metrics {
            metricsAddress = await metrics.listen(address)
        }
        return House(
            configuration: configuration, log: log, board: board, loops: loops, builtIn: builtIn,
            canary: canary,
            routing: RoutingReload(desk: routing, breakers: [breakers, handOffs], log: log),
            registry: registry, limits: limits, recent: recent, outbound: outbound,
            ender: desk.ender,
            server: server, metrics: metrics, loopMeters: loopMeters, memories: memories,
            promises: promises, store: store,
            addresses: addresses, metricsAddress: metricsAddress)
    }
}
