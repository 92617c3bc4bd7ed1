package import Wire

/// What the service posts after a conversation; every field may be missing or null, and a type
/// we do not know is a report without a body (post-call webhooks).
package struct AgentReport: Sendable, Equatable {
    /// What the report is about.
    package enum Body: Sendable, Equatable {
        /// The whole record of a conversation.
        case transcription(AgentRecord)
        /// An MP3 of the whole call, in base64; several megabytes.
        case audio(base64: String)
        /// An outbound call of the vendor's own never came to be.
        case initiationFailure(reason: String)
        /// A type we do not use; to be answered with 200 all the same.
        case other
    }

    /// The vendor's word for the report, such as `post_call_transcription`.
    package var type: String
    /// When it was made, since 1970.
    package var time: Duration?
    /// Which conversation it is about.
    package var conversationID: String?
    /// Which agent spoke.
    package var agentID: String?
    /// What it tells.
    package var body: Body

    /// The same for every delivery of one report, because they may come twice; nil when the
    /// report names no conversation.
    package var deliveryKey: String? { conversationID.map { "\(type) \($0)" } }

    /// Reads an envelope; only one that is no object or bears no type is refused.
    package init(_ json: JSON) throws(AgentFault) {
        guard json.members != nil else { throw .notJSON }
        guard let type = json["type"]?.text else { throw .missing("type") }
        let data = json["data"] ?? .null
        self.type = type
        time = json["event_timestamp"]?.duration
        conversationID = data["conversation_id"]?.text
        agentID = data["agent_id"]?.text
        body =
            switch type {
            case "post_call_transcription": .transcription(AgentRecord(data))
            case "post_call_audio": .audio(base64: data["full_audio"]?.text ?? "")
            case "call_initiation_failure":
                .initiationFailure(reason: data["failure_reason"]?.text ?? "unknown")
            default: .other
            }
    }
}
