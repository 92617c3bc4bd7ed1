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

    package init(
        ticket: CallTicket, startedAt: Duration, rememberedAt: Duration,
        stand: CallStand = CallStand(), conversations: Int = 0,
        conversation: Conversation = Conversation(), tools: [ToolPrint] = []
    ) {
        self.ticket = ticket
        self.startedAt = startedAt
        self.rememberedAt = rememberedAt
        self.stand = stand
        self.conversations = conversations
        self.conversation = conversation
        self.tools = tools
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
    /// Streams asked for since one last held: a call that its processes die of is not revived
    /// for ever.
    package var streamTries: Int

    package init(
        rung: Int = 0, errand: Errand? = nil, isElsewhere: Bool = false, streamTries: Int = 1
    ) {
        self.rung = rung
        self.errand = errand
        self.isElsewhere = isElsewhere
        self.streamTries = streamTries
    }
}

extension CallMemory: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "(a memory of \(ticket.call))" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
