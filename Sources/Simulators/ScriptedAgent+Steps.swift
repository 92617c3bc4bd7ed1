import Wire

/// The script's steps, one after the other.
extension ScriptedAgent {
    /// Runs steps until one has to wait.
    mutating func run(at now: Duration) {
        while phase == .talking, wait == .nothing, !steps.isEmpty {
            perform(steps.removeFirst(), at: now)
        }
    }

    private mutating func perform(_ step: AgentScript.Step, at now: Duration) {
        switch step {
        case .say(let utterance): say(utterance, at: now)
        case .wait(let duration): wait = .time(now + duration)
        case .clientTool(let tool): call(tool, at: now)
        case .webhookTool(let tool): call(tool, at: now)
        case .endCall(let reason): endCall(reason, at: now)
        case .fail(let fault): strike(fault, at: now)
        }
    }

    private mutating func say(_ utterance: AgentScript.Utterance, at now: Duration) {
        var utterance = utterance
        utterance.text = fill(utterance.text)
        let id = nextID()
        diary.add(.init(role: "agent", message: utterance.text, time: now))
        let words = AgentLine.response(utterance.text, id: shown(id))
        guard !diary.setup.isTextOnly else { return send(words) }
        mouth.say(
            utterance.text, audio: voice.audio(of: utterance, in: manners.outputFormat), id: id,
            at: now)
        wait = .speech
        let textLeads =
            switch manners.lead {
            case .text: true
            case .audio: false
            case .either: random.chance(0.5)
            }
        if textLeads { send(words) }
        speak(at: now)
        if !textLeads { send(words) }
    }

    /// Sends the pieces that are due.
    mutating func speak(at now: Duration) {
        guard let id = mouth.speech?.id else { return }
        for piece in mouth.due(by: now) { send(.audio(piece, id: shown(id))) }
        guard wait == .speech, !mouth.isSending else { return }
        wait = .nothing
        lastSign = max(lastSign, mouth.playedUntil)
        send(.responseComplete(id: shown(id)))
    }

    private mutating func call(_ tool: AgentScript.ClientTool, at now: Duration) {
        let callID = "toolu_\(random.hex(digits: 16))"
        let parameters = fill(tool.parameters)
        note(tool: tool.name, callID, "client", parameters, at: now)
        send(.toolRequest(name: tool.name, callID: callID, type: "client", id: shown(lastID)))
        send(
            .clientToolCall(
                name: tool.name, callID: callID,
                parameters: (try? JSON(parsing: parameters)) ?? .object([]),
                expectsReply: tool.expectsReply, id: shown(lastID)))
        if tool.expectsReply {
            wait = .tool(
                callID: callID, name: tool.name, type: "client", until: now + tool.timeout)
        }
    }

    private mutating func call(_ tool: AgentScript.WebhookTool, at now: Duration) {
        let callID = "toolu_\(random.hex(digits: 16))"
        let parameters = fill(tool.parameters)
        note(tool: tool.name, callID, "webhook", parameters, at: now)
        send(.toolRequest(name: tool.name, callID: callID, type: "webhook", id: shown(lastID)))
        wait = .tool(callID: callID, name: tool.name, type: "webhook", until: now + tool.timeout)
        actions.append(
            .callTool(
                ToolCall(
                    callID: callID, method: tool.method, url: fill(tool.url),
                    parameters: parameters, timeout: tool.timeout)))
    }

    private mutating func note(
        tool name: String, _ callID: String, _ type: String, _ parameters: String,
        at now: Duration
    ) {
        diary.add(
            .init(
                role: "agent", time: now,
                tool: .init(name: name, callID: callID, type: type, parameters: parameters)))
    }

    /// A tool's answer, or its time-out; answers nobody waits for are noted.
    mutating func finishTool(_ callID: String, result: String, isError: Bool, at now: Duration) {
        guard case .tool(callID, let name, let type, _) = wait else {
            return diary.find("a result for tool call \(callID), which nobody waits for")
        }
        wait = .nothing
        diary.finishTool(callID, result: result, isError: isError, at: now)
        send(
            .toolResponse(
                name: name, callID: callID, type: type, isError: isError, id: shown(lastID)))
        run(at: now)
    }

    /// The system tool: its response comes while the client may still be playing.
    private mutating func endCall(_ reason: String, at now: Duration) {
        let callID = "toolu_\(random.hex(digits: 16))"
        note(tool: "end_call", callID, "system", "{\"reason\":\"\(reason)\"}", at: now)
        diary.finishTool(callID, result: "end_call_success", isError: false, at: now)
        send(
            .toolResponse(
                name: "end_call", callID: callID, type: "system", isError: false,
                id: shown(lastID)))
        let played = manners.closesAfterPlayback ? max(now, mouth.playedUntil) : now
        phase = .closing(at: played + manners.closeDelay, reason: reason)
    }

    private func fill(_ text: String) -> String {
        var values = diary.setup.spokenVariables
        values["system__conversation_id"] = conversationID
        return AgentScript.fill(text, with: values)
    }
}
