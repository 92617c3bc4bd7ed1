import ElevenLabs

/// What the call leaves behind should its process die.
extension Call {
    /// Goes on with a call of another process; whatever Twilio asks comes after this. Said again,
    /// it does nothing.
    package func wake() {
        recorder?.heard(.woken)
        guard !isOver, alarm == nil else { return }
        startTimers()
        tell(.revived)
        armAlarm()
    }

    /// Writes down how the call stands now.
    func remember() {
        guard !isOver else { return }
        let stand = machine.standing(at: time)
        remembered = stand
        services.memories.remember(
            CallMemory(
                ticket: ticket, startedAt: facts.startedAt, rememberedAt: clock.wallClock,
                stand: stand, conversations: conversations, conversation: conversation,
                tools: toolGuard.prints, begun: toolGuard.begun, pad: pad,
                streams: streams))
    }

    /// The same, when the call has moved since it was last written down.
    func rememberStand() {
        if remembered != machine.standing(at: time) { remember() }
    }

    /// The same, when the agent's message has added to what was said.
    func remember(after message: AgentMessage) {
        switch message {
        case .userTranscript, .agentResponse, .agentResponseCorrection, .interruption: remember()
        default: break
        }
    }
}

extension Conversation {
    /// Its process died at an unknown moment and took the audio with it: of a reply that nothing
    /// has followed no more was heard than the time since it was written down allows.
    mutating func goesOn(after elapsed: Duration) {
        if let event = turns.last?.agent?.event {
            let heard = max(elapsed, .zero)
            agentAudio(event: event, duration: heard)
            interrupted(event: event, heard: heard, upTo: event)
        }
        agentReplaced()
    }
}
