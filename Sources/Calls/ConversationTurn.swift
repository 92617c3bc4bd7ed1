/// One thing that was said or done in a conversation.
package enum ConversationTurn: Sendable, Equatable {
    /// The caller's words, as the agent's service understood them.
    case caller(SpokenText)
    /// The agent's words, as far as they were heard.
    case agent(AgentTurn)
    /// A tool that was run to its end.
    case tool(ToolDone)

    /// What it weighs in a conversation's limit.
    package var bytes: Int {
        switch self {
        case .caller(let text): text.bytes
        case .agent(let turn): turn.text.bytes
        case .tool(let tool): tool.name.utf8.count + tool.callID.utf8.count + tool.result.bytes
        }
    }

    /// The agent's turn, when it is one.
    package var agent: AgentTurn? {
        if case .agent(let turn) = self { turn } else { nil }
    }
}

/// A reply of the agent.
package struct AgentTurn: Sendable, Equatable {
    /// What was heard of it; all of it until something cut it short.
    package var text: SpokenText
    /// The vendor's id under which its audio came; nil when it told none.
    package var event: Int64?
    /// The caller did not hear all of it: it was cut short, or they missed its beginning.
    package var isCut: Bool
    /// The text is the vendor's own correction.
    package var isCorrected: Bool

    package init(
        _ text: SpokenText, event: Int64?, isCut: Bool = false, isCorrected: Bool = false
    ) {
        self.text = text
        self.event = event
        self.isCut = isCut
        self.isCorrected = isCorrected
    }
}

/// A tool that was run, and what came of it.
package struct ToolDone: Sendable, Equatable {
    /// The tool, by the agent's name for it.
    package var name: String
    /// The id under which the agent asked.
    package var callID: String
    /// What it answered.
    package var result: SpokenText
    /// The answer says what went wrong.
    package var isError: Bool

    package init(name: String, callID: String, result: SpokenText, isError: Bool) {
        self.name = name
        self.callID = callID
        self.result = result
        self.isError = isError
    }
}
