import Audio
import Calls
import Front
import Instruments
import Net
import Systemd
import Traces
import Twilio

/// The calls' side of the house: what makes them, who hears of them, and what is kept of them.
struct CallSide: Sendable {
    let registry: CallRegistry
    let maker: CallFactory
    let limits: CurrentCallLimits
    let recent = RecentCalls()
    let announcements: AnnouncementShelf
    let book: OutboundBook
    let outbound: OutboundDesk
    let memories: MemoryFiles?
    let promises: PromiseFiles?
    let store: DescriptorStore?

    init(with agents: AgentSide, behind gate: StartGate, on ground: Ground) {
        let (configuration, variations) = (ground.configuration, ground.variations)
        let (log, board) = (ground.log, ground.board)
        let memories = variations.memories.map {
            MemoryFiles($0, log: log, board: board, time: ground.time)
        }
        promises = Self.promiseFiles(memories, ground)
        book = OutboundBook(
            configuration.outboundPolicy, keeper: promises ?? NoPromiseKeeper())
        let line = Self.twilioLine(ground)
        outbound = OutboundDesk(
            book: book, line: line,
            agents: { agents.routing.agentIDs }, outage: agents.outage)
        store = variations.keeping.flatMap {
            DescriptorStore(environment: $0.environment, board: board)
        }
        registry = CallRegistry(callsMax: configuration.guards.callsMax)
        announcements = variations.announcements ?? .recorded()
        let limits = CurrentCallLimits(variations.calls ?? configuration.callLimits)
        self.limits = limits
        let listeners: [(any CallListener)?] = [
            CallLog(log: log), CallMeters(board), CallLossMeters(board),
            BreakerListener(keeper: agents.breakers), book, recent,
            line.map { TwilioTimeLimit(line: $0, limits: limits, log: log) },
        ]
        maker = CallFactory(
            loops: ground.loops, registry: registry,
            services: CallServices(
                limits: limits.now, dialer: agents.guarded(by: gate),
                listener: CallListeners(listeners.compactMap { $0 }), announcements: announcements,
                memories: memories ?? NoMemories(), keeper: Self.keeper(store, ground)),
            limits: limits,
            traces: configuration.log.traceDirectory.flatMap {
                TraceDepot(directory: $0, log: log)
            })
        self.memories = memories
    }

    /// Goes on with what a killed process left, before anything slow.
    func adopt(on ground: Ground) async {
        guard let store, let stored = ground.variations.keeping?.stored else { return }
        await StreamAdoption(
            store: store, loops: ground.loops, registry: registry,
            revival: .init(memories: { await memories?.take($0) }, make: maker.revive),
            log: ground.log, board: ground.board
        ).adopt(stored)
    }

    /// Takes over what a process that is no more had promised.
    func restorePromises(at time: SystemTime) async {
        guard let promises else { return }
        book.restore(await promises.left(), at: time.now)
    }

    /// How the front goes on with a call that another process left.
    var revival: Revival {
        memories.map { Revival(memories: $0.take, make: maker.revive, forgotten: $0.kept) }
            ?? .none
    }

    /// Lets go of what outlives the calls.
    func close() {
        memories?.close()
        promises?.close()
        store?.close()
    }

    private static func keeper(
        _ store: DescriptorStore?, _ ground: Ground
    ) -> (any StreamKeeper)? {
        guard ground.configuration.descriptorStore == .auto else { return nil }
        return store.map { StreamStore($0, ground.board) }
    }

    /// Where promised calls are kept; nil where nothing is.
    private static func promiseFiles(_ memories: MemoryFiles?, _ ground: Ground) -> PromiseFiles? {
        guard let plan = ground.variations.memories, let memories else { return nil }
        return PromiseFiles(plan, failures: memories.failures, log: ground.log, time: ground.time)
    }

    private static func twilioLine(_ ground: Ground) -> TwilioClient? {
        let configuration = ground.configuration
        // A file of the agents' own authorities does not vouch for Twilio.
        let isShared = configuration.agents.caFile == nil
        return configuration.twilioCredentials.map { credentials in
            TwilioClient(
                base: configuration.telephone.baseURL, requests: TwilioRequest(credentials),
                client: HTTPClient(
                    loop: ground.loops.loops[0],
                    trust: isShared ? ground.trust : ClientTrust(extraCAFile: nil, log: ground.log)),
                time: ground.time, log: ground.log)
        }
    }
}
