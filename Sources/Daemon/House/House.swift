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
        let ground = Ground(configuration, variations, log: log)
        let agents = try await AgentSide(on: ground)
        let calls = CallSide(with: agents, behind: gate, on: ground)

        await calls.adopt(on: ground)
        try proveWhatAgentsNeed(ground.trust)
        gate.open()
        if let promises = calls.promises {
            calls.book.restore(await promises.left(), at: ground.time.now)
        }

        let desk = try frontDesk(agents, calls, ground)
        let server = HTTPServer(
            loops: ground.loops, limits: variations.http, log: log,
            handler: FrontDoor(desk: desk), observer: ground.netMeters)
        HouseMeters.enter(
            on: ground.board, registry: calls.registry, server: server,
            writer: variations.writer)
        let loopMeters = LoopMeters(ground.board, ground.loops.loops)
        loopMeters.start()
        let addresses = try await listen(server, configuration, activated)
        let (metrics, metricsAddress) = await metricsPage(calls, ground)
        return House(
            configuration: configuration, log: log, board: ground.board, loops: ground.loops,
            builtIn: agents.builtIn, canary: agents.canary,
            routing: RoutingReload(
                desk: agents.routing, breakers: [agents.breakers, agents.handOffs], log: log),
            registry: calls.registry, limits: calls.limits, recent: calls.recent,
            outbound: calls.outbound, ender: desk.ender, server: server, metrics: metrics,
            loopMeters: loopMeters, memories: calls.memories, promises: calls.promises,
            store: calls.store, addresses: addresses, metricsAddress: metricsAddress)
    }

    private static func frontDesk(
        _ agents: AgentSide, _ calls: CallSide, _ ground: Ground
    ) throws(StartFault) -> FrontDesk {
        let configuration = ground.configuration
        let publicURL = try publicAddress(configuration)
        return FrontDesk(
            registry: calls.registry, tickets: TicketBook(key: configuration.tokenKey),
            sessions: SessionNames(),
            gate: GateKeeper(
                twilio: TwilioSignature.Keys(tokens: configuration.telephone.authTokens),
                apiKeys: configuration.access.apiKeys, publicURL: publicURL),
            makeCall: calls.maker.make, publicURL: publicURL,
            planner: { agents.routing.plan(for: $0, from: $1, wallClock: $2) },
            handOff: GuardedHandOff(handOff: agents.dialer.handOff, keeper: agents.handOffs)
                .callAsFunction,
            announcements: calls.announcements,
            showsNumbers: configuration.log.privacy == .debug,
            version: CallbridgeDaemon.version, startedAt: ground.time.now, log: ground.log,
            meters: FrontMeters(ground.board), outbound: calls.outbound,
            clients: configuration.clients, allowedOrigins: configuration.access.allowedOrigins,
            revival: calls.revival, instance: configuration.listening.instance)
    }

    private static func metricsPage(
        _ calls: CallSide, _ ground: Ground
    ) async -> (page: MetricsPage, address: ListenAddress?) {
        let states = CallStateMeters(ground.board, calls.registry)
        let page = MetricsPage(ground.board, loops: ground.loops, log: ground.log) {
            await states.refresh()
        }
        guard let address = ground.configuration.listening.metrics else { return (page, nil) }
        return (page, await page.listen(address))
    }
}
