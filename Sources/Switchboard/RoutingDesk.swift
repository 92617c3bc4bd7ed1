import Synchronization
package import Twilio

/// The table in force: asked for every call, replaced as a whole while calls go on.
///
/// From any thread. A call keeps the plan it began with, whatever is reloaded meanwhile.
package final class RoutingDesk: Sendable {
    /// Another table, read and checked, that waits to be put in force.
    package struct Step: Sendable {
        /// What will be different.
        package let change: RoutingChange
        fileprivate let table: RoutingTable
    }

    private let settings: [String: String]
    private let zones: ZoneShelf
    private let table: Mutex<RoutingTable>

    /// Reads the table, or makes do without a file; `settings` are the agents that the settings
    /// name, the vendor's names for them by key. Blocks while files are read.
    package init(
        file path: String?, settings: [String: String], zones: ZoneShelf = ZoneShelf()
    ) throws(RoutingFaults) {
        self.settings = settings
        self.zones = zones
        table = Mutex(try Self.read(path, settings, zones))
    }

    /// What is decided for a call to `called` that begins at that wall clock.
    package func plan(
        for called: PhoneNumber, from caller: PhoneNumber, wallClock: Duration
    ) -> CallPlan {
        // Out of the lock as a copy: hours are worked out without keeping others waiting.
        current.plan(for: called, from: caller, wallClock: wallClock)
    }

    /// The table in force.
    package var current: RoutingTable { table.withLock { $0 } }

    /// What the table says of an agent; nothing special when it is one of the settings alone.
    package func agent(_ key: String) -> RoutingAgent {
        table.withLock { $0.agents[key] } ?? RoutingAgent()
    }

    /// The vendor's name for an agent; nil when there is none of that key.
    package func agentID(_ key: String) -> String? { agent(key).id ?? settings[key] }

    /// All agents there are: the vendor's names for them, by key.
    package var agentIDs: [String: String] {
        var all = settings
        for (key, agent) in current.agents { all[key] = agent.id ?? all[key] }
        return all
    }

    /// The keys of all agents there are.
    package var agentKeys: Set<String> { Set(settings.keys).union(current.agents.keys) }

    /// Reads what may be put in force and changes nothing yet. Blocks while files are read.
    package func prepare(file path: String?) throws(RoutingFaults) -> Step {
        let table = try Self.read(path, settings, zones)
        return Step(change: RoutingChange(from: current, to: table), table: table)
    }

    /// Puts a table in force for every call that begins from now on.
    package func apply(_ step: Step) {
        table.withLock { $0 = step.table }
    }

    private static func read(
        _ path: String?, _ settings: [String: String], _ zones: ZoneShelf
    ) throws(RoutingFaults) -> RoutingTable {
        guard let path else { return RoutingTable() }
        return try RoutingFile.read(path, agents: Set(settings.keys), zone: zones.zone)
    }
}
