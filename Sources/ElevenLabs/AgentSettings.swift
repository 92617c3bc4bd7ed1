import Wire

/// What an agent's settings say about the socket: enough to tell, before anybody calls, whether
/// its audio will pass untouched and whether interruptions will reach us.
package struct AgentSettings: Sendable, Equatable {
    /// As people know the agent.
    package var name: String
    /// How the caller's audio must be sent, by the vendor's name.
    package var callerFormat: String
    /// How the agent's audio comes.
    package var agentFormat: String
    /// The messages it sends; nil for the service's default list. A set list replaces the
    /// default: without `audio` the agent never speaks, without `interruption` it cannot be.
    package var events: [String]?
    /// True when a conversation needs a signed address.
    package var isPrivate: Bool

    /// Reads the answer of `GET /v1/convai/agents/{id}`; what is missing is the default.
    init(_ json: JSON) {
        let config = json["conversation_config"] ?? .null
        name = json["name"]?.text ?? ""
        callerFormat =
            config["asr"]?["user_input_audio_format"]?.text ?? AgentMetadata.defaultFormat
        agentFormat =
            config["tts"]?["agent_output_audio_format"]?.text ?? AgentMetadata.defaultFormat
        events = config["conversation"]?["client_events"]?.elements?.compactMap(\.text)
        isPrivate = json["platform_settings"]?["auth"]?["enable_auth"] == .bool(true)
    }
}
