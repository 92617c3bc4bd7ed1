package import Wire

/// Everything the agent's side says except its audio, which `AgentReading` hands over in place.
///
/// Case names follow the vendor's `type`; a message of a type we do not use is `unknown`, to be
/// counted and ignored (Agents WebSocket reference, "server messages").
package enum AgentMessage: Sendable, Equatable {
    /// The conversation is open; what follows is in these formats.
    case metadata(AgentMetadata)
    /// To be answered with `pong` and the same id, at once.
    case ping(eventID: Int64?, roundTrip: Duration?)
    /// The caller spoke over the agent: audio up to this id is void.
    case interruption(eventID: Int64?)
    /// What the caller said, final for one turn.
    case userTranscript(String, eventID: Int64?)
    /// What the caller seems to be saying.
    case tentativeUserTranscript(String, eventID: Int64?)
    /// The whole text of the agent's turn; no proof that it was heard.
    case agentResponse(String, eventID: Int64?)
    /// What the service believes was heard of an interrupted turn.
    case agentResponseCorrection(original: String?, corrected: String, eventID: Int64?)
    /// No more audio will be generated for this turn.
    case agentResponseComplete(eventID: Int64?)
    /// A tool of ours is to be run and answered.
    case clientToolCall(AgentToolCall)
    /// The service begins to use a tool of its own or of the agent.
    case agentToolRequest(AgentToolUse)
    /// That tool has answered, or was not called.
    case agentToolResponse(AgentToolUse)
    /// What went wrong; a close follows.
    case error(AgentError)
    /// Something went wrong that concerns the client; the conversation may go on.
    case clientError(AgentError)
    /// Our place in the workspace's queue.
    case queueStatus(AgentQueueStatus)
    /// How sure the service is that it hears speech, 0 to 1.
    case vadScore(Double)
    /// A type that we do not use; empty when the message bears none.
    case unknown(String)
}

/// The first thing the service says.
package struct AgentMetadata: Sendable, Equatable {
    /// The format assumed where the message names none, the service's default.
    package static let defaultFormat = "pcm_16000"

    /// `conv_…`, under which history and post-call reports file this conversation.
    package var conversationID: String
    /// How the agent's audio comes, by the vendor's name (`ulaw_8000`, `pcm_16000`, …).
    package var agentFormat: String
    /// How the caller's audio must be sent.
    package var callerFormat: String

    package init(
        conversationID: String, agentFormat: String = defaultFormat,
        callerFormat: String = defaultFormat
    ) {
        self.conversationID = conversationID
        self.agentFormat = agentFormat
        self.callerFormat = callerFormat
    }
}

/// A tool of ours that the agent wants run.
package struct AgentToolCall: Sendable, Equatable {
    /// The tool, by the agent's name for it.
    package var name: String
    /// Copied into the result.
    package var callID: String
    /// An object; its values come from a language model and are untrusted.
    package var parameters: JSON
    /// False when nobody waits for a result.
    package var expectsResponse: Bool
    /// The turn that wants it.
    package var eventID: Int64?

    package init(
        name: String, callID: String, parameters: JSON = [:], expectsResponse: Bool = true,
        eventID: Int64? = nil
    ) {
        self.name = name
        self.callID = callID
        self.parameters = parameters
        self.expectsResponse = expectsResponse
        self.eventID = eventID
    }
}

/// A tool used by the service itself, told to us for information.
package struct AgentToolUse: Sendable, Equatable {
    /// The tool, by the agent's name for it.
    package var name: String
    /// The same in request and response.
    package var callID: String
    /// `client`, `webhook`, `mcp` or `system`; empty when not told.
    package var type: String
    /// In a response: the tool failed.
    package var isError: Bool
    /// In a response: false when the tool was held back.
    package var isCalled: Bool
    /// The turn that uses it.
    package var eventID: Int64?

    package init(
        name: String, callID: String, type: String, isError: Bool = false, isCalled: Bool = true,
        eventID: Int64? = nil
    ) {
        self.name = name
        self.callID = callID
        self.type = type
        self.isError = isError
        self.isCalled = isCalled
        self.eventID = eventID
    }
}

/// An error as told on the socket, nested or flat.
package struct AgentError: Sendable, Equatable {
    /// A close code, mostly.
    package var code: Int64?
    /// The vendor's word for it, such as `missing_dynamic_variable`.
    package var type: String
    /// Message and reason for people, joined; empty when neither was told.
    package var text: String

    package init(code: Int64? = nil, type: String = "", text: String = "") {
        self.code = code
        self.type = type
        self.text = text
    }
}

/// Our place in the workspace's queue of conversations.
package enum AgentQueueStatus: Sendable, Equatable {
    case waiting
    case admitted
    /// A close follows.
    case timedOut
    case other(String)
}

/// Why a frame of the agent's side could not be used; the call goes on without it.
package enum AgentFault: Error, Sendable, Equatable {
    case notJSON
    /// A field that the message is worthless without, by the vendor's name.
    case missing(String)
    /// The audio is not base64.
    case notBase64
}

extension AgentFault: CustomStringConvertible {
    /// For the log; never what was said.
    package var description: String {
        switch self {
        case .notJSON: "not a JSON object"
        case .missing(let field): "\(field) is missing or of another shape"
        case .notBase64: "the audio is not base64"
        }
    }
}
