import Wire

/// What happens by itself when time passes.
extension ScriptedAgent {
    /// When the caller has been silent for as long as the script minds.
    var silenceEnds: Duration? {
        guard let silence = script.silence, wait == .nothing, steps.isEmpty, !ear.isInTurn,
            !isMute
        else { return nil }
        return max(lastSign, mouth.playedUntil) + silence.after
    }

    /// When the service gives up waiting for audio.
    var receiveEnds: Duration? {
        (ear.meter.lastChunkAt ?? diary.began) + manners.receiveTimeout
    }

    /// When audio that stopped coming in the middle of a turn counts as quiet.
    var lostVoiceEnds: Duration? {
        ear.isInTurn ? ear.meter.lastChunkAt.map { $0 + .seconds(1) } : nil
    }

    var durationEnds: Duration? { diary.began + manners.durationMax }

    mutating func passTime(to now: Duration) {
        switch phase {
        case .waiting(let moment):
            if now >= moment { begin(ClientSetup(), at: now) }
        case .starting(let moment):
            if now >= moment { start(at: now) }
        case .queued(let moment, let admits):
            if now >= moment { leaveQueue(admits: admits, at: now) }
        case .closing(let moment, let reason):
            if now >= moment {
                close(1000, "", isFailure: false, at: now)
                diary.rename(end: "end_call tool was called: \(reason)")
            }
        case .talking, .over: break
        }
        if phase == .talking { talk(at: now) }
        ping(at: now)
    }

    private mutating func talk(at now: Duration) {
        strike(at: now)
        guard phase == .talking, !isMute else { return }
        hearNothing(at: now)
        speak(at: now)
        switch wait {
        case .time(let moment):
            if now >= moment { wait = .nothing }
        case .tool(let callID, _, _, let moment):
            if now >= moment {
                finishTool(callID, result: "the tool timed out", isError: true, at: now)
            }
        case .nothing, .speech: break
        }
        run(at: now)
        guard phase == .talking else { return }
        if let moment = silenceEnds, now >= moment {
            lastSign = now
            steps = script.silence?.steps ?? []
            run(at: now)
        }
        endWhenOverdue(at: now)
    }

    /// The service's own limits: no audio for long, or the longest conversation.
    private mutating func endWhenOverdue(at now: Duration) {
        if !diary.setup.isTextOnly, let moment = receiveEnds, now >= moment {
            fail(1002, "transport_receive_timeout", "No user audio for 60 seconds", at: now)
        } else if let moment = durationEnds, now >= moment {
            send(
                .error(
                    code: 1000, type: "max_duration_exceeded",
                    message: "Conversation has exceeded maximum duration"))
            close(1000, "Conversation has exceeded maximum duration", isFailure: false, at: now)
        }
    }

    private mutating func hearNothing(at now: Duration) {
        guard let last = ear.meter.lastChunkAt, let moment = lostVoiceEnds, now >= moment else {
            return
        }
        for event in ear.hearNothing(for: now - last) { take(event, at: now) }
    }

    private mutating func ping(at now: Duration) {
        guard phase != .over, !isMute, let moment = pulse.nextPing, now >= moment else { return }
        if let limit = manners.unansweredPingsMax, pulse.unanswered >= limit {
            return fail(1002, "websocket_disconnect", "pings were not answered", at: now)
        }
        let id = nextID()
        send(.ping(id: shown(id), roundTrip: pulse.roundTrip))
        pulse.sent(id, at: now)
    }
}

/// Faults that strike at their moment.
extension ScriptedAgent {
    /// Strikes everything due by now.
    mutating func strike(at now: Duration) {
        while phase == .talking, let next = strikes.first, next.after <= now {
            strikes.removeFirst()
            strike(next.fault, at: now)
        }
    }

    mutating func strike(_ fault: ScriptedFault, at now: Duration) {
        switch fault {
        case .quota:
            let text = "This request exceeds your quota limit."
            send(.flatError("received 1002 (protocol error) \(text); then sent 1002"))
            close(1002, text, isFailure: true, at: now)
        case .misconfigured:
            fail(
                1002, "custom_llm_error",
                "The AI agent you are trying to reach appears to be misconfigured", at: now)
        case .forbidden:
            fail(
                1008, "override_error",
                "Override for field 'first_message' is not allowed by config.", at: now)
        case .crash: fail(1011, "unknown_websocket_crash", "An unexpected error occurred", at: now)
        case .modelTimeout:
            let text = "The language model did not answer"
            send(.clientError(code: 1002, name: "llm_timeout", message: text))
            close(1002, text, isFailure: true, at: now)
        case .durationLimit:
            let text = "Conversation has exceeded maximum duration"
            send(.error(code: 1000, type: "max_duration_exceeded", message: text))
            close(1000, text, isFailure: false, at: now)
        case .cut:
            actions.append(.drop)
            end("connection cut", code: 1006, isFailure: true, at: now)
        case .stall: isMute = true
        case .halfOpen:
            isMute = true
            actions.append(.freeze)
        default: babble(fault)
        }
    }

    /// Messages no client should have to see; the conversation goes on.
    private mutating func babble(_ fault: ScriptedFault) {
        switch fault {
        case .garbage: actions.append(.sendText(Array("{\"type\":\"audio\",\"audio_ev".utf8)))
        case .unknownTypes:
            send(.other(["type": "keep_alive"]))
            send(
                .other([
                    "type": "agent_typing",
                    "agent_typing_event": ["is_typing": true, "duration_ms": 400],
                ]))
            send(.other(["type": "a_type_of_the_future", "body": [1, 2.5, nil, "x"]]))
        case .hugeAudio:
            // Base64 makes four bytes of three.
            let audio = [UInt8](repeating: 0, count: 2 * 1024 * 1024 / 4 * 3)
            send(.audio(audio, id: shown(nextID())))
        case .badBase64:
            send(
                .other([
                    "type": "audio",
                    "audio_event": [
                        "audio_base_64": "this is!no*base64=", "event_id": .integer(nextID()),
                    ],
                ]))
        default: break
        }
    }
}
