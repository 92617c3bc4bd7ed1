import Audio
import ElevenLabs
package import Instruments
import Twilio
import Wire

/// One telephone call: a machine that decides, two sockets, and the audio between them.
///
///     Twilio ──CallerPort──▶ Call ──Uplink──▶ agent socket
///     Twilio ◀──Downlink──── Call ◀──AgentPort── agent
///                             │
///              CallMachine: facts in, orders out, next deadline
///
/// The call, both its sockets and its timers live on one loop, which is this actor's executor: a
/// message is handled where it was read, without a hop, a task or a lock. It lets go of
/// everything when the machine says `end`, which happens once.
package actor Call {
    nonisolated package let ticket: CallTicket
    /// The loop on which all of it lives.
    nonisolated package let loop: any Loop
    /// The loop's clock when the call was promised; the call's own time counts from here.
    nonisolated package let startedAt: Duration
    nonisolated package var unownedExecutor: UnownedSerialExecutor {
        loop.asUnownedSerialExecutor()
    }

    let services: CallServices
    /// Time as the call sees it, and who writes down what comes in; nobody does unless asked to.
    let clock: any CallClock
    let recorder: (any CallRecorder)?
    private let onEnd: @Sendable (Call, CallEnding) -> Void

    var machine: CallMachine
    var facts: CallFacts
    var tally = CallTally()
    var lastEventAt: Duration

    var callerSocket: (any MessageSocket)?
    var agentSocket: (any MessageSocket)?
    /// They read what the two sides say.
    var callerEar = TwilioEar(stream: nil)
    var agentEar = AgentEar()
    var agentFormat: AudioFormat?
    var uplink: Uplink
    var downlink: Downlink
    /// When the caller's first stream began, in the call's time.
    var streamStartedAt: Duration?
    /// When the present one did, or the last.
    var streamBeganAt: Duration = .zero
    /// When the caller was last lost to sight; nil while there.
    var awaySince: Duration?
    /// The stream before this one was left for somebody else, or for keys.
    var wasLedElsewhere = false
    /// The agent spoke while no caller was there.
    var hasMissedWords = false
    /// What was being said when the stream before this one ended was not heard to its end.
    var hasLostWords = false
    /// A word was owed to the caller when this stream began, and was perhaps not heard yet.
    var isOwedWord = false
    /// The agent owed an answer when the stream before this one ended, or the rest of a reply.
    var isOwedAnswer = false
    var wasReplyOpen = false
    /// What the agent's service said before it closed.
    var agentError: AgentError?
    /// Whether this agent was heard.
    var agentWasHeard = false
    /// Whether one before it was: nobody is greeted twice.
    var wasGreeted = false
    var lastChunk: Int64 = 0
    /// Conversations begun with agents in this call.
    var conversations = 0
    /// What the next conversation has to be told besides.
    var pad = MessagePad()
    /// What the present one was told of it, and has perhaps not heard.
    var toldNews = ToldNews()
    /// The last streams that came, by their tokens' nonces: none lets in a second one, whichever
    /// process took the first.
    var streams: [String]
    /// The nonce of the one that is here.
    var streamHere: String?
    /// The last streams that Twilio has asked after: it may ask twice.
    var streamsOver: [String] = []
    /// The party that was last reported to be gone: Twilio may say so twice.
    var partyOver: CallSID?

    var speech = SpeechWatch()
    var silence: SilenceGuard
    var answers: AnswerGuard
    var toolGuard = ToolGuard()
    var toolsRunning: [String: RunningTool] = [:]
    /// What is done once the tools have their answers.
    var afterTools: CallMachine.Input?
    var keys = KeyCollector()
    var conversation = Conversation()
    /// What the agent had said in all when the caller's turn ended, pings included, and whether
    /// it has understood that turn.
    var messagesAtTurnEnd = 0
    var turnWasUnderstood = false
    var guardian: (any LoopTimer)?
    var nextGuard: Duration?

    /// Where the call stood when it was last written down.
    var remembered: CallStand?
    var alarm: (any LoopTimer)?
    private var metronome: (any LoopTimer)?
    private var watchman: (any LoopTimer)?
    private var nextBeat: Duration?
    /// Counted so that silence shows; see `watch`.
    var callerMessages = 0
    var agentMessages = 0
    var callerSilence = SilenceWatch()
    var agentSilence = SilenceWatch()
    /// Which dial is under way: one that was given up may still bring a socket.
    var dialNumber = 0
    var dialing: Task<Void, Never>?
    /// What Twilio, which has asked, is to be answered.
    var step: NextStep?

    /// A call as its ticket promises it; nothing happens until `begin`.
    package init(
        _ ticket: CallTicket, on loop: any Loop, with services: CallServices,
        recalling memory: CallMemory? = nil, recorder: (any CallRecorder)? = nil,
        onEnd: @escaping @Sendable (Call, CallEnding) -> Void
    ) {
        self.ticket = ticket
        self.loop = loop
        self.services = services
        self.onEnd = onEnd
        self.recorder = recorder
        clock = recorder?.clock(of: loop) ?? LoopClock(loop: loop)
        let wallClock = clock.wallClock
        let promisedAt = min(memory?.startedAt ?? wallClock, wallClock)
        startedAt = clock.now - (wallClock - promisedAt)
        lastEventAt = wallClock
        facts = CallFacts(ticket: ticket, startedAt: promisedAt)
        streams = memory?.streams ?? []
        machine = CallMachine(limits: services.limits, rungs: ticket.plan.rungs)
        let limits = services.limits
        silence = SilenceGuard(askAfter: limits.silenceAskAfter, endAfter: limits.silenceEndAfter)
        answers = AnswerGuard(comfortAfter: limits.comfortAfter, lostAfter: limits.answerMax)
        uplink = Uplink(limits: services.limits)
        downlink = Downlink(limits: services.limits)
        if let memory {
            conversations = memory.conversations
            conversation = memory.conversation
            wasGreeted = conversation.turns.contains { $0.agent != nil }
            conversation.goesOn(after: wallClock - memory.rememberedAt)
            toolGuard = ToolGuard(earlier: memory.tools, unsure: memory.begun)
            pad = memory.pad
            for tool in memory.begun { pad.add(tool: tool.name) }
            _ = machine.handle(.revived(memory.stand), at: wallClock - promisedAt)
        }
    }

    var limits: CallLimits { services.limits }
    /// Time since the call was promised.
    var time: Duration { clock.now - startedAt }
    /// True from the end on: whatever still arrives is of no interest.
    var isOver: Bool { machine.ended != nil }

    func startTimers() {
        // Timers hold the call until its end: a weak reference would move the call's counts, which
        // every message touches, to a side table.
        // Safe because timers fire on the loop that made them, which is this actor's executor.
        alarm = clock.makeTimer { [self] in enter { $0.take(.deadlinePassed) } }
        metronome = clock.makeTimer { [self] in enter { $0.beat() } }
        watchman = clock.makeTimer { [self] in enter { $0.watch() } }
        guardian = clock.makeTimer { [self] in enter { $0.checkGuards() } }
        watchman?.arm(at: clock.now + limits.watchEvery)
    }

    /// Gives the machine a fact and does what it orders.
    func take(_ input: CallMachine.Input) {
        for action in machine.handle(input, at: time) { perform(action) }
        armAlarm()
        rememberStand()
    }

    func armAlarm() {
        alarm?.disarm()
        if let deadline = machine.deadline { alarm?.arm(at: startedAt + deadline) }
    }

    private func perform(_ action: CallMachine.Action) {
        switch action {
        case .dialAgent(let key): dialAgent(key)
        case .sendSetup: sendSetup()
        case .openGate: openGate()
        case .welcomeBack: welcomeBack()
        case .announce(let announcement): announce(announcement)
        case .finishPlayback: finishPlayback()
        case .leaveStream: dropStream(code: WebSocketClose.normal, "")
        case .closeAgent: closeAgent()
        case .giveUpAgent:
            tell(.agentFailed(.providerSilent, detail: "it was not there in time"))
            closeAgent()
        case .answer(let next): step = next
        case .end(let reason): end(reason)
        }
    }

    /// Plays one of the house's sentences, unless the caller still hears the agent.
    func announce(_ announcement: Announcement) {
        guard let socket = callerSocket else { return }
        if announcement == .oneMoment && !downlink.isAllButQuiet(at: time) { return }
        let recording = services.announcements.recording(announcement, in: ticket.plan.language)
        guard let recording else { return }
        if let next = downlink.announce(recording.audio, to: socket, at: time, &tally) {
            beat(at: next)
        }
        tell(.announced(announcement))
    }

    private func finishPlayback() {
        guard let socket = callerSocket else { return take(.playbackFinished) }
        let remaining = downlink.finish(to: socket, at: time, &tally)
        take(.playbackRemaining(remaining))
        if downlink.isSettled { take(.playbackFinished) } else { beat() }
    }

    /// Moves the paced audio on and sets the next beat.
    func beat() {
        nextBeat = nil
        guard !isOver, let socket = callerSocket else { return }
        if let next = downlink.pump(to: socket, at: time, &tally) { beat(at: next) }
    }

    /// Sets the next beat; one that comes too early does no harm and finds the later one.
    func beat(at next: Duration) {
        if let nextBeat, nextBeat <= next { return }
        nextBeat = next
        metronome?.arm(at: startedAt + next)
    }

    /// Looks for peers that have fallen silent behind an open connection.
    private func watch() {
        guard !isOver else { return }
        watchman?.arm(at: clock.now + limits.watchEvery)
        if callerSocket != nil,
            callerSilence.isSilent(callerMessages, at: time, limit: limits.callerSilenceMax)
        {
            tell(.streamLost(detail: "nothing came for too long"))
            return take(.callerSilent)
        }
        guard machine.isTalking,
            agentSilence.isSilent(agentMessages, at: time, limit: limits.agentSilenceMax)
        else { return }
        loseAgent(.providerLost, "nothing was heard for too long")
    }

    private func end(_ reason: EndReason) {
        closeAgent()
        for timer in [alarm, metronome, watchman, guardian] { timer?.disarm() }
        alarm = nil
        metronome = nil
        watchman = nil
        guardian = nil
        callerSocket?.close(code: WebSocketClose.normal, reason: "")
        callerSocket = nil
        uplink.close()
        downlink.close()
        tally.duration = time
        tally.line = tally.quality.summary(at: time)
        services.memories.forget(ticket.call)
        tell(.ended(reason, tally))
        onEnd(self, machine.ending(for: reason))
    }

    /// Tells the listeners, and remembers that something happened.
    func tell(_ event: CallEvent) {
        lastEventAt = clock.wallClock
        recorder?.told(event)
        services.listener.heard(event, of: facts)
    }
}
