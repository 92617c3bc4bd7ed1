import Switchboard
import TestDice
import Testing
import Twilio

/// What a routing file may say, and how its faults are told.
struct RoutingFileTests {
    private static func table(_ text: String, agents: Set<String> = ["default"]) throws
        -> RoutingTable
    {
        try RoutingFile.read(Array(text.utf8), agents: agents, zone: ZoneShelf().zone)
    }

    private static func faults(_ text: String, agents: Set<String> = ["default"]) -> [String] {
        do {
            _ = try table(text, agents: agents)
            return []
        } catch {
            return (error as? RoutingFaults)?.all.map(\.description) ?? ["\(error)"]
        }
    }

    @Test func `an empty table is the settings' own`() throws {
        #expect(try Self.table("{}") == RoutingTable())
        #expect(try Self.table(" // nothing\n{/* */}\n") == RoutingTable())
    }

    @Test func `comments and spare commas change nothing`() throws {
        let plain = #"{"numbers":{"+15550100":{"agent":"default","calls_max":3}}}"#
        let written = """
            \u{FEFF}// first
            {"numbers": /* { */ {
                "+15550100": {"agent": "default", "calls_max": 3 /* **/ , },
            },} // last
            """
        #expect(try Self.table(written) == Self.table(plain))
    }

    @Test func `what looks like a comment inside a string is none`() throws {
        let text = #"{"default": {"variables": {"a": "// \" /* ,} */ ,]"}}}"#
        #expect(try Self.table(text).standard.variables == ["a": "// \" /* ,} */ ,]"])
    }

    @Test(arguments: [
        ("", "1:1: expected a value"),
        ("[", "1:2: expected a value or ]"),
        ("{\n  \"agents\" {}", "2:12: expected : after the name"),
        ("{\"a\": 1 \"b\"", "1:9: expected , or }"),
        ("{,}", "1:2: expected a name in double quotes or }"),
        ("{\"a\": ,}", "1:7: expected a value"),
        ("{\"a\": [1,,2]}", "1:10: expected a value or ]"),
        ("{\"a\": 1]", "1:8: expected , or }"),
        ("{} x", "1:4: expected the end of the file"),
        ("{\"a\n\": 1}", "1:2: the string is not closed on its line"),
        ("{} /* x", "1:4: the comment is not closed"),
        ("{ / }", "1:3: expected a name in double quotes or }"),
        ("{\n\t\"ä\": 01}", "2:7: expected a string, a number, true, false or null"),
        ("{\"a\": \"\\x\"}", "1:7: expected a string, a number, true, false or null"),
    ])
    func `a slip is told where it is`(text: String, fault: String) {
        #expect(Self.faults(text) == [fault])
    }

