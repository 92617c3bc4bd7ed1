package import Calls
import Twilio

/// What outbound calls need besides the desk.
package struct OutboundDesk: Sendable {
    /// The calls promised.
    package let book: OutboundBook
    /// The way to Twilio; nil without an account and a number.
    package let line: (any TwilioLine)?
    /// Our keys of agents, and the provider's names for them.
    package let agents: [String: String]

    package init(book: OutboundBook, line: (any TwilioLine)?, agents: [String: String]) {
        self.book = book
        self.line = line
        self.agents = agents
    }

    /// Nothing can be called.
    package static var closed: OutboundDesk {
        OutboundDesk(book: OutboundBook(OutboundPolicy()), line: nil, agents: [:])
    }
}
