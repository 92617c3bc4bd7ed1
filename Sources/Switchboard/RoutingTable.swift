package import Twilio

/// An agent as the table knows it.
package struct RoutingAgent: Sendable, Equatable {
    /// The vendor's name for it; nil when the settings have it.
    package var id: String?
    /// The language it speaks; what the house says to its callers is in that language too.
    package var language: Language?
    /// How it begins a conversation.
    package var manner = AgentManner()
    /// Dynamic variables it is always given.
    package var variables: [String: String] = [:]

    package init() {}
}

/// How calls to one number are answered, or to all numbers that are not listed.
package struct RoutingEntry: Sendable, Equatable {
    /// Who is tried, in this order; the apology at the end is written out.
    package var ladder: [Rung] = [.agent(RoutingTable.standardAgent), .apology]
    /// When it is open; nil always.
    package var hours: OpeningHours?
    /// Who is tried while it is not open.
    package var ladderClosed: [Rung] = [.apology]
    /// The language of announcements; nil is the first agent's, or the called number's country's.
    package var language: Language?
    /// Dynamic variables; they count before those of the agents.
    package var variables: [String: String] = [:]
    /// The only destinations of transfers, by name.
    package var transfers: [String: PhoneNumber] = [:]
    /// The human who takes emergencies.
    package var emergency: PhoneNumber?
    /// Calls at the same time; nil is as many as the house takes.
    package var callsMax: Int?

    package init() {}
}

/// Which number is answered how: what a routing file says, checked.
package struct RoutingTable: Sendable, Equatable {
    /// The agent that the settings name first.
    package static let standardAgent = "default"

    /// The agents, by key.
    package var agents: [String: RoutingAgent] = [:]
    /// The numbers that are listed.
    package var numbers: [PhoneNumber: RoutingEntry] = [:]
    /// All others.
    package var standard = RoutingEntry()

    /// The table of a house without a routing file.
    package init() {}

    /// What is decided for a call that begins at that wall clock.
    package func plan(
        for called: PhoneNumber, from caller: PhoneNumber, wallClock: Duration
    ) -> CallPlan {
        let listed = numbers[called]
        let entry = listed ?? standard
        let isOpen = entry.hours?.isOpen(at: wallClock) ?? true
        // Whoever rings from the number of a rung is not at home to answer it.
        let rungs = (isOpen ? entry.ladder : entry.ladderClosed).filter { $0 != .human(caller) }
        let keys = Set(rungs.compactMap(\.agent))
        let known = rungs.compactMap(\.agent).compactMap { agents[$0] }
        return CallPlan(
            number: listed == nil ? nil : called, rungs: rungs,
            language: entry.language ?? known.first?.language ?? Language(spokenAt: called),
            variables: known.reduce(into: entry.variables) { all, agent in
                all.merge(agent.variables) { earlier, _ in earlier }
            },
            transfers: entry.transfers, emergency: entry.emergency, callsMax: entry.callsMax,
            manners: agents.filter { keys.contains($0.key) }.mapValues(\.manner)
                .filter { $0.value != AgentManner() })
    }
}

extension RoutingTable {
    /// What that agent is told by any number's entry: whoever tries it beside all calls tells it
    /// something under every name that it may know. Of numbers the first, so that it is always
    /// the same.
    package func variables(ofAgent key: String) -> [String: String] {
        let listed = numbers.sorted { $0.key.raw < $1.key.raw }.map(\.value) + [standard]
        let entries = listed.filter { entry in
            (entry.ladder + entry.ladderClosed).contains { $0.agent == key }
        }
        return entries.reduce(into: agents[key]?.variables ?? [:]) { all, entry in
            all.merge(entry.variables) { earlier, _ in earlier }
        }
    }
}

extension Rung {
    /// The key of the agent that this rung asks for.
    package var agent: String? {
        switch self {
        case .agent(let key), .handOff(let key): key
        case .human, .queue, .apology: nil
        }
    }
}
