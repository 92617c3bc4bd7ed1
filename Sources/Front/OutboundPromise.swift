import Switchboard
import Twilio

/// An outbound call promised: what Twilio will be told when it asks what the callee gets.
package struct OutboundPromise: Sendable, Equatable {
    /// Travels in the addresses that Twilio asks, because its first question may come before the
    /// answer that names the call.
    package let id: String
    /// The conversation's name.
    package let session: String
    /// The key of the agent.
    package let agent: String
    /// What the agent is told; forgotten with the call's end.
    package internal(set) var variables: [String: String]

    /// What the callee gets: the agent promised, and after it whoever stands on the ladder of the
    /// number that is shown. Its opening hours are for those who call us, and nobody who was
    /// called is put into a queue.
    func plan(from shown: CallPlan, to callee: PhoneNumber) -> CallPlan {
        var plan = shown
        plan.rungs = Self.rungs(agent, shown)
        plan.variables.merge(variables) { $1 }
        if shown.number == nil { plan.language = Language(spokenAt: callee) }
        return plan
    }

    /// Who would speak with the callee, one after another.
    static func rungs(_ agent: String, _ shown: CallPlan) -> [Rung] {
        [.agent(agent)] + shown.rungs.filter { $0 != .agent(agent) && $0 != .queue }
    }
}
