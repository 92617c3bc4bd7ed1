package import Wire

extension AgentMessage {
    /// Reads a message that is no audio; what is missing but needed is thrown by name.
    ///
    /// The body lies under a second key or, as seen in the field, beside `type`; ids are
    /// integers or strings of digits or absent; keys and types we do not know are passed over.
    package init(_ json: JSON) throws(AgentFault) {
        let type = json["type"]?.text ?? ""
        switch type {
        case "conversation_initiation_metadata", "ping", "interruption", "queue_status",
            "vad_score", "internal_vad_score":
            self = try Self.course(type, json)
        case "user_transcript", "tentative_user_transcript", "agent_response",
            "agent_response_correction", "agent_response_complete":
            self = try Self.speech(type, json)
        case "client_tool_call", "agent_tool_request", "agent_tool_response":
            self = try Self.tool(type, Body(json, under: type))
        case "error": self = .error(AgentError(Body(json, under: "error_event")))
        case "client_error": self = .clientError(AgentError(Body(json, under: "error_event")))
        default: self = .unknown(type)
        }
    }

    /// Messages about the course of the conversation.
    private static func course(_ type: String, _ json: JSON) throws(AgentFault) -> Self {
        switch type {
        case "conversation_initiation_metadata":
            return try .metadata(AgentMetadata(Body(json, under: type + "_event")))
        case "ping":
            let body = Body(json, under: "ping_event")
            let roundTrip = body["ping_ms"]?.whole.map { Duration.milliseconds($0) }
            return .ping(eventID: body.eventID, roundTrip: roundTrip)
        case "interruption":
            return .interruption(eventID: Body(json, under: "interruption_event").eventID)
        case "queue_status":
            let status = try Body(json, under: "queue_status_event").text("status")
            return .queueStatus(AgentQueueStatus(status))
        default:
            let body = Body(json, under: "vad_score_event")
            guard let score = body["vad_score"]?.fraction else { throw .missing("vad_score") }
            return .vadScore(score)
        }
    }

    /// Messages that hold what was said.
    private static func speech(_ type: String, _ json: JSON) throws(AgentFault) -> Self {
        switch type {
        case "user_transcript":
            let body = Body(json, under: "user_transcription_event")
            return try .userTranscript(body.text("user_transcript"), eventID: body.eventID)
        case "tentative_user_transcript":
            let body = Body(json, under: "tentative_user_transcription_event")
            return try .tentativeUserTranscript(
                body.text("user_transcript"), eventID: body.eventID)
        case "agent_response":
            let body = Body(json, under: "agent_response_event")
            return try .agentResponse(body.text("agent_response"), eventID: body.eventID)
        case "agent_response_correction":
            let body = Body(json, under: "agent_response_correction_event")
            return try .agentResponseCorrection(
                original: body["original_agent_response"]?.text,
                corrected: body.text("corrected_agent_response"), eventID: body.eventID)
        default:
            let body = Body(json, under: "agent_response_complete_event")
            return .agentResponseComplete(eventID: body.eventID)
        }
    }

    private static func tool(_ type: String, _ body: Body) throws(AgentFault) -> Self {
        let name = try body.text("tool_name")
        let callID = try body.text("tool_call_id")
        if type == "client_tool_call" {
            return .clientToolCall(
                AgentToolCall(
                    name: name, callID: callID, parameters: body.object("parameters"),
                    expectsResponse: body.flag("expects_response") ?? true,
                    eventID: body.eventID))
        }
        let use = AgentToolUse(
            name: name, callID: callID, type: body["tool_type"]?.text ?? "",
            isError: body.flag("is_error") ?? false, isCalled: body.flag("is_called") ?? true,
            eventID: body.eventID)
        return type == "agent_tool_request" ? .agentToolRequest(use) : .agentToolResponse(use)
    }
}

/// A message's body, wherever it lies.
private struct Body {
    private let json: JSON

    init(_ message: JSON, under key: String) {
        let nested = message[key]
        json = nested?.members == nil ? message : nested ?? message
    }

    subscript(_ name: String) -> JSON? { json[name] }

    var eventID: Int64? { json["event_id"]?.whole }

    func text(_ name: String) throws(AgentFault) -> String {
        guard let text = json[name]?.text else { throw .missing(name) }
        return text
    }

    func flag(_ name: String) -> Bool? {
        guard case .bool(let value) = json[name] else { return nil }
        return value
    }

    func object(_ name: String) -> JSON {
        guard let value = json[name], value.members != nil else { return [:] }
        return value
    }
}

extension AgentMetadata {
    fileprivate init(_ body: Body) throws(AgentFault) {
        conversationID = try body.text("conversation_id")
        agentFormat = Self.format(body["agent_output_audio_format"])
        callerFormat = Self.format(body["user_input_audio_format"])
    }

    /// What is told but is no word is a format nobody knows, not the one that may be left out.
    private static func format(_ value: JSON?) -> String {
        guard let value, value != .null else { return defaultFormat }
        return value.text ?? "no word"
    }
}

extension AgentQueueStatus {
    fileprivate init(_ word: String) {
        switch word {
        case "waiting": self = .waiting
        case "admitted": self = .admitted
        case "timed_out": self = .timedOut
        default: self = .other(word)
        }
    }
}

extension AgentError {
    /// An error is never refused for its shape: whatever it tells may explain the close to come.
    fileprivate init(_ body: Body) {
        code = body["code"]?.whole
        type = body["error_type"]?.text ?? body["error_name"]?.text ?? ""
        var parts: [String] = []
        for name in ["message", "reason", "debug_message", "error"] {
            if let part = body[name]?.text, !part.isEmpty, !parts.contains(part) {
                parts.append(part)
            }
        }
        text = parts.joined(separator: "; ")
    }
}

extension JSON {
    /// A number of either kind.
    fileprivate var fraction: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }
}
