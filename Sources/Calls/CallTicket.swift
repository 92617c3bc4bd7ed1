package import Switchboard
package import Twilio

/// A call promised: who calls whom, and the agent that shall answer.
///
/// Every call begins with one, whoever asked for it.
package struct CallTicket: Sendable, Equatable {
    /// Twilio's name of the call.
    package var call: CallSID
    /// Our own name of the conversation, `session_YYYYMMDD_HHMMSS_NNNNN`.
    package var session: String
    /// Who answers, and who else when that fails.
    package var plan: CallPlan
    /// The key of the agent that is tried first (`default`, `clara`, …); empty when none is.
    package var agent: String {
        for case .agent(let key) in plan.rungs { return key }
        return ""
    }
    package var direction: Direction
    package var from: PhoneNumber
    package var to: PhoneNumber

    /// Who rang whom.
    package enum Direction: String, Sendable { case inbound, outbound }

    package init(
        call: CallSID, session: String, plan: CallPlan, direction: Direction, from: PhoneNumber,
        to: PhoneNumber
    ) {
        self.call = call
        self.session = session
        self.plan = plan
        self.direction = direction
        self.from = from
        self.to = to
    }
}
