package import Audio
package import Wire

/// What an agent simulator is told before it starts.
package struct AgentOptions: Sendable {
    /// A fault of the REST side.
    package enum RESTFault: Sendable, Equatable {
        /// 429 `too_many_concurrent_requests`.
        case tooMany
        /// 500 with a text nobody can parse.
        case broken
        /// The right answer, so much later.
        case slow(Duration)
    }

    /// How post-call reports go wrong.
    package enum ReportFault: String, Sendable, CaseIterable {
        /// Sent twice.
        case duplicate
        /// Signed with another secret.
        case wrongSignature = "wrong-signature"
        /// Ten seconds late.
        case late
    }

    /// How every conversation goes.
    package var manners = AgentManners()
    /// Agents that exist; empty: every id does.
    package var agentIDs: [String] = []
    /// What `xi-api-key` must be; nil: anything goes.
    package var apiKey: SecretText?
    /// Conversations need a signed URL or the key.
    package var isPrivate = false
    /// How long a signed URL opens a conversation, and whether once only.
    package var signedURLLife: Duration = .seconds(900)
    package var signedURLsAreSingle = false
    package var restFault: RESTFault?
    /// Conversations at once; more are refused with 1008.
    package var conversationsMax = 2000
    /// Where the report of every conversation is posted.
    package var reportTo: WebAddress?
    package var reportSecret = SecretText("")
    package var reportFault: ReportFault?
    /// Posts `post_call_audio` too, in a chunked body.
    package var reportsAudio = false
    /// In front of relative addresses of webhook tools.
    package var toolOrigin: WebAddress?
    package var extraCAFile: String?
    /// The dice of the first conversation; each next one takes the next seed.
    package var seed: UInt64 = 1
    package var voice: any AgentVoice = StudioVoice()
    /// Told when a conversation is over, on its loop.
    package var ended: @Sendable (AgentOutcome) -> Void = { _ in }

    package init() {}

    /// True for agents that exist.
    func knows(_ agentID: String) -> Bool { agentIDs.isEmpty || agentIDs.contains(agentID) }
}

/// A finished conversation, with what was measured and heard.
package struct AgentOutcome: Sendable {
    package var conversationID: String
    package var agentID: String
    package var diary: AgentDiary
    package var meter: UplinkMeter
    package var roundTrips: [Duration]
    /// What the agent heard, in its input format; empty when it was not kept.
    package var heard: [UInt8]
    package var format: AudioFormat
    /// Since 1970.
    package var startedAt: Duration
    package var authorization: String
}
