import Calls
import Front
import Instruments
import Net
import Simulators
import Twilio
import Wire

/// One caller, and all that Twilio does on their behalf: asks, obeys TwiML, streams, reports.
///
///     ring ─▶ voice ─▶ TwiML ─▶ stream ─▶ after-stream ─▶ TwiML ─▶ … ─▶ completed ─▶ status
// Safe because a house lives on the one thread that runs its loop.
final class TelephoneLine: @unchecked Sendable {
    static let account = "AC00000000000000000000000000000001"
    /// More documents in one call than any story needs: somebody goes round in circles.
    private static let documentsMax = 100

    let house: SimulatedHouse
    let sid: CallSID
    /// Whose telephone it is.
    let from: PhoneNumber
    /// The house rang it.
    let isOutbound: Bool
    var wasEndedOverREST = false
    /// Nobody will ever tell the house that the call is over.
    var isLastWordLost = false
    var dice: SeededRandom
    let temper: CallerTemper
    var loop: SimulatedLoop { house.loop }
    var diary: HouseDiary { house.diary }

    /// From the ring to the hang-up.
    private(set) var isThere = false
    var isFinished: Bool { isOver && reports == 0 }
    private var isOver = false
    /// Reports of Twilio's on their way.
    var reports = 0
    /// What was said in the call so far.
    var story = CallStory()
    var stream: StreamEnd?
    var streams = 0
    var agent: AgentEnd?
    private var ear = Ear()
    var turns = TurnWatch()
    /// Something of Twilio's is played, or somebody else is on the line.
    var hearsOthers = false
    /// What the caller waits for is not ours.
    var waitsForOthers = true
    private var ticker: (any LoopTimer)?
    private var endsAt: Duration = .zero
    private var waiter: Waiter?
    private var documents = 0
    var replies = ReplyCodes()
    /// When the emergency was ordered, and how often its number was rung.
    var emergencyAt: Duration?
    var emergencyDials = 0
    /// How many are still to be rung for it, as a process that died has left it behind.
    var emergencyLeft = 0
    var isRungForEmergency = false
    /// The caller was told that something went wrong, or was led to somebody.
    var wasTold = false
    /// When the house was asked first for the place they want or wait for.
    var rangAt: Duration?
    /// Since when the caller waits for a place, and when they asked last.
    var waits: (since: Duration, askedAt: Duration)?
    /// The last stream was lost, or somebody was rung in vain: in the next one something is heard
    /// at once.
    var isOwedWord = false
    /// When something was heard last, whoever said it.
    var heardAt: Duration = .zero
    /// Streams in a row that broke before they held.
    var brokenStreams = 0

    init(
        _ house: SimulatedHouse, sid: CallSID, from: PhoneNumber, isOutbound: Bool = false,
        _ dice: SeededRandom
    ) {
        self.house = house
        self.sid = sid
        self.from = from
        self.isOutbound = isOutbound
        var dice = dice
        var temper = CallerTemper(&dice, trouble: house.plan.trouble)
        if house.plan.linesGoDead { temper.goDead() }
        self.temper = temper
        self.dice = dice
    }

    func violated(_ what: String) { diary.violated("\(sid.text.suffix(4)): \(what)", at: loop.now) }

    /// The whole call.
    func live() async {
        await loop.pause(for: temper.ringsAt)
        reportStatuses()
        await talk {
            let script = await self.ask("/api/twilio/voice", status: "ringing")
            guard self.temper.asksVoiceTwice else { return script }
            return await self.ask("/api/twilio/voice", status: "ringing")
        }
        await finish()
    }

    /// Somebody is on the line, until they hang up or nothing more is to be said.
    func talk(_ begin: () async -> TwiMLScript?) async {
        isThere = true
        endsAt = loop.now + temper.staysFor
        beginTicking()
        var script = await begin()
        if let meddling = temper.meddling { meddle(meddling.what, after: meddling.at) }
        while let next = script, isThere {
            documents += 1
            guard documents < Self.documentsMax else {
                violated("goes round in circles")
                break
            }
            script = await run(next)
        }
        isThere = false
        ticker?.disarm()
        ticker = nil
        diary.verdict.longestDeadAir = max(diary.verdict.longestDeadAir, ear.longest)
    }

    private func finish() async {
        for _ in 0..<temper.statusTimes {
            await loop.pause(for: dice.milliseconds(0...3_000))
            _ = await ask("/api/twilio/status", status: "completed", wantsScript: false)
            if house.daemon.isListening, house.daemon.registry.find(sid) != nil {
                violated("a call outlives its final state")
            }
        }
        if temper.statusTimes == 0 { diary.saw("status webhook lost") }
        end()
    }

    /// Nothing more comes of this telephone.
    func end() { isOver = true }

