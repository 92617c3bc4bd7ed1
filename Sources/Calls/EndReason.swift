/// Why a call ended: exactly one per call, the first wins. The prefix of its name is its owner.
package enum EndReason: String, Sendable, CaseIterable {
    /// The caller hung up, or their call reached a final state at Twilio.
    case callerHungUp = "caller_hung_up"
    /// The caller said nothing for long, though asked.
    case callerSilent = "caller_silent"
    /// The agent ended the conversation in the ordinary way.
    case agentEnded = "agent_ended"
    /// The agent's configuration is at fault: override, variable, unknown agent, bad key.
    case agentMisconfigured = "agent_misconfigured"
    /// The agent called its tools over and over.
    case agentToolLoop = "agent_tool_loop"
    /// The agent handed the caller to somebody else.
    case agentTransferred = "agent_transferred"
    /// The agent announced an audio format nobody knows.
    case agentFormatUnknown = "agent_format_unknown"
    /// No stream followed the TwiML.
    case twilioStreamMissing = "twilio_stream_missing"
    /// The stream's connection was lost without a stop.
    case twilioStreamLost = "twilio_stream_lost"
    /// The stream fell silent while its connection stayed open.
    case twilioStreamSilent = "twilio_stream_silent"
    /// The stream broke Twilio's own protocol.
    case twilioProtocolError = "twilio_protocol_error"
    /// The agent's service could not be reached.
    case providerUnreachable = "provider_unreachable"
    /// The agent's service refused: too many conversations, or no conversation for us.
    case providerRefused = "provider_refused"
    /// The account's quota at the agent's service is used up.
    case providerQuota = "provider_quota"
    /// The agent did not start in time.
    case providerSilent = "provider_silent"
    /// The agent's service failed in the middle of the conversation.
    case providerError = "provider_error"
    /// The agent's connection was lost without a close.
    case providerLost = "provider_lost"
    /// The agent fell silent in the middle of the conversation.
    case providerStalled = "provider_stalled"
    /// The agent failed so often lately that it was not even tried.
    case providerCircuitOpen = "provider_circuit_open"
    /// The call reached the longest duration allowed.
    case callbridgeMaxDuration = "callbridge_max_duration"
    /// Somebody else on the ladder took the call.
    case callbridgeAnsweredElsewhere = "callbridge_answered_elsewhere"
    /// An emergency was taken to a human.
    case callbridgeEmergency = "callbridge_emergency"
    /// Nobody on the ladder could take the call.
    case callbridgeUnanswered = "callbridge_unanswered"
    /// A mailbox answered a call of ours.
    case callbridgeVoicemail = "callbridge_voicemail"
    /// The daemon stopped.
    case callbridgeStopped = "callbridge_stopped"
    /// Something in the daemon failed.
    case callbridgeError = "callbridge_error"
    /// An operator ended it.
    case operatorEnded = "operator_ended"
    /// An operator handed the caller to somebody else.
    case operatorTransferred = "operator_transferred"

    /// Whose doing it was.
    package enum Owner: String, Sendable, CaseIterable {
        case caller, agent, twilio, provider, callbridge
        case `operator`
    }

    /// Whose doing it was: the first word of the name.
    package var owner: Owner {
        let word = rawValue.prefix { $0 != "_" }
        guard let owner = Owner(rawValue: String(word)) else {
            preconditionFailure("\(rawValue) names no owner")
        }
        return owner
    }

    /// True when the caller got what there was to get, and nothing is to be regretted.
    package var isOrdinary: Bool {
        switch self {
        case .callerHungUp, .callerSilent, .agentEnded, .agentTransferred, .operatorEnded,
            .operatorTransferred, .callbridgeAnsweredElsewhere, .callbridgeEmergency,
            .callbridgeVoicemail:
            true
        default: false
        }
    }
}
