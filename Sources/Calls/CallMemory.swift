/// What another process needs to go on with a call when this one is no more.
///
/// Sockets, audio and timers die with the process; Twilio's call does not, and asks. What was
/// said and done, and where the call stood, is enough to go on without a second greeting.
package struct CallMemory: Sendable, Equatable {
    /// Who calls whom, and what was decided for it.
    package var ticket: CallTicket
    /// Wall clock since 1970 when the call was promised: its age counts from there.
    package var startedAt: Duration
    /// Wall clock since 1970 when this was written down.
    package var rememberedAt: Duration
    /// Which rung it stood on, and what it had left its stream for.
    package var stand: CallStand
    /// Conversations begun with agents; a later one does not greet.
    package var conversations: Int
    /// What was said and heard, and what tools did.
    package var conversation: Conversation
    /// Answers of tools, for an agent that wants the same once more.
    package var tools: [ToolPrint]
    /// Tools that were under way: whether they were done, nobody knows.
    package var begun: [ToolBegun]
    /// What the next conversation is to be told besides.
    package var pad: MessagePad
    /// The streams that came last, by their tokens' nonces, the newest at the end.
    package var streams: [String]

    /// Streams that are known: a question is asked again for 15 s, a token is good for 30, and no
    /// more of them come and go in that time.
    static let streamsMax = 8

    package init(
        ticket: CallTicket, startedAt: Duration, rememberedAt: Duration,
        stand: CallStand = CallStand(), conversations: Int = 0,
        conversation: Conversation = Conversation(), tools: [ToolPrint] = [],
        begun: [ToolBegun] = [], pad: MessagePad = MessagePad(), streams: [String] = []
    ) {
        self.ticket = ticket
        self.startedAt = startedAt
        self.rememberedAt = rememberedAt
        self.stand = stand
        self.conversations = conversations
        self.conversation = conversation
        self.tools = tools
        self.begun = begun
        self.pad = pad
        self.streams = streams
    }
}

/// Where a call stands, as far as it matters to whoever goes on with it.
package struct CallStand: Sendable, Equatable {
    /// The rung of the ladder, counted from 0.
    package var rung: Int
    /// What it has left its stream for, or is about to; nil when it wants a stream.
    package var errand: Errand?
    /// Twilio has the caller elsewhere already, and asks when that is over.
    package var isElsewhere: Bool
    /// Whoever the caller was sent to has accepted them.
    package var isJoined: Bool
    /// Streams asked for since one last held: a call that its processes die of is not revived
    /// for ever.
    package var streamTries: Int
    /// How often an agent lost in this call was dialled again.
    package var redials: Int
    /// An emergency that nobody has taken yet.
    package var emergency: Emergency?

    package init(
        rung: Int = 0, errand: Errand? = nil, isElsewhere: Bool = false, isJoined: Bool = false,
        streamTries: Int = 1, redials: Int = 0, emergency: Emergency? = nil
    ) {
        self.rung = rung
        self.errand = errand
        self.isElsewhere = isElsewhere
        self.isJoined = isJoined
        self.streamTries = streamTries
        self.redials = redials
        self.emergency = emergency
    }
}

extension CallMemory: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "(a memory of \(ticket.call))" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
