import Instruments
import Testing
import Wire

@testable import Daemon
@testable import Simulators

/// Which agent is dialled for which number, while the daemon runs.
@Suite(.serialized) struct RoutingTests {
    private static let two = """
        {"agents": {"clara": {"id": "agent_test_clara"}, "bruno": {"id": "agent_test_bruno"}},
         "numbers": {"+15550101": {"agent": "clara"}, "+15550102": {"agent": "bruno"}}}
        """

    private static func open(
        _ routing: String, _ live: (LiveHouse, SettingsDirectory) async throws -> Void
    ) async throws {
        let folder = try SettingsDirectory(["routing.json": routing])
        try await LiveHouse.open {
            $0.settings.telephone.routingFile = folder.path + "/routing.json"
        } _: { house in
            try await live(house, folder)
        }
    }

    /// One short call to that number.
    private static func ring(
        _ house: LiveHouse, _ number: String, seed: UInt64
    ) async throws -> String {
        var order = try house.order(
            seed, .speaking(.milliseconds(600), hangUp: .after(.seconds(1))))
        order.to = number
        order.mayBeSilent = true
        _ = try await house.phones.ring(order)
        _ = try await house.ending(of: order.callSID)
        return house.directory.targets.last ?? ""
    }

    /// Reads what the house was started with again.
    private static func reload(_ house: LiveHouse) -> ReloadOutcome {
        let report = ConfigurationReport(
            draft: house.configuration, sources: [:], faults: [], notes: [])
        return Reloader(
            house.configuration, parts: house.daemon.reloadable, board: MetricBoard(),
            read: { report }
        ).reload()
    }

    @Test func `each number has its agent, all others the one of the settings`() async throws {
        try await Self.open(Self.two) { house, _ in
            let clara = try await Self.ring(house, "+15550101", seed: 1)
            #expect(clara.contains("agent_id=agent_test_clara"))
            let bruno = try await Self.ring(house, "+15550102", seed: 2)
            #expect(bruno.contains("agent_id=agent_test_bruno"))
            let other = try await Self.ring(house, "+15550103", seed: 3)
            #expect(other.hasSuffix("agent_id=agent_test"))
        }
    }

    @Test func `another table is in force for the next call, a faulty one never`() async throws {
        try await Self.open(Self.two) { house, folder in
            folder.put("routing.json", "{")
            #expect(
                Self.reload(house)
                    == .refused([
                        "\(folder.path)/routing.json:1:2: expected a name in double quotes or }"
                    ]))
            #expect(house.line("routing.refused") != nil)
            let before = try await Self.ring(house, "+15550101", seed: 1)
            #expect(before.contains("agent_id=agent_test_clara"))
            folder.put("routing.json", Self.two.replacing("\"clara\"}", with: "\"bruno\"}"))
            #expect(Self.reload(house).summary.contains("1 changed"))
            #expect(house.line("routing.reloaded")?.field("DETAIL")?.contains("1 changed") == true)
            let after = try await Self.ring(house, "+15550101", seed: 2)
            #expect(after.contains("agent_id=agent_test_bruno"))
        }
    }

    @Test func `after a quota error the next caller does not wait for that agent`() async throws {
        try await Self.open(Self.two) { house, _ in
            house.directory.answer(.detail(401, "quota_exceeded", "no"))
            _ = try await Self.ring(house, "+15550101", seed: 1)
            #expect(house.line("breaker.opened")?.field("AGENT") == "clara")
            try await house.until(
                #"callbridge_breaker_open{agent="clara",way="conversation"}"#, is: 1)
            let asked = house.directory.count
            _ = try await Self.ring(house, "+15550101", seed: 2)
            #expect(house.directory.count == asked)
            _ = try await Self.ring(house, "+15550102", seed: 3)
            #expect(house.directory.count > asked)
        }
    }
}
