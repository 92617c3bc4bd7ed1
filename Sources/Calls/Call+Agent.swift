import Audio
import ElevenLabs
import Wire

/// The agent's side: what the conversation's socket says.
extension Call {
    /// One text message from the agent's service.
    func agentSaid(_ text: RawSpan, on socket: any MessageSocket) {
        guard socket === agentSocket else { return }
        agentMessages += 1
        switch agentEar.hear(text) {
        case .audio(let audio): agentSpoke(audio)
        case .message(let message):
            agentMessage(message)
            remember(after: message)
        case .malformed(let fault):
            count(fault == .notBase64 ? .agentAudioMalformed : .agentMessageMalformed, "\(fault)")
        }
    }

    private func agentSpoke(_ audio: AgentAudio) {
        guard let caller = callerSocket, machine.isTalking else {
            return missed(audio)
        }
        let now = time
        let (sentBefore, refusedBefore) = (tally.framesOut, tally.messagesRefused)
        var length = Duration.zero
        let (outcome, next) = audio.base64.lend {
            let bytes = Base64.decodedCount($0) ?? 0
            length = (agentFormat ?? .telephone).duration(ofBytes: bytes)
            return downlink.take(
                base64: $0, bytes: bytes, lasting: length, event: audio.eventID, to: caller,
                at: now, &tally)
        }
        if let next { beat(at: next) }
        switch outcome {
        case .taken: hearAgent(audio, length, at: now)
        case .muted:
            // A second greeting is no answer, and nobody hears it.
            conversation.interrupted(event: nil, heard: .zero, upTo: audio.eventID)
        case .stale: count(.agentAudioStale)
        case .malformed: count(.agentAudioMalformed)
        case .full: count(.playbackQueueFull)
        }
        if tally.messagesRefused > refusedBefore { count(.callerQueueFull) }
        if tally.firstAudio == nil, tally.framesOut > sentBefore, let streamStartedAt {
            tally.firstAudio = time - streamStartedAt
        }
    }

    /// The agent speaks, and nobody is there to hear it.
    private func missed(_ audio: AgentAudio) {
        guard callerSocket == nil else {
            if machine.isStarting { count(.agentAudioEarly) }
            return
        }
        hasMissedWords = true
        let bytes = audio.base64.lend { Base64.decodedCount($0) ?? 0 }
        conversation.agentMissed(
            event: audio.eventID,
            duration: (agentFormat ?? .telephone).duration(ofBytes: bytes))
    }

    private func hearAgent(_ audio: AgentAudio, _ length: Duration, at now: Duration) {
        // Until it speaks, another agent may have to be told the same.
        if !agentWasHeard { pad = MessagePad() }
        agentWasHeard = true
        audio.withAlignment {
            conversation.agentAudio(event: audio.eventID, duration: length, alignment: $0)
        }
        agentIsHeard(at: now)
    }

    private func agentMessage(_ message: AgentMessage) {
        switch message {
        case .metadata(let metadata): agentReady(metadata)
        case .ping(let eventID, _): pong(eventID)
        case .interruption(let eventID): interrupt(eventID)
        case .userTranscript(let text, _): understood(text)
        case .agentResponse(let text, let event):
            tally.agentTurns += 1
            conversation.agentSaid(text, event: event)
            agentStirred()
            lastEventAt = clock.wallClock
        case .agentResponseCorrection(let original, let corrected, let event):
            conversation.corrected(original: original, corrected: corrected, event: event)
        case .agentResponseComplete(let event):
            let wasUnfinished = conversation.isReplyUnfinished
            conversation.agentFinished(event: event)
            if wasUnfinished, !conversation.isReplyUnfinished { answers.agentSpoke() }
        case .clientToolCall(let tool): useTool(tool)
        case .agentToolRequest(let use): tell(.toolRequested(name: use.name))
        case .error(let error): agentError = error
        case .unknown(let type): count(.agentMessageUnknown, Self.named(type))
        case .clientError: count(.agentClientError)
        default: break
        }
    }

    private func understood(_ text: String) {
        tally.callerTurns += 1
        conversation.callerSaid(text)
        toolGuard.callerSpoke()
        turnWasUnderstood = true
        // The agent may hear a voice that is too low for us; a text without a letter is nobody's.
        if text.contains(where: { $0.isLetter || $0.isNumber }) { silence.callerActed(at: time) }
        agentStirred()
        lastEventAt = clock.wallClock
    }

    private func agentReady(_ metadata: AgentMetadata) {
        guard machine.isStarting else {
            return callerSocket == nil ? startedWithoutUs() : count(.agentStartedTwice)
        }
        guard let output = AudioFormat(metadata.agentFormat),
            let input = AudioFormat(metadata.callerFormat),
            downlink.setFormat(output), uplink.setFormat(input)
        else {
            let formats = [metadata.agentFormat, metadata.callerFormat].map { $0.prefix(32) }
            return loseAgent(
                .agentFormatUnknown,
                "unknown audio format: it speaks \(formats[0]), hears \(formats[1])")
        }
        agentFormat = output
        facts.conversation = metadata.conversationID
        tell(.conversationStarted(agentOutput: output.name, agentInput: input.name))
        take(.agentReady)
    }

    /// The service grew tired of waiting for our setup and began to talk to nobody. It is let go,
    /// and dialled again when the caller is there.
    private func startedWithoutUs() {
        agentSocket?.close(code: WebSocketClose.normal, reason: "the caller is not there yet")
        agentSocket = nil
        tell(.agentLostEarly(.agentEnded, detail: "it began before the caller was there"))
        take(.agentGone(.agentEnded))
    }

    private func pong(_ eventID: Int64?) {
        guard let eventID else { return count(.agentMessageMalformed) }
        agentSocket?.sendText(capacity: AgentCommand.pongBytesMax) {
            AgentCommand.pong(eventID: eventID, into: &$0)
        }
    }

    private func interrupt(_ eventID: Int64?) {
        guard let caller = callerSocket else { return }
        guard !downlink.isMuted else {
            // Told to go on, it broke off its second greeting; the house is heard meanwhile.
            downlink.breakOffGreeting(event: eventID)
            return conversation.interrupted(event: nil, heard: .zero, upTo: eventID)
        }
        let now = time
        let heard = downlink.interrupt(event: eventID, to: caller, at: now, &tally)
        tally.quality.cleared(at: now)
        tally.interruptions += 1
        conversation.interrupted(
            event: heard?.event, heard: heard?.duration ?? .zero, upTo: eventID)
        answers.interrupted(at: now, callerSpeaks: speech.isSpeaking)
        if isOwedWord { sayOwedWord(at: now) }
        armGuards()
        tell(.interrupted)
        // What was to be heard to its end, before a goodbye or an errand, never will be.
        if downlink.isSettled { take(.playbackFinished) }
    }

    /// What was to tell the caller that the line is back was thrown away before it could.
    private func sayOwedWord(at now: Duration) {
        isOwedWord = false
        if machine.isConversing, downlink.isHardlyBegun(at: now) { announce(.oneMoment) }
    }

    /// The agent's side answered a ping.
    func agentPonged(_ roundTrip: Duration) {
        agentMessages += 1
        tally.agentRoundTrip = roundTrip
    }
}
