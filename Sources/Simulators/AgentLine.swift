package import Wire

/// One message of the agent to its client; an `id` of nil leaves `event_id` out.
package enum AgentLine: Sendable, Equatable {
    case metadata(conversationID: String, outputFormat: String, inputFormat: String)
    case audio([UInt8], id: Int64?)
    case response(String, id: Int64?)
    case responseComplete(id: Int64?)
    case correction(original: String, corrected: String, id: Int64?)
    case transcript(String, id: Int64?)
    case tentativeTranscript(String, id: Int64?)
    case interruption(id: Int64?)
    case ping(id: Int64?, roundTrip: Duration?)
    case clientToolCall(
        name: String, callID: String, parameters: JSON, expectsReply: Bool, id: Int64?)
    case toolRequest(name: String, callID: String, type: String, id: Int64?)
    case toolResponse(name: String, callID: String, type: String, isError: Bool, id: Int64?)
    case queueStatus(String)
    case error(code: Int64, type: String, message: String)
    /// The form without a body, as it is seen when the quota is used up.
    case flatError(String)
    case clientError(code: Int64, name: String, message: String)
    /// Anything else.
    case other(JSON)

    /// The name under which a client subscribes to it; nil: always sent.
    package var subscription: String? {
        switch self {
        case .metadata: "conversation_initiation_metadata"
        case .audio: "audio"
        case .response: "agent_response"
        case .responseComplete: "agent_response_complete"
        case .correction: "agent_response_correction"
        case .transcript: "user_transcript"
        case .tentativeTranscript: "tentative_user_transcript"
        case .interruption: "interruption"
        case .ping: "ping"
        case .toolRequest: "agent_tool_request"
        case .toolResponse: "agent_tool_response"
        case .clientError: "client_error"
        case .clientToolCall, .queueStatus, .error, .flatError, .other: nil
        }
    }

    /// The message as sent.
    package var bytes: [UInt8] {
        if case .audio(let audio, let id) = self { return Self.audioBytes(audio, id: id) }
        return json.bytes
    }

    /// Written directly: the base64 may be hundreds of kilobytes.
    private static func audioBytes(_ audio: [UInt8], id: Int64?) -> [UInt8] {
        var text = Array("{\"type\":\"audio\",\"audio_event\":{\"audio_base_64\":\"".utf8)
        text += Base64.text(audio).utf8
        text += (id.map { "\",\"event_id\":\($0)}}" } ?? "\"}}").utf8
        return text
    }

    private var json: JSON {
        switch self {
        case .metadata(let conversation, let output, let input):
            Self.message(
                "conversation_initiation_metadata", "conversation_initiation_metadata_event",
                [
                    .init("conversation_id", .string(conversation)),
                    .init("agent_output_audio_format", .string(output)),
                    .init("user_input_audio_format", .string(input)),
                ])
        case .audio: .null
        case .response(let text, let id):
            Self.message(
                "agent_response", "agent_response_event",
                [.init("agent_response", .string(text))], id)
        case .responseComplete(let id):
            Self.message("agent_response_complete", "agent_response_complete_event", [], id)
        case .correction(let original, let corrected, let id):
            Self.message(
                "agent_response_correction", "agent_response_correction_event",
                [
                    .init("original_agent_response", .string(original)),
                    .init("corrected_agent_response", .string(corrected)),
                ], id)
        case .transcript(let text, let id):
            Self.message(
                "user_transcript", "user_transcription_event",
                [.init("user_transcript", .string(text))], id)
        case .tentativeTranscript(let text, let id):
            Self.message(
                "tentative_user_transcript", "tentative_user_transcription_event",
                [.init("user_transcript", .string(text))], id)
        case .interruption(let id): Self.message("interruption", "interruption_event", [], id)
        case .ping(let id, let roundTrip):
            Self.message(
                "ping", "ping_event", [],
                id, [.init("ping_ms", roundTrip.map { .integer($0.milliseconds) } ?? .null)])
        default: rareJSON
        }
    }

    private var rareJSON: JSON {
        switch self {
        case .clientToolCall(let name, let callID, let parameters, let expects, let id):
            Self.message(
                "client_tool_call", "client_tool_call",
                [
                    .init("tool_name", .string(name)), .init("tool_call_id", .string(callID)),
                    .init("parameters", parameters),
                ], id, [.init("expects_response", .bool(expects))])
        case .toolRequest(let name, let callID, let type, let id):
            Self.message(
                "agent_tool_request", "agent_tool_request", Self.tool(name, callID, type), id)
        case .toolResponse(let name, let callID, let type, let isError, let id):
            Self.message(
                "agent_tool_response", "agent_tool_response",
                Self.tool(name, callID, type)
                    + [.init("is_error", .bool(isError)), .init("is_called", true)], id)
        case .queueStatus(let status):
            Self.message(
                "queue_status", "queue_status_event", [.init("status", .string(status))])
        case .error(let code, let type, let message):
            Self.message(
                "error", "error_event",
                [
                    .init("code", .integer(code)), .init("error_type", .string(type)),
                    .init("message", .string(message)), .init("reason", .string(message)),
                    .init("debug_message", .null), .init("details", .object([])),
                ])
        case .flatError(let message): ["type": "error", "message": .string(message)]
        case .clientError(let code, let name, let message):
            Self.message(
                "client_error", "error_event",
                [
                    .init("code", .integer(code)), .init("error_name", .string(name)),
                    .init("message", .string(message)),
                ])
        case .other(let json): json
        default: .null
        }
    }

    private static func tool(_ name: String, _ callID: String, _ type: String) -> [JSON.Member] {
        [
            .init("tool_name", .string(name)), .init("tool_call_id", .string(callID)),
            .init("tool_type", .string(type)),
        ]
    }

    private static func message(
        _ type: String, _ bodyKey: String, _ body: [JSON.Member], _ id: Int64? = nil,
        _ more: [JSON.Member] = []
    ) -> JSON {
        let members = body + (id.map { [.init("event_id", .integer($0))] } ?? []) + more
        return .object([.init("type", .string(type)), .init(bodyKey, .object(members))])
    }
}
