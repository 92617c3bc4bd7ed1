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

    let registry: CallRegistry
    let ledger: Ledger
    let door: FrontDoor
    private let load: Load
    private(set) var isDead = false
    /// Every socket it ever held, its own ends.
    private var sockets: [MemorySocket] = []
    private var calls: [WeakCall] { load.calls }

    init(_ house: SimulatedHouse, publicURL: WebAddress) {
        let registry = CallRegistry(callsMax: house.plan.callsMax)
        let ledger = Ledger(house.diary, on: house.loop, limits: house.plan.limits)
        let services = CallServices(
            limits: house.plan.limits, dialer: SimulatedDialer(house), listener: ledger,
            announcements: HouseSounds.announcements)
        let load = Load()
        self.load = load
        self.registry = registry
        self.ledger = ledger
        let loop = house.loop
        let traces = house.plan.isTraced ? house.traces : nil
        let board = MetricBoard()
        let desk = FrontDesk(
            registry: registry, tickets: TicketBook(key: Self.tokenKey),
            sessions: SessionNames(),
            gate: GateKeeper(
                twilio: TwilioSignature.Keys(tokens: []), apiKeys: [], publicURL: publicURL),
            makeCall: { ticket in
                load.count += 1
                let recorder = traces?.recorder(ticket, services.limits)
                let call = Call(ticket, on: loop, with: services, recorder: recorder) {
                    call, ending in
                    load.count -= 1
                    registry.leave(call, ending)
                }
                load.calls.append(WeakCall(call: call))
                return call
            },
            publicURL: publicURL,
            planner: { [unowned house] _, from, _ in house.callPlan(for: from) },
            handOff: { [unowned house] _, ticket throws(DialFault) in
                try house.handOff(ticket.call)
            },
            announcements: HouseSounds.announcements, showsNumbers: false, version: "0",
            startedAt: .zero, log: Log(to: Deaf(), threshold: .error),
            meters: FrontMeters(board))
        door = FrontDoor(desk: desk)
    }

    /// The process holds one more socket.
    func holds(_ socket: MemorySocket) { sockets.append(socket) }

    /// SIGKILL: every connection breaks, and nothing is said or remembered.
    func kill() {
        isDead = true
        ledger.isDead = true
        for socket in sockets { socket.abort() }
        // What a dead process held is gone; here it has to be let go of.
        for call in registry.living { call.assumeIsolated { $0.stop(.callbridgeStopped) } }
    }

    /// Everything is over: what is still held is told.
    func leftovers() -> [String] {
        var left: [String] = []
        if registry.active > 0 { left.append("\(registry.active) calls in the registry") }
        if load.count != 0 { left.append("a load of \(load.count)") }
        let open = sockets.filter(\.isOpen).count
        if open > 0 { left.append("\(open) open sockets") }
        let alive = calls.filter { $0.call != nil }.count
        if alive > 0 { left.append("\(alive) calls in memory") }
        return left
    }

    private struct WeakCall { weak var call: Call? }

    // Safe because it is touched on the house's thread only.
    private final class Load: @unchecked Sendable {
        var count = 0
        var calls: [WeakCall] = []
    }
}

/// Hears log lines and forgets them.
private struct Deaf: LogSink {
    func write(_ line: LogLine) {}
}

/// Sounds that a byte gives away: agents' replies are 1 to 100, the house's sentences above.
enum HouseSounds {
    static let replyCodes = 100
    private static let sentenceCode: UInt8 = 0x70

    /// Half a second and more of one byte for each sentence.
    static let announcements = AnnouncementShelf(
        Dictionary(
            uniqueKeysWithValues: Announcement.allCases.enumerated().map { index, announcement in
                let audio = [UInt8](
                    repeating: sentenceCode + UInt8(index), count: 8_000 + 800 * index)
                let recording = AnnouncementShelf.Recording(
                    text: announcement.rawValue, audio: audio)
                return (announcement, [.english: recording])
            }))
}
