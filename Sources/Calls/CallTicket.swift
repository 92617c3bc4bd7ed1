package import Twilio

/// A call promised: who calls whom, and the agent that shall answer.
///
/// Every call begins with one, whoever asked for it.
package struct CallTicket: Sendable, Equatable {
    /// Twilio's name of the call.
    package var call: CallSID
    /// Our own name of the conversation, `session_YYYYMMDD_HHMMSS_NNNNN`.
    package var session: String
    /// The key under which the agent is configured (`default`, `clara`, …).
    package var agent: String
    package var direction: Direction
    package var from: PhoneNumber
    package var to: PhoneNumber

    /// Who rang whom.
    package enum Direction: String, Sendable { case inbound, outbound }

    package init(
        call: CallSID, session: String, agent: String, direction: Direction, from: PhoneNumber,
        to: PhoneNumber
    ) {
        self.call = call
        self.session = session
        self.agent = agent
        self.direction = direction
        self.from = from
        self.to = to
    }
}
