import Instruments
import Synchronization
package import Twilio

/// The table in force: asked for every call, replaced as a whole while calls go on.
///
/// From any thread. A call keeps the plan it began with, whatever is reloaded meanwhile.
package final class RoutingDesk: Sendable {
    private let path: String?
    private let settings: [String: String]
    private let zones: ZoneShelf
    private let table: Mutex<RoutingTable>

    /// Reads the table, or makes do without a file; `settings` are the agents that the settings
    /// name, the vendor's names for them by key. Blocks while files are read.
    package init(
        file path: String?, settings: [String: String], zones: ZoneShelf = ZoneShelf()
    ) throws(RoutingFaults) {
        self.path = path
        self.settings = settings
        self.zones = zones
        table = Mutex(try Self.read(path, settings, zones))
    }

    /// A desk with a table that was made otherwise; it has nothing to reload.
    package init(table: RoutingTable, settings: [String: String] = [:]) {
        path = nil
        self.settings = settings
        zones = ZoneShelf()
        self.table = Mutex(table)
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

    /// The keys of all agents there are.
    package var agentKeys: Set<String> { Set(settings.keys).union(current.agents.keys) }

    /// Reads the file again and answers what changed; with any fault the old table stays.
    /// Without a file nothing changes. Blocks while files are read.
    package func reload() throws(RoutingFaults) -> RoutingChange {
        guard path != nil else { return RoutingChange(from: current, to: current) }
        let new = try Self.read(path, settings, zones)
        return table.withLock { table in
            defer { table = new }
            return RoutingChange(from: table, to: new)
        }
    }

    private static func read(
        _ path: String?, _ settings: [String: String], _ zones: ZoneShelf
    ) throws(RoutingFaults) -> RoutingTable {
        guard let path else { return RoutingTable() }
        return try RoutingFile.read(path, agents: Set(settings.keys), zone: zones.zone)
    }
}
