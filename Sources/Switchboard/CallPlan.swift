package import Twilio

/// What was decided for one call before it was answered: who is tried in turn, in which language
/// the house itself speaks, and where the call may be sent.
package struct CallPlan: Sendable, Equatable {
    /// The number whose entry matched; nil when it is the entry for numbers not listed.
    package var number: PhoneNumber?
    /// Who is tried, in this order; never empty. An apology follows the last one in any case.
    package var rungs: [Rung]
    /// The language of announcements.
    package var language: Language
    /// Dynamic variables for the agent, by name.
    package var variables: [String: String]
    /// The only destinations a transfer may have, by the name that is asked for.
    package var transfers: [String: PhoneNumber]
    /// The human who takes emergencies.
    package var emergency: PhoneNumber?
    /// Calls to this number at the same time; nil is as many as the house takes.
    package var callsMax: Int?
    /// How agents behave that do not behave as most do, by key.
    package var manners: [String: AgentManner]

    /// A plan; without rungs there is only the apology.
    package init(
        number: PhoneNumber? = nil, rungs: [Rung] = [.agent("default"), .apology],
        language: Language = .english, variables: [String: String] = [:],
        transfers: [String: PhoneNumber] = [:], emergency: PhoneNumber? = nil,
        callsMax: Int? = nil, manners: [String: AgentManner] = [:]
    ) {
        self.number = number
        self.rungs = rungs.isEmpty ? [.apology] : rungs
        self.language = language
        self.variables = variables
        self.transfers = transfers
        self.emergency = emergency
        self.callsMax = callsMax
        self.manners = manners
    }

    /// How this agent behaves.
    package func manner(of agent: String) -> AgentManner { manners[agent] ?? AgentManner() }

    /// What is left for a caller for whom there is no place: the rungs that take none of ours;
    /// nil when there is none of them.
    package var whenFull: CallPlan? {
        var plan = self
        plan.rungs = rungs.filter { rung in
            switch rung {
            case .human, .handOff: true
            case .agent, .queue, .apology: false
            }
        }
        guard !plan.rungs.isEmpty else { return nil }
        plan.rungs.append(.apology)
        return plan
    }
}
