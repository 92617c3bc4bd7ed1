package import Twilio

/// Everything worth telling about a call; a fact leaves a call once, as one of these.
package enum CallEvent: Sendable {
    /// Twilio rang and the call was admitted.
    case promised
    /// The call lived in a process that is no more, and goes on in this one.
    case revived
    /// The caller's stream began.
    case streamConnected
    /// A stream that was another process's goes on in this one.
    case streamAdopted
    /// A second stream took the first one's place.
    case streamReplaced
    /// The agent's socket is open.
    case agentConnected
    /// The agent's conversation began, with its formats.
    case conversationStarted(agentOutput: String, agentInput: String)
    /// The agent could not be had.
    case agentFailed(EndReason, detail: String)
    /// The agent was lost, or could not be had, while no caller was there to miss it.
    case agentLostEarly(EndReason, detail: String)
    /// The caller's stream ended, though nobody wanted that; Twilio is expected to ask.
    case streamLost(detail: String)
    /// One of the house's own sentences was played.
    case announced(Announcement)
    /// Somebody asked something of the call, and it is being done.
    case ordered(String, Transfer.Author)
    /// A transfer, or another rung, came to nothing: `busy`, `no-answer`, …
    case errandFailed(String)
    /// Everybody who might take an emergency was rung, and nobody did.
    case emergencyUnanswered
    /// ElevenLabs has the call now, without us.
    case handedOff
    /// The caller spoke over the agent and was given the floor.
    case interrupted
    /// The caller pressed a key; which one is nobody's business but the agent's.
    case keyPressed
    /// The agent asked for one of its tools.
    case toolRequested(name: String)
    /// A tool of the daemon's has answered.
    case toolDone(name: String, isError: Bool, took: Duration)
    /// A peer said what it should not have; told once per kind and call, counted always. The detail
    /// is for people, and no word that was spoken.
    case fault(CallFault, detail: String?)
    /// The end, with the call's figures.
    case ended(EndReason, CallTally)
}

/// What a peer did wrong.
package enum CallFault: String, Sendable, CaseIterable {
    case callerMessageMalformed = "caller_message_malformed"
    case callerMessageUnknown = "caller_message_unknown"
    /// These two end the stream.
    case callerMessageBinary = "caller_message_binary"
    case callerStartedTwice = "caller_started_twice"
    case callerStreamSIDWrong = "caller_stream_sid_wrong"
    case callerAudioMalformed = "caller_audio_malformed"
    case callerQueueFull = "caller_queue_full"
    case agentMessageMalformed = "agent_message_malformed"
    case agentMessageUnknown = "agent_message_unknown"
    /// Audio before the conversation's metadata, and metadata once more; neither has an effect.
    case agentAudioEarly = "agent_audio_early"
    case agentStartedTwice = "agent_started_twice"
    case agentAudioMalformed = "agent_audio_malformed"
    case agentAudioStale = "agent_audio_stale"
    case agentQueueFull = "agent_queue_full"
    case playbackQueueFull = "playback_queue_full"
    case agentClientError = "agent_client_error"
    case toolUnknown = "tool_unknown"
    case toolRefused = "tool_refused"
}

/// Who a call is: the names under which it is told, logged and found.
package struct CallFacts: Sendable, Equatable {
    package var ticket: CallTicket
    package var stream: StreamSID?
    package var conversation: String?
    /// The key of the agent that answers now.
    package var agent: String
    /// Wall clock since 1970, when the call was promised.
    package var startedAt: Duration

    init(ticket: CallTicket, startedAt: Duration) {
        self.ticket = ticket
        self.startedAt = startedAt
        agent = ticket.agent
    }
}

/// Somebody who is told what calls do: the log, the meters, later the feed and the history.
///
/// Called on the call's loop, so it must not block and should not take long.
package protocol CallListener: Sendable {
    func heard(_ event: CallEvent, of call: CallFacts)
}

/// Tells several listeners, in order.
package struct CallListeners: CallListener {
    private let all: [any CallListener]

    package init(_ all: [any CallListener]) { self.all = all }

    package func heard(_ event: CallEvent, of call: CallFacts) {
        for listener in all { listener.heard(event, of: call) }
    }
}
