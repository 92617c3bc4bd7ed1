import ElevenLabs

/// What the call watches over: whether somebody speaks, answers, and is still there.
///
///     caller's audio ─▶ SpeechWatch ─▶ SilenceGuard: ask, end
///                                 └──▶ AnswerGuard: comfort, lost
///     agent's audio ───────────────┘
extension Call {
    /// What Twilio sent of the caller's voice.
    func listen(_ base64: UnsafeRawBufferPointer, at now: Duration) {
        guard let change = speech.hear(base64: base64, at: now) else { return }
        heard(change, at: now)
    }

    private func heard(_ change: SpeechWatch.Change, at now: Duration) {
        tally.quality.caller(change)
        switch change {
        case .began:
            silence.callerBegan(at: now)
            // What it has understood and not answered is not unsaid by a noise.
            turnWasUnderstood = turnWasUnderstood && answers.isWaiting
            answers.callerBegan()
        case .ended(let time):
            silence.callerEnded(at: now)
            messagesAtTurnEnd = agentMessages
            answers.callerEnded(at: time, agentIsHeard: !downlink.isQuiet(at: now))
        }
        armGuards()
    }

    /// The agent's audio goes to the caller.
    func agentIsHeard(at now: Duration) {
        answers.agentSpoke()
        turnWasUnderstood = false
        silence.hold(.listening, at: now)
        // A look before this audio can be over finds out what is to be done about it.
        if let nextGuard, nextGuard <= now + Self.lookLater { return }
        armGuards()
    }

    /// The agent understood a turn, or works at its answer.
    func agentStirred() {
        answers.agentStirred(at: time)
        armGuards()
    }

    /// Both sides are there: from now on silence counts.
    func beginGuarding() {
        answers.reset()
        silence.release(.starting, at: time)
        armGuards()
    }

    /// One side is not there: nobody is to blame for silence.
    func pauseGuarding() {
        answers.reset()
        silence.hold(.starting, at: time)
    }

    /// The guards' timer.
    func checkGuards() {
        nextGuard = nil
        guard !isOver else { return }
        let now = time
        if let keys = keys.check(at: now) { tellKeys(keys) }
        checkTools(at: now)
        guard machine.isConversing else { return armGuards() }
        if let change = speech.wait(until: now) { heard(change, at: now) }
        if downlink.isQuiet(at: now) {
            silence.release(.listening, at: min(now, downlink.playsUntil))
            lookForMore()
        }
        let soundUntil =
            downlink.isQuiet(at: now) ? downlink.playsUntil : downlink.playsUntil(at: now)
        if let action = answers.check(at: now, soundUntil: soundUntil) { carryOut(action) }
        if let action = silence.check(at: now) { carryOut(action) }
        armGuards()
    }

    /// The caller has heard all that came. Where more must come, the agent owes it from now on.
    private func lookForMore() {
        guard conversation.isReplyUnfinished, !speech.isSpeaking else { return }
        messagesAtTurnEnd = agentMessages
        turnWasUnderstood = true
        answers.replyBrokeOff(at: downlink.playsUntil)
    }

    private func carryOut(_ action: AnswerGuard.Action) {
        switch action {
        case .comfort: announce(.oneMoment)
        case .lost:
            if owesFirstWord {
                return loseAgent(.providerSilent, "it began and said nothing")
            }
            // One that only heard no turn in a noise still pings, and is none the worse for it.
            guard turnWasUnderstood || agentMessages == messagesAtTurnEnd else { return }
            loseAgent(
                .providerStalled,
                conversation.isReplyUnfinished
                    ? "it broke off in a reply" : "it did not answer the caller")
        }
    }

    /// No agent was heard in this call yet, and this is none that waits for the caller.
    var owesFirstWord: Bool {
        !wasGreeted && !agentWasHeard && !ticket.plan.manner(of: facts.agent).waitsForCaller
    }

    private func carryOut(_ action: SilenceGuard.Action) {
        switch action {
        case .ask: announce(.stillThere)
        case .end: take(.farewell(.callerSilent))
        }
    }

    /// The caller pressed a key; which ones, only the agent is told.
    func pressed(_ key: String) {
        tally.keysPressed += 1
        conversation.keyPressed()
        silence.callerActed(at: time)
        tell(.keyPressed)
        if let keys = keys.press(key, at: time) { tellKeys(keys) }
        armGuards()
    }

    private func tellKeys(_ keys: String) {
        // An agent that is dialled, or comes back, is told them then.
        guard machine.isConversing else {
            pad.add(keys: keys)
            return remember()
        }
        toldNews.tell(MessagePad(keys: keys), after: agentMessages)
        send(AgentCommand.userMessage("(The caller pressed these keys: \(keys))"))
        agentOwesAnswer()
    }

    /// The agent was sent words that it has to answer; those are understood, as no noise is.
    func agentOwesAnswer() {
        messagesAtTurnEnd = agentMessages
        turnWasUnderstood = true
        // The caller has waited since they last heard something; a start's time at the most.
        let since = max(downlink.playsUntil, streamBeganAt, time - limits.agentStartMax)
        answers.callerEnded(at: min(since, time), agentIsHeard: false)
        armGuards()
    }

    /// Whether the agent has been heard to its end is looked for so much later, and dated back:
    /// audio that trickles in ends with every frame, and each look is a wake-up.
    private static let lookLater = Duration.milliseconds(250)

    /// Sets the guards' timer to what is due first; one that comes too early does no harm.
    func armGuards() {
        guard !isOver else { return }
        let now = time
        // Without arrays, which are memory: this follows every piece of the agent's audio.
        var next = keys.deadline
        for tool in toolsRunning.values { next = Self.earlier(next, tool.deadline) }
        if machine.isConversing {
            next = Self.earlier(next, Self.earlier(silence.deadline, answers.deadline))
            next = Self.earlier(next, speech.deadline)
            if !downlink.isQuiet(at: now) {
                next = Self.earlier(next, downlink.playsUntil(at: now) + Self.lookLater)
            }
        }
        guard let next else { return }
        if let nextGuard, nextGuard <= next { return }
        nextGuard = next
        guardian?.arm(at: startedAt + next)
    }

    private static func earlier(_ one: Duration?, _ other: Duration?) -> Duration? {
        guard let one, let other else { return one ?? other }
        return min(one, other)
    }
}
