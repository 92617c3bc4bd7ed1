import Testing
import Wire

@testable import Simulators

struct ScriptedFaultTests {
    @Test(arguments: [
        ("quota", ["flat error", "close 1002"]),
        ("misconfigured", ["error 1002 custom_llm_error", "close 1002"]),
        ("forbidden", ["error 1008 override_error", "close 1008"]),
        ("crash", ["error 1011 unknown_websocket_crash", "close 1011"]),
        ("model-timeout", ["client error llm_timeout", "close 1002"]),
        ("duration-limit", ["error 1000 max_duration_exceeded", "close 1000"]),
        ("cut", ["drop"]),
        ("half-open", ["freeze"]),
        ("stall", []),
        ("garbage", ["garbage"]),
        ("unknown-types", ["other", "other", "other"]),
        ("bad-base64", ["other"]),
    ])
    func `a fault strikes at its moment`(name: String, expected: [String]) throws {
        let fault = try PlannedFault(name + "@3s")
        var talk = try Dialogue("greeting") { $0.faults = [fault] }
        try talk.open()
        talk.pass(.milliseconds(2999))
        #expect(talk.words == ["metadata"])
        talk.pass(.milliseconds(1))
        #expect(talk.words == ["metadata"] + expected)
        let pings = talk.pings.count
        talk.pass(.seconds(10))
        let isAlive = ["garbage", "unknown-types", "bad-base64"].contains(name)
        #expect((talk.pings.count > pings) == isAlive)
    }

    @Test func `the start can be slow, queued, or in the wrong order`() throws {
        var slow = try Dialogue("greeting") { $0.faults = [PlannedFault(.slowStart(.seconds(4)))] }
        try slow.open()
        slow.pass(.milliseconds(3999))
        #expect(slow.actions.isEmpty)
        slow.pass(.milliseconds(1))
        #expect(slow.words == ["metadata"])
        var queued = try Dialogue(desk) { $0.faults = [PlannedFault(.queued(.seconds(3)))] }
        try queued.open()
        queued.pass(.seconds(4))
        #expect(queued.words.prefix(3) == ["metadata", "queue waiting", "queue admitted"])
        var refused = try Dialogue(desk) { $0.faults = [PlannedFault(.queueTimeout(.seconds(3)))] }
        try refused.open()
        refused.pass(.seconds(4))
        #expect(refused.words == ["metadata", "queue waiting", "queue timed_out", "close 1008"])
        var early = try Dialogue("greeting") { $0.faults = [PlannedFault(.audioFirst)] }
        try early.open()
        #expect(early.audio.first?.at == .zero && early.words == ["metadata"])
    }

    @Test func `huge audio is two mebibytes, and ids can be missing`() throws {
        var talk = try Dialogue(desk) {
            $0.faults = [PlannedFault(.hugeAudio), PlannedFault(.noEventIDs)]
        }
        try talk.open()
        var found: AgentLine?
        for case .send(let line) in talk.actions.map(\.action) {
            if case .audio = line, found == nil { found = line }
        }
        let message = try #require(found).bytes
        #expect(message.count > 2 * 1024 * 1024)
        #expect(try JSON(parsing: message)["audio_event"]?["event_id"] == nil)
    }

    @Test func `odd pieces split samples`() throws {
        var talk = try Dialogue(desk) { $0.faults = [PlannedFault(.oddPieces)] }
        try talk.open()
        talk.pass(.seconds(3))
        #expect(talk.audio.contains { $0.bytes % 2 == 1 })
        #expect(talk.audio.reduce(0) { $0 + $1.bytes } % 2 == 0)
    }

    @Test func `every name can be read and a wrong one lists them`() throws {
        for name in ScriptedFault.examples {
            #expect(throws: Never.self) { try PlannedFault(name) }
        }
        #expect(try PlannedFault("slow-start=4s").fault == .slowStart(.seconds(4)))
        #expect(try PlannedFault("refuse-upgrade=401").fault == .refuseUpgrade(status: 401))
        #expect(try PlannedFault("cut@1.5s").after == .milliseconds(1500))
        for name in ["", "quotas", "quota=1", "quota@x", "refuse-upgrade=200", "slow-start=x"] {
            #expect(throws: ScriptedFaultError.self) { try PlannedFault(name) }
        }
    }
}

extension ScriptedFault {
    static var examples: [String] {
        PlannedFault.names.map {
            $0.replacing("=STATUS", with: "=503").replacing("=TIME", with: "=2s")
        }
    }
}
