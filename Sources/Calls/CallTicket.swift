package import ElevenLabs
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

extension CallTicket {
    /// Opens the conversation: who calls whom, under which names we keep it, and what the number
    /// or the order has for the agent besides.
    package func setup(version: String) -> AgentSetup {
        var variables: [String: AgentSetup.Variable] = [
            "caller_number": .text(from.raw),
            "called_number": .text(to.raw),
            "call_sid": .text(call.text),
            "bridge_call_id": .text(session),
            "direction": .text(direction.rawValue),
        ]
        for (name, value) in plan.variables { variables[name] = .text(value) }
        return AgentSetup(variables: variables, version: version)
    }
}
