/// What an agent was told beside the conversation, until it gives a sign of life after that: of one
/// that never does nobody knows that it has heard it, and the next one is told the same.
///
///     told ─▶ the agent says anything at all ─▶ known
///       └───▶ the agent is gone ─▶ back on the pad
struct ToldNews: Sendable, Equatable {
    private var news = MessagePad()
    /// What the agent had said in all by then, pings included.
    private var messages = 0

    /// The agent, who has said so much in all, is told more.
    mutating func tell(_ more: MessagePad, after messages: Int) {
        var all = more
        all.putBack(take(after: messages))
        news = all
        self.messages = messages
    }

    /// What the agent, who has said so much in all, has perhaps not heard; and gone.
    mutating func take(after messages: Int) -> MessagePad {
        defer { news = MessagePad() }
        return messages > self.messages ? MessagePad() : news
    }
}
