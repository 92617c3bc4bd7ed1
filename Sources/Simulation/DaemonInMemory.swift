import Calls
import Front
import Instruments
import Net
import Simulators
import Switchboard
import Synchronization
import Twilio
import Wire

/// One life of the daemon: what its process holds, and loses when it is killed.
// Safe because a house lives on the one thread that runs its loop.
final class DaemonInMemory: @unchecked Sendable {
    /// The same in every life, as a deployment's is: tokens outlive the process.
    private static let tokenKey = [UInt8](repeating: 7, count: 32)

    /// Which life it is, counted from 0.
    let life: Int
    let registry: CallRegistry
    private(set) lazy var door = FrontDoor(desk: desk)
    private let house: SimulatedHouse
    private let publicURL: WebAddress
    private let memories: SimulatedMemories
    private let keeper: SimulatedKeeper
    private let voice: LifeListener
    private let book: OutboundBook
    private let dialer: SimulatedDialer
    private let load = Load()
    private let maker: SimulatedCallMaker
    private(set) var isDead = false
    /// It answers; before that it goes on with the streams of the life before it.
    var isListening = false
    /// Every socket it ever held, its own ends.
    private var sockets: [HeldSocket] = []
    private var farEnds: [MemorySocket] = []

    init(_ house: SimulatedHouse, life: Int, publicURL: WebAddress) {
        self.house = house
        self.life = life
        self.publicURL = publicURL
        registry = CallRegistry(callsMax: house.plan.callsMax)
        memories = SimulatedMemories(house, life: life)
        keeper = SimulatedKeeper(isKeeping: house.plan.keepsStreams)
        voice = LifeListener(house.ledger, life: life)
        dialer = SimulatedDialer(house)
        book = OutboundBook(Self.outboundPolicy, keeper: SimulatedPromises(house, life: life))
        maker = SimulatedCallMaker(
            house: house, registry: registry, load: load,
            services: CallServices(
                limits: house.plan.limits, dialer: dialer,
                listener: CallListeners([voice, book]),
                announcements: HouseSounds.announcements,
                tools: ToolShelf(SimulatedTool.shelf(house, life: life)),
                memories: memories, keeper: keeper))
        dialer.daemon = self
        restorePromises()
    }

    /// Takes over what the lives before it had promised.
    private func restorePromises() {
        let left = house.disk.promises.values.compactMap { OutboundRecord($0) }
        if left.count < house.disk.promises.count {
            house.diary.violated("a promise cannot be read", at: house.loop.now)
        }
        book.restore(left, at: house.loop.now)
    }

    private var desk: FrontDesk {
        FrontDesk(
            registry: registry, tickets: TicketBook(key: Self.tokenKey),
            sessions: SessionNames(),
            gate: GateKeeper(
                twilio: TwilioSignature.Keys(tokens: []),
                apiKeys: [SecretText(OutboundClient.key)], publicURL: publicURL),
            makeCall: { [maker] in maker.make($0, nil) }, publicURL: publicURL,
            planner: { [unowned house] _, from, _ in house.callPlan(for: from) },
            handOff: { [unowned house] _, ticket throws(DialFault) in
                try house.handOff(ticket.call)
            },
            announcements: HouseSounds.announcements, showsNumbers: false, version: "0",
            startedAt: .zero, log: Log(to: Deaf(), threshold: .error),
            meters: FrontMeters(MetricBoard()),
            outbound: OutboundDesk(
                book: book, line: SimulatedTwilio(house, life: life),
                agents: { ["default": "agent_test", "second": "agent_test2"] }),
            revival: Revival(
                memories: { [memories] in await memories.take($0) },
                make: { [maker] in maker.make($0.ticket, $0) },
                forgotten: { [memories] in await memories.kept($0) }))
    }

    /// The process holds one more socket, whose other end is somebody else's.
    func holds(_ pair: (a: MemorySocket, b: MemorySocket)) -> HeldSocket {
        farEnds.append(pair.b)
        return holds(pair.a)
    }

    /// The process holds one more socket.
    private func holds(_ line: MemorySocket) -> HeldSocket {
        let socket = HeldSocket(line)
        sockets.append(socket)
        return socket
    }

    /// Lets nobody in, answers what Twilio asks after the last call, and writes down what is still
    /// to be written.
    func drain() async {
        await registry.drain()
        await house.loop.pause(for: Self.aftermath)
        if !isDead { memories.close() }
    }

    /// As `Daemon.aftermath` is.
    private static let aftermath: Duration = .seconds(3)

