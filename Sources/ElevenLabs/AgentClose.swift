package import Wire

/// What the end of a conversation's socket means, judged from its close code, its reason and
/// the error told before it.
///
/// The words go first: an exhausted quota closes like a protocol error, and sometimes like a
/// normal end (Agents WebSocket reference, "errors"; seen in the SDKs' issue lists).
package struct AgentClose: Sendable, Equatable {
    /// What happened, as far as it can be told.
    package enum Meaning: Sendable, Equatable {
        /// The agent ended, by its tool or by silence, or the peer closed without a complaint.
        case ended
        /// The longest duration allowed to this agent was reached.
        case durationReached
        /// Nothing came from the caller for too long.
        case callerSilent
        /// Another conversation at the same time is one too many.
        case tooMany
        /// The account's credits are used up.
        case quotaExceeded
        /// The signature or key is refused, or too old.
        case unauthorized
        /// There is no such agent here, or it is set up in a way that cannot work.
        case misconfigured
        /// An override is not permitted by the agent's settings.
        case overrideRefused
        /// A dynamic variable that the agent's texts use was not sent.
        case variableMissing
        /// We sent something the service cannot use.
        case invalidMessage
        /// Refused by policy, without a word we know.
        case refused
        /// A safety rule of the service ended it.
        case unsafe
        /// A failure inside the service.
        case serviceFault
        /// The connection ended without a close.
        case lost
        /// We closed it.
        case closedByUs
    }

    /// What happened, as far as it can be told.
    package var meaning: Meaning
    /// The close code as received.
    package var code: UInt16

    /// Judges the end of a socket; `error` is the last one told on it.
    package init(_ closure: SocketClosure, after error: AgentError? = nil) {
        code = closure.code
        switch closure.cause {
        case .us: meaning = .closedByUs
        case .violation: meaning = .serviceFault
        case .peer, .lost:
            meaning =
                error.flatMap { Meaning(type: $0.type) ?? Meaning(text: $0.text) }
                ?? Meaning(text: closure.reason)
                ?? Meaning(code: closure.code, wasExplained: error != nil)
        }
    }
}

extension AgentClose: CustomStringConvertible {
    /// For the log: what it means, and the code.
    package var description: String { "\(meaning), close code \(code)" }
}

extension AgentClose.Meaning: CustomStringConvertible {
    /// In words that follow "the agent was lost:".
    package var description: String {
        switch self {
        case .ended: "it ended the conversation"
        case .durationReached: "its longest duration was reached"
        case .callerSilent: "it heard nothing for too long"
        case .tooMany: "too many conversations at the same time"
        case .quotaExceeded: "the account's quota is used up"
        case .unauthorized: "the key or signed URL was refused"
        case .misconfigured: "there is no such agent, or it is set up wrongly"
        case .overrideRefused: "an override is not permitted by its settings"
        case .variableMissing: "a dynamic variable is missing"
        case .invalidMessage: "it could not use a message of ours"
        case .refused: "it refused without a word we know"
        case .unsafe: "a safety rule ended it"
        case .serviceFault: "its service failed"
        case .lost: "the connection was lost"
        case .closedByUs: "we closed it"
        }
    }
}

extension AgentClose.Meaning {
    /// The vendor's `error_type`; nil for those that say less than the text beside them.
    fileprivate init?(type: String) {
        switch type {
        case "max_duration_exceeded": self = .durationReached
        case "transport_receive_timeout": self = .callerSilent
        case "override_error": self = .overrideRefused
        case "missing_dynamic_variable", "missing_dynamic_variable_transfer":
            self = .variableMissing
        case "invalid_message", "missing_fields", "value_error": self = .invalidMessage
        case "telephony_agent_error", "mcp_tool_error", "mcp_https_error", "custom_llm_error":
            self = .misconfigured
        case "safety_violation": self = .unsafe
        default: return nil
        }
    }

    /// What people are told, matched loosely: the words change without notice.
    fileprivate init?(text: String) {
        let text = text.lowercased()
        let signs: [(String, Self)] = [
            ("quota", .quotaExceeded), ("credit", .quotaExceeded),
            ("dynamic variable", .variableMissing),
            ("override", .overrideRefused), ("not allowed by config", .overrideRefused),
            ("misconfigured", .misconfigured), ("does not exist", .misconfigured),
            ("not found", .misconfigured),
            ("maximum duration", .durationReached), ("max duration", .durationReached),
            ("concurrent", .tooMany), ("too many", .tooMany), ("queue", .tooMany),
            ("api key", .unauthorized), ("api_key", .unauthorized),
            ("authoriz", .unauthorized), ("authentic", .unauthorized),
            ("signature", .unauthorized), ("signed url", .unauthorized),
            ("invalid message", .invalidMessage),
        ]
        guard let sign = signs.first(where: { text.contains($0.0) }) else { return nil }
        self = sign.1
    }

    /// The code alone; an error that nobody understands still is no normal end.
    fileprivate init(code: UInt16, wasExplained: Bool) {
        switch code {
        case 1000, 1005: self = wasExplained ? .serviceFault : .ended
        case 1003, 1007, 1009: self = .invalidMessage
        case 1006: self = .lost
        case 1008: self = .refused
        // 3008 from the vendor's mock server, 4300 from a third party, for a full queue.
        case 1013, 3008, 4300: self = .tooMany
        default: self = .serviceFault
        }
    }
}
