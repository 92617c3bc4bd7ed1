import Switchboard

/// The vendor's names for our agents, asked anew for every call: a table may be reloaded.
struct AgentNames: Sendable {
    private let find: @Sendable (String) -> String?

    /// Those of the settings and of the table in force.
    init(of desk: RoutingDesk) { find = { desk.agentID($0) } }

    /// One agent, whoever is asked for.
    init(always name: String) { find = { _ in name } }

    /// The vendor's name of the agent with that key; nil when there is none.
    subscript(key: String) -> String? { find(key) }
}
