import Calls
import Instruments
import Simulators
import Switchboard
import Twilio
import Wire

/// A whole house in memory: the daemon's heart and front, a telephone network, a service of
/// agents, one clock that moves when nothing is left to do, and one seed for all that happens.
///
///     callers ─ TelephoneLine ─ webhooks ─▶ FrontDoor ─▶ CallRegistry, TicketBook, Call
///                  StreamEnd ◀─ sockets in memory ─────────▶ Call ◀─ sockets ─▶ AgentEnd
///
/// The daemon's parts are the real ones. What must always hold is checked on the way and at the
/// end; see `Ledger` (one beginning, one end, over all lives), `Ear` (dead air), `TelephoneLine`
/// (nothing stale, every question answered) and `DaemonInMemory.leftovers` (everything freed).
// Safe because a house lives on the one thread that runs its loop.
package final class SimulatedHouse: @unchecked Sendable {
    let plan: HousePlan
    let loop: SimulatedLoop
    let diary: HouseDiary
    let traces = HouseTraces()
    let disk = HouseDisk()
    let ledger: Ledger
    var bookings = Bookings()
    var dice: SeededRandom
    private(set) var lines: [TelephoneLine] = []
    private var clients: [OutboundClient] = []
    var agents: [AgentEnd] = []
    private var lives: [DaemonInMemory] = []
    /// The daemon's present life.
    var daemon: DaemonInMemory { lives[lives.count - 1] }
    private(set) var upAt: Duration = .zero
    private var handedOff: Set<CallSID> = []
    private var draining: DaemonInMemory?
    private let publicURL: WebAddress

    /// What came of the house of this seed.
    package static func run(seed: UInt64, tellsAll: Bool = false) -> Verdict {
        guard let house = SimulatedHouse(seed: seed, tellsAll: tellsAll) else {
            return Verdict(seed: seed)
        }
        return house.run()
    }

    private init?(seed: UInt64, tellsAll: Bool) {
        guard let address = try? WebAddress("http://127.0.0.1:3000") else { return nil }
        publicURL = address
        var plan = HousePlan(seed: seed)
        diary = HouseDiary(seed: seed, tellsAll: tellsAll)
        dice = plan.dice.fork()
        loop = SimulatedLoop(order: .drawn(plan.dice.fork()))
        ledger = Ledger(diary, on: loop, limits: plan.limits)
        self.plan = plan
    }

    private func run() -> Verdict {
        beginLife()
        daemon.isListening = true
        for number in 1...plan.calls { addLine(number) }
        for number in 0..<plan.orders {
            clients.append(OutboundClient(self, number: number, dice.fork()))
        }
        armKills()
        armDrain()
        ledger.emergencyOrdered = { [unowned self] sid in
            lines.first { $0.sid == sid }?.emergencyOrdered()
        }
        ledger.standing = { [unowned self] sid in
            // Safe because the loop that runs this house is the call's own.
            daemon.registry.find(sid)?.assumeIsolated { $0.status.status }
        }
        ledger.wasPromised = { [unowned self] sid in
            lines.first { $0.sid == sid }?.wasPromised()
        }
        for line in lines {
            Task(executorPreference: loop.tasks) { await line.live() }
        }
        for client in clients {
            Task(executorPreference: loop.tasks) { await client.live() }
        }
        // In steps, so that what must hold at any time is looked at now and then.
        for _ in 0..<Self.stepsMax where !isQuiet && !loop.isStuck {
            loop.run(for: Self.step)
            checkAdmission()
        }
        // The last that a call waits for is the longest duration.
        loop.run(for: plan.limits.questionMax + .seconds(120))
        loop.run { self.checkQuestions() }
        loop.run(for: .zero)
        if daemon.registry.active > 0 { loop.run(for: plan.limits.durationMax) }
        check()
        leave()
        return diary.verdict
    }

    /// The house and whoever lives in it know each other: nobody would ever be freed otherwise.
    private func leave() {
        for life in lives { life.letGo() }
        lines = []
        clients = []
        agents = []
        lives = []
    }

    /// Everybody is gone, and Twilio asks nothing more: only who was led elsewhere may be there yet.
    private func checkQuestions() {
        for call in daemon.registry.living {
            // Safe because the loop that runs this house is the call's own.
            let status = call.assumeIsolated { $0.status.status }
            if status != "away" {
                diary.violated("a call waits for nobody: \(status)", at: loop.now)
            }
        }
    }

    private static let step: Duration = .milliseconds(500)
    /// Far more than the longest story takes.
    private static let stepsMax = 4_000

    private var isQuiet: Bool {
        lines.allSatisfy(\.isFinished) && clients.allSatisfy(\.isFinished)
    }

    private func addLine(_ number: Int) {
        guard let sid = CallSID("CA\(dice.hex(digits: 32))") else { return }
        diary.verdict.calls += 1
        let from = PhoneNumber("+1555010\(1000 + number)")
        lines.append(TelephoneLine(self, sid: sid, from: from, dice.fork()))
    }

    /// The house has placed a call: a telephone rings.
    func ring(_ order: OutboundCall) -> CallSID? {
        guard let sid = CallSID("CA\(dice.hex(digits: 32))") else { return nil }
        let before = rung.updateValue(ledger.livesOver, forKey: order.to)
        if let before, before == ledger.livesOver || !plan.diskFails {
            diary.violated("two telephones rang for one request", at: loop.now)
        }
        diary.verdict.calls += 1
        let line = TelephoneLine(self, sid: sid, from: order.to, isOutbound: true, dice.fork())
        lines.append(line)
        Task(executorPreference: loop.tasks) { await line.live(order) }
        return sid
    }
    /// Which telephone was rung in which life of the daemon.
    private var rung: [PhoneNumber: Int] = [:]

    /// A promise was made of which nobody can say what became of it.
    var mayOweCalls: Bool {
        plan.orders > 0 && (plan.trouble > 0 || rung.count < plan.orders)
    }

    /// There is a place for one more call to our number, and nobody waits for it.
    var hasRoom: Bool {
        placesFree > 0 && daemon.registry.waiting(at: loop.time.wallClock).isEmpty
    }

    /// So many more calls to our number have a place.
    var placesFree: Int {
        let placed = daemon.registry.living.map(\.ticket).filter {
            !$0.agent.isEmpty && !handedOff.contains($0.call)
        }
        let toOurs = placed.count { $0.direction == .inbound }
        let ofNumber = plan.callsMaxOfNumber.map { $0 - toOurs }
        return min(plan.callsMax - placed.count, ofNumber ?? .max)
    }

    private func checkAdmission() {
        // One that goes straight to somebody else takes no place with an agent, and one that
        // ElevenLabs has taken over has given it back. Whoever goes on after the death of a
        // process was let in by that one.
        let placed = daemon.registry.living.map(\.ticket).filter {
            !$0.agent.isEmpty && !ledger.revived.contains($0.call) && !handedOff.contains($0.call)
        }
        let toOurs = placed.count { $0.direction == .inbound }
        if placed.count > plan.callsMax || toOurs > plan.callsMaxOfNumber ?? plan.callsMax {
            diary.violated("\(placed.count) calls, more than allowed", at: loop.now)
        }
    }

    private func check() {
        ledger.close()
        if loop.isStuck {
            diary.violated("time stands still: something goes round in circles", at: loop.now)
        }
        if !isQuiet { diary.violated("somebody is still on the line", at: loop.now) }
        for life in lives {
            for left in life.leftovers() {
                diary.violated("left over of life \(life.life): \(left)", at: loop.now)
            }
        }
        if let draining, draining.registry.active == 0 {
            diary.violated("a drain came to no end", at: loop.now)
        }
        if traces.count > 0 { diary.saw("calls replayed") }
        if traces.revived > 0 { diary.saw("revived calls replayed") }
        let tools = SimulatedTool.shelf(self, life: 0)
        for difference in traces.differences(tools) { diary.violated(difference, at: loop.now) }
        let timers = loop.alarmsArmed
        if timers > 0 { diary.violated("\(timers) timers left over", at: loop.now) }
    }

    private func armKills() {
        for moment in plan.kills {
            Task(executorPreference: loop.tasks) {
                await self.loop.pause(for: moment)
                self.kill()
            }
        }
        guard let event = plan.killsAtEvent else { return }
        ledger.wasTold = { [unowned self] count in
            if count == event { loop.run { self.kill() } }
        }
    }

    /// The process is replaced: it lets nobody in, and goes when the last has left.
    private func armDrain() {
        guard let moment = plan.drainsAt else { return }
        Task(executorPreference: loop.tasks) {
            await self.loop.pause(for: moment)
            let daemon = self.daemon
            guard !daemon.isDead else { return }
            self.ledger.drains(daemon.life)
            self.diary.saw("daemon drains")
            self.draining = daemon
            await daemon.drain()
            self.draining = nil
            guard !daemon.isDead else { return }
            self.diary.saw("daemon drained")
            self.kill()
        }
    }

    private func beginLife() {
        lives.append(DaemonInMemory(self, life: lives.count, publicURL: publicURL))
    }

    /// The process dies and a new one is there soon; nobody answers until then.
    func kill() {
        diary.saw("daemon killed")
        let torn = daemon.kill()
        for line in lines {
            let isTorn = torn.contains(line.sid)
            line.daemonDied(isTorn: isTorn)
            bookings.processDied(of: line.sid, isTorn: isTorn, at: loop.now)
        }
        upAt = loop.now + plan.downTime
        beginLife()
        Task(executorPreference: loop.tasks) {
            await self.loop.pause(for: self.plan.downTime)
            await self.adopt(in: self.daemon)
        }
    }

    /// Streams that are left are gone on with before anybody is answered.
    private func adopt(in daemon: DaemonInMemory) async {
        guard upAt <= loop.now, !daemon.isDead else { return }
        let left = disk.streams
        disk.streams = []
        for stream in left { await daemon.adopt(stream) }
        daemon.isListening = true
    }

    /// A process lives, and has gone on with the streams of the one before.
    var isUp: Bool { upAt <= loop.now && daemon.isListening }

    /// Sockets that outlive the daemon let who asks wait for the next one.
    func untilUp() async {
        if upAt > loop.now { await loop.pause(for: upAt - loop.now) }
        while !daemon.isListening { await loop.pause(for: .milliseconds(2)) }
    }

    /// How a call is answered; drawn.
    func callPlan(for from: PhoneNumber) -> CallPlan {
        let drawn = drawnPlan()
        defer { plans[from] = plans[from] ?? drawn }
        return plans[from] ?? drawn
    }
    private var plans: [PhoneNumber: CallPlan] = [:]

    /// ElevenLabs takes a call over, or will not.
    func handOff(_ call: CallSID) throws(DialFault) -> String {
        diary.saw("handed off")
        if dice.chance(0.5) { throw DialFault(.providerRefused, "as the dice say") }
        handedOff.insert(call)
        return
            #"<?xml version="1.0" encoding="UTF-8"?><Response><Say>word</Say><Hangup/></Response>"#
    }
}