    /// Wakes the line from its waiting.
    func wake() { waiter?.wake() }

    /// The caller hangs up, or Twilio ends the call.
    func hangUp() {
        guard isThere else { return }
        diary.tell("\(sid.text.suffix(4)) hangs up", at: loop.now)
        isThere = false
        if temper.statusOvertakes {
            diary.saw("webhook: the end before the stream's")
            report("/api/twilio/status", ["CallStatus": "completed"])
        }
        if let stream, !stream.isOver {
            temper.isPolite ? stream.stop() : stream.breakOff()
        }
        waiter?.wake()
    }

    /// Waits, until the caller hangs up or something else wakes the line.
    func wait(for duration: Duration) async {
        let waiter = Waiter(on: loop)
        self.waiter = waiter
        await waiter.wait(for: duration)
        self.waiter = nil
    }

    /// What was under way in the process that died is forgotten with it, unless it was written.
    func daemonDied(isTorn: Bool) {
        replies.forgetCuts()
        story.owesNews = false
        let page = house.disk.pages[sid]
        if page?.memory.pad.keys.isEmpty == false { story.owesKeys = true }
        if isTorn || house.disk.pages[sid] == nil {
            story.isTorn()
        }
        let stand = isTorn ? nil : page?.memory.stand
        emergencyLeft = stand?.emergency?.rest.count ?? 0
        if !isRungForEmergency, case .transfer(let transfer)? = stand?.errand,
            transfer.author == .emergency
        {
            emergencyLeft += 1
        }
        emergencyAt = emergencyLeft > 0 ? loop.now + house.plan.downTime : nil
    }

    /// A call begins, perhaps anew: then it cannot know for how long the caller has waited.
    func wasPromised() { if streams > 0 { ear.forget() } }

    /// The caller is to be taken to the human for emergencies.
    func emergencyOrdered() {
        diary.saw("emergency ordered")
        emergencyAt = loop.now
        expectEmergency()
    }

    func streamEnded(_ ended: StreamEnd) {
        if ended === stream { waiter?.wake() }
    }

    private func beginTicking() {
        let every = house.plan.mediaEvery
        let timer = loop.makeTimer { [weak self] in self?.tick(every) }
        timer.arm(at: loop.now + every)
        ticker = timer
    }

    private func tick(_ every: Duration) {
        guard isThere else { return }
        ticker?.arm(at: loop.now + every)
        stream?.tick(speaks: speaks)
        listen(for: every)
        if house.plan.trouble == 0 { compareHeard() }
        if loop.now >= endsAt { hangUp() }
    }

    /// The caller says something now and then, whether or not the agent speaks.
    var speaks: Bool {
        guard temper.speaksEvery > .zero else { return false }
        let place = loop.now.microseconds % temper.speaksEvery.microseconds
        return place < temper.speaksFor.microseconds
    }

    private func listen(for every: Duration) {
        let isPlaying = stream.map { !$0.isOver && !$0.playout.isQuiet } ?? false
        if hearsOthers || isPlaying { heardAt = loop.now }
        let slack: Duration = house.plan.trouble == 0 ? every * 2 : .milliseconds(900)
        // While no process lives nobody can say a word; what was quiet before counts on after it.
        let isAnnoyed = ear.listened(
            for: house.isUp ? every : .zero, hears: hearsOthers || isPlaying,
            hasReason: waitsForOthers || speaks || (stream?.isDeaf ?? false) || agentKeepsSilent,
            slack: slack)
        if isAnnoyed { violated("dead air: \(situation)") }
        watch(for: every, hears: hearsOthers || isPlaying, slack: .milliseconds(900))
        let isDeaf = stream?.isDeaf ?? false
        if let emergencyAt, loop.now - emergencyAt > .seconds(5), !waitsForOthers, !hearsOthers,
            !isDeaf
        {
            violated("an emergency was not taken to a human: \(situation)")
            self.emergencyAt = nil
        }
    }

    private var agentKeepsSilent: Bool {
        switch agent?.presence {
        case .present: true
        case .deaf(let since):
            loop.now - since
                < house.plan.limits.agentSilenceMax + house.plan.limits.watchEvery * 2
        case .coming, .stalled, .gone, nil: false
        }
    }

    var situation: String {
        let agent = agent.map { "\($0.presence)" } ?? "none"
        let stream = stream.map { $0.isOver ? "over" : "open" } ?? "none"
        return "agent \(agent), stream \(stream) (no. \(streams)), document \(documents)"
    }

    func heard(_ bytes: [UInt8]) {
        if let code = bytes.first, HouseSounds.regrets.contains(code) { wasTold = true }
        if let fault = replies.fault(in: bytes) { violated(fault) }
    }
}