    /// As a program writes it. Counted anew for each value, its columns would take a quarter of an hour.
    @Test func `a long line is counted once`() {
        let agents = (0..<20_000).map { #""a\#($0)":{"id":"x"},"# }.joined()
        let text = #"{"agents":{\#(agents)"b":7}}"#
        let column = text.utf8.count - 2
        #expect(Self.faults(text) == ["1:\(column): is 7; expected an object, {…}"])
    }

    @Test(arguments: [
        ("[]", "1:1: is a list; expected an object, {…}"),
        (#"{"number": {}}"#, #"1:2: "number" is not known here; did you mean "numbers"?"#),
        (
            #"{"zzzzzz": {}}"#,
            #"1:2: "zzzzzz" is not known here; expected one of "agents", "default", "hours", "#
                + #""numbers""#
        ),
        (
            #"{"default": {"agent": "defualt"}}"#,
            #"1:23: "defualt" is no agent; did you mean "default"?"#
        ),
        (#"{"default": {"agent": 7}}"#, "1:23: is 7; expected the key of an agent"),
        (
            #"{"numbers": {"5550100": {}}}"#,
            #"1:14: is no telephone number; expected a number as "+15550100": + and 2 to 15 digits"#
        ),
        (
            #"{"numbers": {"+15550100": {}, "+15550100": {}}}"#,
            "1:31: number +1***00 is already set in line 1"
        ),
        (#"{"default": {"ladder": []}}"#, "1:24: is an empty ladder; expected at least one rung"),
        (#"{"default": {"ladder": ["queu"]}}"#, #"1:25: "queu" is no rung; did you mean "queue"?"#),
        (
            #"{"default": {"agent": "default", "ladder": [{"agent": "default"}]}}"#,
            "1:45: is on this ladder already"
        ),
        (
            #"{"default": {"ladder": ["apology", "queue"]}}"#,
            "1:36: is never reached: the apology ends the call"
        ),
        (
            #"{"default": {"calls_max": 0}}"#,
            "1:27: is 0; expected a whole number from 1 to 10000"
        ),
        (#"{"default": {"queue": "yes"}}"#, "1:23: is a string; expected true or false"),
        (
            #"{"agents": {"a": {"id": "x", "waits_for_caller": 1}}}"#,
            "1:50: is 1; expected true or false"
        ),
        (
            #"{"agents": {"a": {"id": "x", "waits_for_callers": true}}}"#,
            "1:30: \"waits_for_callers\" is not known here; did you mean \"waits_for_caller\"?"
        ),
        (
            #"{"default": {"language": "fr"}}"#,
            #"1:26: "fr" is no language of the announcements; expected one of "de", "en""#
        ),
        (
            #"{"default": {"hours": "day"}}"#,
            #"1:23: "day" names no hours; there are none"#
        ),
        (
            #"{"default": {"ladder_closed": ["queue"]}}"#,
            #"1:31: has no effect without "hours""#
        ),
        (
            #"{"default": {"variables": {"system__time": "now"}}}"#,
            "1:28: is no name of a variable; expected letters, digits and _, not beginning with "
                + #"a digit or with "system__""#
        ),
        (
            #"{"default": {"variables": {"a": [1]}}}"#,
            "1:33: is a list; expected a string, a number or true"
        ),
        (#"{"agents": {"clara": {}}}"#, #"1:22: has no "id""#),
        (
            #"{"agents": {"default": {"id": "agent_test01"}}}"#,
            #"1:31: the settings already name this agent; leave "id" out here, or the setting there"#
        ),
        (
            #"{"agents": {"clara": {"id": "agent test"}}}"#,
            #"1:29: is no id of an agent; expected one as "agent_test01""#
        ),
    ])
    func `a fault says what is expected`(text: String, fault: String) {
        let faults = Self.faults(text).filter { !$0.contains("needs \"ladder_closed\"") }
        #expect(faults == [fault])
    }

    @Test(arguments: [
        (#""weekly": {}"#, #"has no "time_zone""#),
        (#""time_zone": "Europe/Berlin""#, #"has no "weekly""#),
        (#""time_zone": "Europe/Bern", "weekly": {}"#, #""Europe/Bern" is no time zone"#),
        (#""time_zone": "UTC", "weekly": {"munday": []}"#, #"did you mean "monday"?"#),
        (#""time_zone": "UTC", "weekly": {"monday": [], "sunday-tuesday": []}"#, "already set"),
        (#""time_zone": "UTC", "weekly": {"monday": "08:00-09:00"}"#, "expected a list"),
        (#""time_zone": "UTC", "weekly": {"monday": ["8-9"]}"#, #""8-9" is no time"#),
        (#""time_zone": "UTC", "weekly": {"monday": ["08:00-08:00"]}"#, "is no time"),
        (#""time_zone": "UTC", "weekly": {"monday": ["08:00-24:01"]}"#, "is no time"),
        (#""time_zone": "UTC", "weekly": {}, "holidays": ["2026-02-29"]"#, "is no date"),
        (#""time_zone": "UTC", "weekly": {}, "holidays": ["12-25", "12-25"]"#, "already"),
        (#""time_zone": "UTC", "weekly": {}, "exceptions": {"12-25": []}"#, "is no date"),
    ])
    func `hours that cannot be told are a fault`(body: String, fault: String) {
        let faults = Self.faults("{\"hours\": {\"a\": {\(body)}}}")
        #expect(faults.count == 1 && faults[0].contains(fault), "\(faults)")
    }

    @Test func `one run tells every fault, in the order of the file`() {
        let text = """
            {"default": {"calls_max": true},
             "numbers": {"x": {}},
             "agents": {"clara": {"id": ""}}}
            """
        let lines = Self.faults(text).map { $0.prefix(2) }
        #expect(lines == ["1:", "2:", "3:"])
    }

    @Test func `of very many faults the first are told`() {
        let members = (0..<200).map { "\"x\($0)\": {}" }.joined(separator: ",\n")
        let faults = Self.faults("{\"numbers\": {\n\(members)\n}}")
        #expect(faults.count == RoutingFile.faultsMax)
        #expect(faults.first?.hasPrefix("2:1: ") == true)
    }

    @Test func `weeks go round and nights go on`() throws {
        let text = """
            {"hours": {"a": {"time_zone": "UTC", "weekly": {"saturday-monday": ["22:00-06:00"]}}},
             "default": {"hours": "a", "ladder_closed": ["queue"]}}
            """
        let hours = try #require(try Self.table(text).standard.hours)
        #expect(hours.weekly.map(\.count) == [1, 1, 0, 0, 0, 0, 1])
        #expect(hours.weekly[0] == [OpeningHours.Span(start: 79_200, end: 108_000)])
    }

    @Test func `damaged files have faults in lines that exist, or a table`() throws {
        let good =
            #"{"agents":{"b":{"id":"x"}},"numbers":{"+15550100":{"ladder":[{"agent":"b"}]}}}"#
        for seed in 0..<2_000 as Range<UInt64> {
            var dice = Dice(seed: seed)
            let bytes = dice.damaged(Array(good.utf8))
            do {
                _ = try RoutingFile.read(bytes, agents: [], zone: { _ in nil })
            } catch {
                let lines = bytes.count { $0 == 0x0A } + 1
                #expect(error.all.allSatisfy { (1...lines).contains($0.place.line) }, "\(seed)")
                #expect(!error.all.isEmpty)
            }
        }
    }
}
