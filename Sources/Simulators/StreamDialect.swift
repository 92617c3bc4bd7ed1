import Wire

/// Twilio's media stream as spoken by the agent's service itself: a call that was registered and
/// handed over sends `connected`, `start`, `media`, and hears `media`, `clear`.
struct StreamDialect {
    private var streamSID = ""

    /// Begins when the first message is Twilio's; nil otherwise.
    init?(opening message: RawSpan) {
        guard let json = try? JSON(parsing: message), json["event"]?.text == "connected" else {
            return nil
        }
    }

    /// What a message of Twilio means to the agent; nil: nothing.
    mutating func read(_ message: RawSpan) -> ScriptedAgent.Input? {
        guard let json = try? JSON(parsing: message) else {
            return .refused(ClientFault("invalid_message", "the stream message is no JSON"))
        }
        switch json["event"]?.text {
        case "start":
            streamSID = json["streamSid"]?.text ?? ""
            guard json["start"]?["customParameters"]?["conversation_id"]?.text != nil else {
                return .refused(
                    ClientFault("missing_fields", "start carries no conversation_id"))
            }
            return .message(.setup(ClientSetup()))
        case "media":
            guard let payload = json["media"]?["payload"]?.text,
                let bytes = Base64.bytes(payload)
            else { return .refused(ClientFault("invalid_message", "media without base64")) }
            return .message(.audio(bytes))
        default: return nil
        }
    }

    /// What a line of the agent becomes.
    func write(_ line: AgentLine) -> [JSON] {
        switch line {
        case .audio(let bytes, _):
            [
                [
                    "event": "media", "streamSid": .string(streamSID),
                    "media": ["payload": .string(Base64.text(bytes))],
                ]
            ]
        case .interruption: [["event": "clear", "streamSid": .string(streamSID)]]
        default: []
        }
    }
}
