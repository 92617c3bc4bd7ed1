package import Wire

/// What a client says to the agent, read strictly: what the service would refuse is thrown.
package enum ClientMessage: Sendable, Equatable {
    case setup(ClientSetup)
    /// Raw audio in the announced input format.
    case audio([UInt8])
    case pong(eventID: Int64)
    case toolResult(callID: String, result: String, isError: Bool)
    case context(String)
    case text(String)
    case activity
    case feedback
    case toolApproval(callID: String, isApproved: Bool)

    /// Reads one text message.
    package init(_ message: RawSpan) throws(ClientFault) {
        if let audio = try Self.plainAudio(message) {
            self = .audio(audio)
            return
        }
        guard let json = try? JSON(parsing: message), let members = json.members else {
            throw ClientFault("invalid_message", "the message is no JSON object")
        }
        if let chunk = json["user_audio_chunk"] {
            guard members.count == 1, let text = chunk.text, let bytes = Base64.bytes(text) else {
                throw ClientFault("invalid_message", "user_audio_chunk is not base64 alone")
            }
            self = .audio(bytes)
            return
        }
        guard let type = json["type"]?.text else {
            throw ClientFault("missing_fields", "the message has no type")
        }
        self = try Self.read(type, json)
    }

    /// `{"user_audio_chunk":"…"}` without a blank, the message that comes fifty times a second;
    /// nil when it must be read the long way.
    private static func plainAudio(_ message: RawSpan) throws(ClientFault) -> [UInt8]? {
        let head: StaticString = "{\"user_audio_chunk\":\""
        let size = head.utf8CodeUnitCount
        let bytes = message.withUnsafeBytes { all -> [UInt8]? in
            guard all.count >= size + 2, all[all.count - 1] == UInt8(ascii: "}"),
                all[all.count - 2] == UInt8(ascii: "\""),
                all.starts(with: UnsafeBufferPointer(start: head.utf8Start, count: size))
            else { return nil }
            let text = UnsafeRawBufferPointer(rebasing: all[size..<all.count - 2])
            guard let count = Base64.decodedCount(text) else { return nil }
            return [UInt8](unsafeUninitializedCapacity: count) { buffer, written in
                written = Base64.decode(text, into: UnsafeMutableRawBufferPointer(buffer)) ?? 0
            }
        }
        // Broken base64 decodes to nothing; the long way tells what is wrong.
        return bytes?.isEmpty == true ? nil : bytes
    }

    private static func read(_ type: String, _ json: JSON) throws(ClientFault) -> Self {
        switch type {
        case "conversation_initiation_client_data": return .setup(try ClientSetup(json))
        case "pong":
            guard case .integer(let id) = json["event_id"] else {
                throw ClientFault("missing_fields", "a pong has no whole event_id")
            }
            return .pong(eventID: id)
        case "client_tool_result":
            guard let callID = json["tool_call_id"]?.text, let result = json["result"]?.text,
                case .bool(let isError) = json["is_error"]
            else {
                throw ClientFault(
                    "missing_fields",
                    "client_tool_result needs tool_call_id, a result as text and is_error")
            }
            return .toolResult(callID: callID, result: result, isError: isError)
        case "contextual_update":
            guard let text = json["text"]?.text else {
                throw ClientFault("missing_fields", "contextual_update has no text")
            }
            return .context(text)
        case "user_message": return .text(json["text"]?.text ?? "")
        case "multimodal_message": return .text(json["text"]?["text"]?.text ?? "")
        case "user_activity": return .activity
        case "feedback": return .feedback
        case "mcp_tool_approval_result":
            guard let id = json["tool_call_id"]?.text, case .bool(let yes) = json["is_approved"]
            else { throw ClientFault("missing_fields", "an approval lacks a field") }
            return .toolApproval(callID: id, isApproved: yes)
        default:
            throw ClientFault("invalid_message", "there is no message type \(type.prefix(60))")
        }
    }
}

/// Why the service refuses a message; the conversation ends with 1008.
package struct ClientFault: Error, Sendable, Equatable {
    /// The service's `error_type`.
    package var type: String
    package var reason: String

    package init(_ type: String, _ reason: String) {
        self.type = type
        self.reason = reason
    }
}

/// What opens a conversation: `conversation_initiation_client_data`.
package struct ClientSetup: Sendable, Equatable {
    /// Dotted names of everything overridden: `agent.first_message`.
    package var overrides: [String] = []
    package var firstMessage: String?
    package var language: String?
    package var isTextOnly = false
    package var clientEvents: [String]?
    package var variables: [JSON.Member] = []
    package var userID: String?
    /// The message itself, for the record.
    package var json: JSON

    /// A conversation opened without the message.
    package init() { json = .object([]) }

    init(_ json: JSON) throws(ClientFault) {
        self.json = json
        userID = json["user_id"]?.text
        if json["conversation_initiation_client_data"] != nil {
            throw ClientFault("invalid_message", "the setup is nested under its own name")
        }
        variables = json["dynamic_variables"]?.members ?? []
        for variable in variables {
            switch variable.value {
            case .string, .integer, .number, .bool, .null: break
            default:
                throw ClientFault(
                    "value_error", "the variable \(variable.name) is neither text nor number")
            }
            if variable.name.hasPrefix("system__") {
                throw ClientFault("value_error", "\(variable.name) is a reserved name")
            }
        }
        guard let config = json["conversation_config_override"] else { return }
        overrides = Self.leaves(of: config, below: "")
        firstMessage = config["agent"]?["first_message"]?.text
        language = config["agent"]?["language"]?.text
        isTextOnly = config["conversation"]?["text_only"] == .bool(true)
        if let events = config["conversation"]?["client_events"]?.elements {
            clientEvents = events.compactMap(\.text)
        }
    }

    /// A variable's value as it is spoken.
    package var spokenVariables: [String: String] {
        var values: [String: String] = [:]
        for variable in variables {
            values[variable.name] = variable.value.text ?? variable.value.serialized
        }
        return values
    }

    private static func leaves(of json: JSON, below path: String) -> [String] {
        guard let members = json.members else { return json == .null ? [] : [path] }
        return members.flatMap { member in
            leaves(of: member.value, below: path.isEmpty ? member.name : "\(path).\(member.name)")
        }
    }
}
