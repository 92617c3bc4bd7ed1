import Instruments
import Switchboard
import Testing
import Twilio

/// config/routing.json is the reference; here it is held against the code.
struct RoutingReferenceTests {
    private static func bytes() throws -> [UInt8] {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        return try SmallFile.read("/\(root)/config/routing.json", bytesMax: RoutingFile.bytesMax)
    }

    private static func table() throws -> RoutingTable {
        let zones = ZoneShelf()
        return try RoutingFile.read(try bytes(), agents: [], zone: zones.zone)
    }

    private static let practice = PhoneNumber("+493023125000")
    private static let caller = PhoneNumber("+15550100")

    private static func moment(_ date: String, _ hour: Int) throws -> Duration {
        .seconds(try #require(CivilDate(date)).days * 86_400 + hour * 3_600)
    }

    @Test func `it is read without a fault`() throws {
        let table = try Self.table()
        #expect(table.agents.keys.sorted() == ["bruno", "clara", "night"])
        #expect(table.agents["clara"]?.manner == AgentManner(mayOverrideFirstMessage: true))
        #expect(table.agents["bruno"]?.manner == AgentManner())
        #expect(table.numbers.count == 2)
    }

    @Test func `within its hours the practice has its whole ladder`() throws {
        let plan = try Self.table().plan(
            for: Self.practice, from: Self.caller, wallClock: Self.moment("2026-11-23", 8))
        #expect(plan.number == Self.practice)
        #expect(
            plan.rungs == [
                .agent("clara"), .agent("bruno"), .handOff("clara"),
                .human(PhoneNumber("+493023125099")), .queue, .apology,
            ])
        #expect(plan.language == .german)
        #expect(
            plan.variables == [
                "department": "Empfang", "practice": "Praxis am Markt", "waiting_room_seats": "8",
            ])
        #expect(plan.transfers["reception"] == PhoneNumber("+493023125001"))
        #expect(plan.emergency == PhoneNumber("+493023125112"))
        #expect(plan.callsMax == 20)
    }

    @Test(arguments: [("2026-11-22", 8), ("2026-11-23", 18), ("2026-12-25", 8), ("2026-04-06", 8)])
    func `on a Sunday, at night and on holidays another agent answers`(
        date: String, hour: Int
    ) throws {
        let plan = try Self.table().plan(
            for: Self.practice, from: Self.caller, wallClock: Self.moment(date, hour))
        #expect(plan.rungs == [.agent("night"), .apology])
    }

    @Test func `a number that is not listed is for clara`() throws {
        let plan = try Self.table().plan(
            for: PhoneNumber("+15550199"), from: Self.caller, wallClock: .zero)
        #expect(plan.number == nil)
        #expect(plan.rungs == [.agent("clara"), .apology])
        #expect(plan.language == .german)
    }

    /// Whatever may be written is written there: nobody has to look into the program for a name.
    @Test func `it names everything that may be written`() throws {
        let text = String(decoding: try Self.bytes(), as: UTF8.self)
        let known = [
            "agents", "hours", "numbers", "default", "id", "language", "waits_for_caller",
            "first_message_override", "variables", "time_zone", "weekly", "holidays", "exceptions",
            "agent", "ladder",
            "ladder_closed", "calls_max", "transfers", "emergency", "queue", "hand_off", "human",
        ]
        #expect(known.sorted() == RoutingFile.names.sorted())
        for name in known { #expect(text.contains("\"\(name)\":"), "\(name)") }
    }
}