    /// SIGKILL: every connection breaks but those that are kept, and nothing is said or remembered.
    /// Answers the calls whose newest state was not written.
    func kill() -> Set<CallSID> {
        isDead = true
        voice.isDead = true
        let lost = memories.die()
        house.ledger.lifeIsOver(life, lostEnds: lost.ends)
        house.disk.streams += keeper.left
        let kept = Set(keeper.left.map { ObjectIdentifier($0.socket) })
        for socket in sockets { socket.die(isKept: kept.contains(ObjectIdentifier(socket.line))) }
        // What a dead process held is gone; here it has to be let go of.
        // Safe because the house's one thread is the executor of every call in it.
        for call in registry.living { call.assumeIsolated { $0.stop(.callbridgeStopped) } }
        return lost.news
    }

    /// A stream that outlived its process is gone on with, as `StreamAdoption` does.
    func adopt(_ left: HouseDisk.LeftStream) async {
        guard !isDead else { return house.disk.streams.append(left) }
        let socket = holds(left.socket)
        let memory = left.adoptions < Self.adoptionsMax ? await memories.take(left.start.call) : nil
        guard let memory, !isDead,
            let call = registry.readmit(left.start.call, { maker.make(memory.ticket, memory) })
        else {
            house.diary.saw("a kept stream was closed")
            return socket.close(
                code: WebSocketClose.serviceRestart, reason: "its call is not remembered")
        }
        await call.wake()
        guard memory.stand.errand == nil else {
            house.diary.saw("a kept stream was left")
            return socket.close(code: WebSocketClose.normal, reason: "its call was leaving it")
        }
        keeper.adoptions[ObjectIdentifier(left.socket)] = left.adoptions + 1
        call.adoptStream(socket, left.start, adoptions: left.adoptions + 1)
    }

    private static let adoptionsMax = 3

    private static let outboundPolicy = {
        var policy = OutboundPolicy()
        policy.prefixes = ["+1555"]
        policy.from = PhoneNumber(SimulatedHouse.number)
        return policy
    }()

    /// Nobody looks at its sockets any more, on either side.
    func letGo() {
        for line in sockets.map(\.line) + farEnds { line.letGo() }
    }

    /// Everything is over: what is still held is told.
    func leftovers() -> [String] {
        var left: [String] = []
        if registry.active > 0 { left.append("\(registry.active) calls in the registry") }
        if load.count != 0 { left.append("a load of \(load.count)") }
        let open = sockets.filter(\.isOpen).count
        if open > 0 { left.append("\(open) open sockets") }
        let alive = load.alive
        if alive > 0 { left.append("\(alive) calls in memory") }
        let promised = house.mayOweCalls ? 0 : book.living(at: house.loop.now)
        if promised > 0, !isDead { left.append("\(promised) promised calls") }
        if memories.leftovers > 0 { left.append("\(memories.leftovers) memories of calls") }
        return left
    }
}

/// How many calls a life carries, and those it ever made.
// Safe because it is touched on the house's thread only.
final class Load: @unchecked Sendable {
    private struct WeakCall { weak var call: Call? }

    var count = 0
    private var calls: [WeakCall] = []

    func add(_ call: Call) { calls.append(WeakCall(call: call)) }

    /// Calls that nothing has let go of.
    var alive: Int { calls.count { $0.call != nil } }
}

/// Makes a life's calls, as `CallFactory` does.
struct SimulatedCallMaker: Sendable {
    unowned let house: SimulatedHouse
    let registry: CallRegistry
    let load: Load
    let services: CallServices

    /// The call that a ticket promises, or that another life left behind.
    func make(_ ticket: CallTicket, _ memory: CallMemory?) -> Call {
        load.count += 1
        let recorder =
            house.plan.isTraced ? house.traces.recorder(ticket, services.limits, memory) : nil
        let call = Call(
            ticket, on: house.loop, with: services, recalling: memory, recorder: recorder
        ) { [registry, load] call, ending in
            load.count -= 1
            registry.leave(call, ending)
        }
        load.add(call)
        return call
    }
}

/// Keeps callers' streams beyond the death of their process, where a deployment does.
// Safe because it is touched on the house's thread only.
final class SimulatedKeeper: StreamKeeper, @unchecked Sendable {
    private let isKeeping: Bool
    private var kept: [(socket: HeldSocket, start: TwilioStart)] = []
    /// How often a stream was gone on with, by its connection.
    var adoptions: [ObjectIdentifier: Int] = [:]

    init(isKeeping: Bool) { self.isKeeping = isKeeping }

    func keep(_ socket: any MessageSocket, _ start: TwilioStart) {
        guard isKeeping, let socket = socket as? HeldSocket else { return }
        kept.append((socket, start))
    }

    /// Those that are open at the process's death.
    var left: [HouseDisk.LeftStream] {
        kept.filter(\.socket.isOpen).map { socket, start in
            HouseDisk.LeftStream(
                socket: socket.line, start: start,
                adoptions: adoptions[ObjectIdentifier(socket.line)] ?? 0)
        }
    }
}

/// Hears log lines and forgets them.
private struct Deaf: LogSink {
    func write(_ line: LogLine) {}
}
