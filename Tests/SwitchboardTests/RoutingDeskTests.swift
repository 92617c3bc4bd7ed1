import Foundation
import Switchboard
import Testing
import Twilio

/// The table in force, and another in its place.
struct RoutingDeskTests {
    private static let called = PhoneNumber("+493023125010")
    private static let caller = PhoneNumber("+15550100")

    /// A file that is gone when the test is.
    private final class Paper: Sendable {
        let path = NSTemporaryDirectory() + "routing-\(UUID().uuidString).json"

        func write(_ text: String) throws {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }
    }

    @Test func `without a file the agent of the settings answers, then the apology`() throws {
        let desk = try RoutingDesk(file: nil, settings: ["default": "agent_test01"])
        let plan = desk.plan(for: Self.called, from: Self.caller, wallClock: .zero)
        #expect(plan == CallPlan(rungs: [.agent("default"), .apology], language: .german))
        #expect(desk.agentID("default") == "agent_test01")
        #expect(desk.agentID("clara") == nil)
        #expect(try desk.reload(nil).isEmpty)
    }

    @Test func `a reload tells what changed, and a call keeps its plan`() throws {
        let paper = Paper()
        try paper.write(
            """
            {"agents": {"clara": {"id": "agent_test02"}, "old": {"id": "agent_test03"}},
             "numbers": {"+493023125010": {"agent": "clara"}, "+15550101": {"agent": "old"}}}
            """)
        let desk = try RoutingDesk(file: paper.path, settings: ["default": "agent_test01"])
        let before = desk.plan(for: Self.called, from: Self.caller, wallClock: .zero)
        try paper.write(
            """
            {"agents": {"clara": {"id": "agent_test09"}, "new": {"id": "agent_test04"}},
             "numbers": {"+493023125010": {"agent": "new"}, "+15550102": {"agent": "clara"}},
             "default": {"queue": true}}
            """)
        let change = try desk.reload(paper.path)
        #expect(change.agents.added == ["new"])
        #expect(change.agents.removed == ["old"])
        #expect(change.agents.changed == ["clara"])
        #expect(change.numbers.added == [PhoneNumber("+15550102")])
        #expect(change.numbers.removed == [PhoneNumber("+15550101")])
        #expect(change.numbers.changed == [Self.called])
        #expect(change.isStandardChanged)
        #expect(before.rungs == [.agent("clara"), .apology])
        let after = desk.plan(for: Self.called, from: Self.caller, wallClock: .zero)
        #expect(after.rungs == [.agent("new"), .apology])
        #expect(desk.agentID("clara") == "agent_test09")
        #expect(try desk.reload(paper.path).isEmpty)
    }

    @Test func `a faulty file leaves the old table in force`() throws {
        let paper = Paper()
        try paper.write(#"{"default": {"queue": true}}"#)
        let desk = try RoutingDesk(file: paper.path, settings: ["default": "agent_test01"])
        let before = desk.current
        try paper.write(#"{"default": {"queue": 1}}"#)
        #expect(throws: RoutingFaults.self) { try desk.reload(paper.path) }
        #expect(desk.current == before)
        try FileManager.default.removeItem(atPath: paper.path)
        #expect(throws: RoutingFaults.self) { try desk.reload(paper.path) }
        #expect(desk.current == before)
    }

    @Test func `a file that is not there is a fault at the start`() {
        #expect(throws: RoutingFaults.self) {
            try RoutingDesk(file: "/nowhere/routing.json", settings: [:])
        }
    }

    @Test func `variables of a number count before those of its agents, the first agent's first`() {
        var table = RoutingTable()
        table.agents["a"] = Self.agent(["x": "a", "y": "a"])
        table.agents["b"] = Self.agent(["y": "b", "z": "b"])
        table.standard.ladder = [.agent("a"), .agent("b"), .apology]
        table.standard.variables = ["x": "number"]
        let plan = table.plan(for: Self.called, from: Self.caller, wallClock: .zero)
        #expect(plan.variables == ["x": "number", "y": "a", "z": "b"])
    }

    @Test func `nobody is asked to take a call from their own telephone`() {
        var table = RoutingTable()
        table.standard.ladder = [.human(Self.caller), .queue, .apology]
        let own = table.plan(for: Self.called, from: Self.caller, wallClock: .zero)
        #expect(own.rungs == [.queue, .apology])
        let other = table.plan(for: Self.called, from: Self.called, wallClock: .zero)
        #expect(other.rungs == [.human(Self.caller), .queue, .apology])
    }

    @Test func `a change is told in numbers of numbers`() throws {
        let paper = Paper()
        try paper.write("{}")
        let desk = try RoutingDesk(file: paper.path, settings: ["default": "agent_test01"])
        try paper.write(#"{"numbers": {"+493023125010": {"queue": true}}}"#)
        let text = try desk.reload(paper.path).text
        #expect(
            text == "numbers 1 added, 0 removed, 0 changed; agents 0 added, 0 removed, 0 changed; "
                + "numbers not listed as before")
        #expect(try desk.reload(paper.path).text == "nothing changed")
    }

    private static func agent(_ variables: [String: String]) -> RoutingAgent {
        var agent = RoutingAgent()
        agent.variables = variables
        return agent
    }
}

extension RoutingDesk {
    /// Reads the file again as a reload does; with any fault the old table stays.
    fileprivate func reload(_ path: String?) throws(RoutingFaults) -> RoutingChange {
        let step = try prepare(file: path)
        apply(step)
        return step.change
    }
}
