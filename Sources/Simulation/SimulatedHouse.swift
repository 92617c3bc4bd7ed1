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
/// end; see `Ledger` (one beginning, one end), `Ear` (dead air), `TelephoneLine` (nothing stale,
/// every question answered) and `DaemonInMemory.leftovers` (everything freed).
// Safe because a house lives on the one thread that runs its loop.
package final class SimulatedHouse: @unchecked Sendable {
    let plan: HousePlan
    let loop: SimulatedLoop
    let diary: HouseDiary
    let traces = HouseTraces()
    var dice: SeededRandom
    private(set) var lines: [TelephoneLine] = []
    var agents: [AgentEnd] = []
    private var lives: [DaemonInMemory] = []
    /// The daemon's present life.
    var daemon: DaemonInMemory { lives[lives.count - 1] }
    private var upAt: Duration = .zero
    private var handedOff: Set<CallSID> = []
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
        self.plan = plan
    }

    private func run() -> Verdict {
        lives.append(DaemonInMemory(self, publicURL: publicURL))
        for number in 1...plan.calls { addLine(number) }
        armKills()
        for line in lines {
            Task(executorPreference: loop.tasks) { await line.live() }
        }
        // In steps, so that what must hold at any time is looked at now and then.
        for _ in 0..<Self.stepsMax where !isQuiet {
            loop.run(for: Self.step)
            checkAdmission()
        }
        // The last that a call waits for is the longest duration.
        loop.run(for: plan.limits.questionMax + .seconds(120))
        if daemon.registry.active > 0 { loop.run(for: plan.limits.durationMax) }
        check()
        lives = []
        return diary.verdict
    }

    private static let step: Duration = .milliseconds(500)
    /// Far more than the longest story takes.
    private static let stepsMax = 4_000

    private var isQuiet: Bool { lines.allSatisfy(\.isFinished) }

    private func addLine(_ number: Int) {
        guard let sid = CallSID("CA\(dice.hex(digits: 32))") else { return }
        diary.verdict.calls += 1
        let from = PhoneNumber("+1555010\(1000 + number)")
        lines.append(TelephoneLine(self, sid: sid, from: from, dice.fork()))
    }

    private func checkAdmission() {
        // One that goes straight to somebody else takes no place with an agent, and one that
        // ElevenLabs has taken over has given it back.
        let placed = daemon.registry.living.map(\.ticket)
            .filter { !$0.agent.isEmpty && !handedOff.contains($0.call) }.count
        let allowed = min(plan.callsMax, plan.callsMaxOfNumber ?? plan.callsMax)
        if placed > allowed {
            diary.violated("\(placed) calls where \(allowed) are allowed", at: loop.now)
        }
    }

    private func check() {
        if !isQuiet { diary.violated("somebody is still on the line", at: loop.now) }
        for life in lives {
            life.ledger.close()
            for left in life.leftovers() { diary.violated("left over: \(left)", at: loop.now) }
        }
        if traces.count > 0 { diary.saw("calls replayed") }
        for difference in traces.differences() { diary.violated(difference, at: loop.now) }
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
    }

    /// The process dies and a new one is there soon; nobody answers until then.
    private func kill() {
        diary.saw("daemon killed")
        daemon.kill()
        // What was ordered of the process that died is forgotten with it.
        for line in lines { line.emergencyAt = nil }
        upAt = loop.now + plan.downTime
        lives.append(DaemonInMemory(self, publicURL: publicURL))
    }

    /// Sockets that outlive the daemon let who asks wait for the next one.
    func untilUp() async {
        if upAt > loop.now { await loop.pause(for: upAt - loop.now) }
    }

    /// How a call is answered; drawn.
    func callPlan(for from: PhoneNumber) -> CallPlan {
        var rungs: [Rung] = [.agent("default")]
        if dice.chance(0.4) { rungs.append(.agent("second")) }
        if dice.chance(0.1) { rungs.append(.queue) }
        if dice.chance(0.2) { rungs.append(.handOff("default")) }
        if dice.chance(0.3) { rungs.append(.human(PhoneNumber("+15550100077"))) }
        return CallPlan(
            rungs: rungs, language: .english, variables: ["name": "value"],
            transfers: ["reception": PhoneNumber("+15550100078")],
            emergency: PhoneNumber("+15550100079"), callsMax: plan.callsMaxOfNumber)
    }

    /// ElevenLabs takes a call over, or will not.
    func handOff(_ call: CallSID) throws(DialFault) -> String {
        diary.saw("handed off")
        if dice.chance(0.5) { throw DialFault(.providerRefused, "as the dice say") }
        handedOff.insert(call)
        return
            #"<?xml version="1.0" encoding="UTF-8"?><Response><Say>word</Say><Hangup/></Response>"#
    }
}
