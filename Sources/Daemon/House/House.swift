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
    let ground: Ground
    let agents: AgentSide
    let calls: CallSide
    let ender: CallEnder
    let server: HTTPServer
    let loopMeters: LoopMeters
    let metrics: MetricsPage
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
        await calls.restorePromises(at: ground.time)

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
            ground: ground, agents: agents, calls: calls, ender: desk.ender, server: server,
            loopMeters: loopMeters, metrics: metrics, addresses: addresses,
            metricsAddress: metricsAddress)
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
