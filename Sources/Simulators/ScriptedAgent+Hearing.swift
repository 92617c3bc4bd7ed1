import Audio
import Wire

/// What the client says, and what it means.
extension ScriptedAgent {
    mutating func hear(_ message: ClientMessage, at now: Duration) {
        if case .waiting = phase {
            switch message {
            case .setup(let setup): return begin(setup, at: now)
            case .audio: begin(ClientSetup(), at: now)
            default:
                diary.find("the first message is neither the setup nor audio")
                begin(ClientSetup(), at: now)
            }
            guard phase != .over else { return }
        }
        switch message {
        case .setup: diary.find("the setup came late or twice and has no effect")
        case .audio(let audio): hear(audio, at: now)
        case .pong(let id):
            if !pulse.pong(id, at: now) { diary.find("a pong for id \(id), which no ping had") }
        case .toolResult(let callID, let result, let isError):
            finishTool(callID, result: result, isError: isError, at: now)
        case .text(let text): hear(text: text, at: now)
        case .activity: lastSign = now + .seconds(2)
        case .context(let text):
            diary.add(.init(role: "context", message: text, time: now))
        case .feedback, .toolApproval: break
        }
    }

    private mutating func hear(_ audio: [UInt8], at now: Duration) {
        let events: [TurnDetector.Event]
        do {
            events = try ear.hear(audio, at: now)
        } catch {
            diary.find(error.reason)
            return fail(1008, error.type, error.reason, at: now)
        }
        for event in events { take(event, at: now) }
    }

    mutating func take(_ event: TurnDetector.Event, at now: Duration) {
        guard phase == .talking else { return }
        switch event {
        case .speechStarted:
            lastSign = now
            if let turn = script.turns[safe: turnIndex], !mouth.isSpeaking(at: now) {
                let word = turn.heard.prefix { $0 != " " }
                send(.tentativeTranscript(String(word), id: shown(lastID)))
            }
        case .bargeIn:
            let isProtected = isGreeting && manners.protectsGreeting
            if mouth.isSpeaking(at: now), !manners.has(.deaf), !isProtected {
                interrupt(at: now)
            }
        case .turnEnded:
            lastSign = now
            // Speech too short to interrupt, or while the agent is at work, is no turn.
            guard !mouth.isSpeaking(at: now), steps.isEmpty, wait == .nothing else { return }
            answerTurn(at: now)
        }
    }

    /// The caller is through: fall silent, say so, and correct what was said.
    mutating func interrupt(at now: Duration) {
        guard let speech = mouth.speech else { return }
        let heard = mouth.stop(at: now)
        // A tool that is at work is not called back; what follows it is still to come.
        if case .tool = wait {
        } else {
            steps = []
            wait = .nothing
        }
        isGreeting = false
        diary.interrupt(heard: heard)
        send(.interruption(id: shown(speech.id)))
        if manners.has(.strayAudio) {
            let stray = [UInt8](
                repeating: 0, count: manners.outputFormat.bytes(lasting: .milliseconds(400)))
            send(.audio(stray, id: shown(speech.id)))
            send(.audio(stray, id: shown(speech.id)))
        }
        if heard != speech.text {
            send(.correction(original: speech.text, corrected: heard, id: shown(speech.id)))
        }
    }

    /// The caller's turn is over: what was understood, then the script.
    private mutating func answerTurn(at now: Duration) {
        let turn = script.turns[safe: turnIndex]
        turnIndex += 1
        let heard = turn?.heard ?? "..."
        send(.transcript(heard, id: shown(nextID())))
        diary.add(.init(role: "user", message: heard, time: now))
        begin(turn?.steps ?? script.otherwise, at: now)
    }

    private mutating func hear(text: String, at now: Duration) {
        guard phase == .talking else { return }
        lastSign = now
        if mouth.isSpeaking(at: now) { interrupt(at: now) }
        diary.add(.init(role: "user", message: text, time: now))
        let lower = text.lowercased()
        if let reply = script.replies.first(where: { lower.contains($0.word.lowercased()) }) {
            return begin(reply.steps, at: now)
        }
        let turn = script.turns[safe: turnIndex]
        turnIndex += 1
        begin(turn?.steps ?? script.otherwise, at: now)
    }

    private mutating func begin(_ steps: [AgentScript.Step], at now: Duration) {
        isGreeting = false
        self.steps = steps
        wait = .time(now + manners.thinking)
    }
}

extension Array {
    subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
