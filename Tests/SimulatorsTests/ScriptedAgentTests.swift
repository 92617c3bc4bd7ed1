import Audio
import Testing
import Wire

@testable import Simulators

/// Sixty milliseconds of silence for every letter: lengths that can be reckoned with.
struct PlainVoice: AgentVoice {
    func audio(of utterance: AgentScript.Utterance, in format: AudioFormat) -> [UInt8] {
        [UInt8](
            repeating: 0, count: format.bytes(lasting: .milliseconds(60 * utterance.text.count)))
    }
}

/// An agent, its clock, and everything it did.
struct Dialogue {
    var agent: ScriptedAgent
    var now: Duration = .zero
    private(set) var actions: [(at: Duration, action: ScriptedAgent.Action)] = []

    init(_ script: String, seed: UInt64 = 1, _ change: (inout AgentManners) -> Void = { _ in })
        throws
    {
        var manners = AgentManners()
        manners.scripts = [try AgentScriptReader.read(script)]
        manners.lead = .text
        change(&manners)
        agent = ScriptedAgent(
            conversationID: "conv_test", manners: manners, voice: PlainVoice(), seed: seed,
            at: .zero)
    }

    @discardableResult
    mutating func say(_ input: ScriptedAgent.Input) -> [ScriptedAgent.Action] {
        let new = agent.handle(input, at: now)
        actions += new.map { (now, $0) }
        return new
    }

    mutating func open(_ text: String = "{}") throws {
        var members = try #require(try JSON(parsing: text).members)
        members.append(.init("type", "conversation_initiation_client_data"))
        say(.message(try read(.object(members))))
    }

    func read(_ json: JSON) throws -> ClientMessage { try ClientMessage(json.bytes.span.bytes) }

    /// Lets time pass, alarm by alarm.
    mutating func pass(_ duration: Duration) {
        let end = now + duration
        while let next = agent.deadline, next <= end {
            precondition(next >= now || actions.count < 100_000)
            now = max(now, next)
            say(.timePassed)
        }
        now = end
    }

    /// Chunks of 20 ms, loud or quiet, in real time.
    mutating func speak(_ length: Duration, loud: Bool = true) {
        let samples: [Int16] = (0..<320).map { loud ? ($0 / 16 % 2 == 0 ? 5000 : -5000) : 0 }
        let bytes = samples.flatMap { sample -> [UInt8] in
            [UInt8(truncatingIfNeeded: sample), UInt8(truncatingIfNeeded: sample >> 8)]
        }
        for _ in 0..<(length.milliseconds / 20) {
            pass(.milliseconds(20))
            say(.message(.audio(bytes)))
        }
    }

    /// What was sent, pings and audio left out, a word each.
    var words: [String] {
        actions.compactMap { entry in
            switch entry.action {
            case .send(.ping), .send(.audio), .send(.responseComplete): nil
            case .send(.tentativeTranscript): nil
            case .send(.metadata): "metadata"
            case .send(.response(let text, _)): "agent: \(text)"
            case .send(.transcript(let text, _)): "user: \(text)"
            case .send(.interruption): "interruption"
            case .send(.correction(_, let text, _)): "corrected: \(text)"
            case .send(.clientToolCall(let name, _, _, _, _)): "call \(name)"
            case .send(.toolRequest): nil
            case .send(.toolResponse(let name, _, _, let isError, _)):
                "\(name) \(isError ? "failed" : "worked")"
            case .send(.error(let code, let type, _)): "error \(code) \(type)"
            case .send(.flatError): "flat error"
            case .send(.clientError(_, let name, _)): "client error \(name)"
            case .send(.queueStatus(let status)): "queue \(status)"
            case .send(.other): "other"
            case .sendText: "garbage"
            case .callTool(let call): "\(call.method) \(call.url)"
            case .close(let code, _): "close \(code)"
            case .drop: "drop"
            case .freeze: "freeze"
            }
        }
    }

    var audio: [(at: Duration, bytes: Int, id: Int64?)] {
        actions.compactMap { entry in
            guard case .send(.audio(let bytes, let id)) = entry.action else { return nil }
            return (entry.at, bytes.count, id)
        }
    }

    /// The newest call of a client tool.
    var toolCall: (id: String, parameters: JSON)? {
        for entry in actions.reversed() {
            if case .send(.clientToolCall(_, let id, let parameters, _, _)) = entry.action {
                return (id, parameters)
            }
        }
        return nil
    }

    var pings: [Int64] {
        actions.compactMap { entry in
            guard case .send(.ping(let id?, _)) = entry.action else { return nil }
            return id
        }
    }
}

private let desk = """
    greeting
      say "Good morning, this is the practice."
    turn "I need an appointment"
      client-tool find_slots timeout 3s {"day": "tuesday"}
      say "Tuesday at nine is free."
    turn "Thank you"
      say "Goodbye."
      end-call "done"
    """

struct ScriptedAgentTests {
    @Test func `a whole conversation, from the greeting to the agent's goodbye`() throws {
        var talk = try Dialogue(desk)
        try talk.open()
        talk.speak(.seconds(3), loud: false)
        talk.speak(.seconds(1))
        talk.speak(.seconds(2), loud: false)
        let callID = try #require(talk.toolCall?.id)
        #expect(talk.toolCall?.parameters["day"]?.text == "tuesday")
        talk.say(.message(.toolResult(callID: callID, result: "nine", isError: false)))
        talk.speak(.seconds(3), loud: false)
        talk.speak(.milliseconds(600))
        talk.speak(.seconds(3), loud: false)
        #expect(
            talk.words == [
                "metadata", "agent: Good morning, this is the practice.",
                "user: I need an appointment", "call find_slots", "find_slots worked",
                "agent: Tuesday at nine is free.", "user: Thank you", "agent: Goodbye.",
                "end_call worked", "close 1000",
            ])
        #expect(talk.agent.isOver && talk.agent.deadline == nil)
        #expect(talk.agent.diary.end?.reason == "end_call tool was called: done")
        #expect(talk.agent.diary.findings == [])
    }

    @Test func `audio comes in pieces, three to five times faster than it is spoken`() throws {
        var talk = try Dialogue("greeting\n say \"\(String(repeating: "word ", count: 60))\"")
        try talk.open()
        talk.pass(.seconds(10))
        let total = AudioFormat.wideband.duration(ofBytes: talk.audio.reduce(0) { $0 + $1.bytes })
        #expect(total == .milliseconds(60 * 300))
        #expect(talk.audio.count > 5 && Set(talk.audio.map(\.bytes)).count > 3)
        let last = try #require(talk.audio.last)
        let sent = total - AudioFormat.wideband.duration(ofBytes: last.bytes)
        let speed = sent.fractionalSeconds / last.at.fractionalSeconds
        #expect((3...5).contains(speed))
    }

    @Test func `speech over the agent interrupts it, once, and corrects what was heard`() throws {
        var talk = try Dialogue(desk)
        try talk.open()
        talk.speak(.milliseconds(600), loud: false)
        talk.speak(.milliseconds(280))
        #expect(!talk.words.contains("interruption"))
        talk.speak(.milliseconds(400))
        talk.speak(.seconds(1), loud: false)
        #expect(
            talk.words.prefix(5) == [
                "metadata", "agent: Good morning, this is the practice.", "interruption",
                "corrected: Good morning,", "user: I need an appointment",
            ])
        let entry = talk.agent.diary.entries[0]
        #expect(entry.isInterrupted && entry.message == "Good morning,")
    }

    @Test func `after an interruption no audio of the old turn comes, unless it is to stray`() throws {
        for strays in [false, true] {
            var talk = try Dialogue(desk) {
                $0.protectsGreeting = false
                if strays { $0.faults = [PlannedFault(.strayAudio)] }
            }
            try talk.open()
            talk.speak(.milliseconds(100), loud: false)
            talk.speak(.milliseconds(320))
            let cut = try #require(
                talk.actions.firstIndex { $0.action == .send(.interruption(id: 1)) })
            let after = talk.actions[cut...].filter {
                if case .send(.audio(_, 1)) = $0.action { true } else { false }
            }
            #expect(after.count == (strays ? 2 : 0))
        }
    }

    @Test func `a protected greeting is spoken to its end`() throws {
        var talk = try Dialogue(desk) { $0.protectsGreeting = true }
        try talk.open()
        talk.speak(.seconds(2))
        #expect(!talk.words.contains("interruption"))
    }

    @Test func `pings come every two seconds, the first without a round trip`() throws {
        var talk = try Dialogue("greeting")
        try talk.open()
        talk.pass(.seconds(2))
        #expect(talk.actions.last?.action == .send(.ping(id: 1, roundTrip: nil)))
        talk.now += .milliseconds(45)
        talk.say(.message(.pong(eventID: 1)))
        talk.pass(.milliseconds(1955))
        #expect(talk.actions.last?.action == .send(.ping(id: 2, roundTrip: .milliseconds(45))))
        talk.say(.message(.pong(eventID: 77)))
        #expect(talk.agent.diary.findings == ["a pong for id 77, which no ping had"])
    }

    @Test func `unanswered pings end the conversation when they are to`() throws {
        var talk = try Dialogue("greeting") { $0.unansweredPingsMax = 3 }
        try talk.open()
        talk.pass(.seconds(30))
        #expect(talk.pings == [1, 2, 3])
        #expect(talk.words == ["metadata", "error 1002 websocket_disconnect", "close 1002"])
    }

    @Test func `ids never go back`() throws {
        var talk = try Dialogue(desk, seed: 5)
        try talk.open()
        talk.speak(.seconds(1))
        talk.speak(.seconds(10), loud: false)
        let ids = talk.actions.compactMap { entry -> Int64? in
            switch entry.action {
            case .send(.audio(_, let id)), .send(.ping(let id, _)), .send(.transcript(_, let id)):
                id
            default: nil
            }
        }
        #expect(ids.count > 8)
        // Audio pieces keep their turn's id while pings take new ones.
        var newest: Int64 = 0
        for entry in talk.actions {
            if case .send(.response(_, let id?)) = entry.action {
                #expect(id > newest)
                newest = id
            }
        }
    }

    @Test func `a missing variable ends the conversation before it begins`() throws {
        var talk = try Dialogue("greeting\n say \"Hello {{caller_name}}, {{system__time}}\"")
        try talk.open()
        #expect(talk.words == ["error 1008 missing_dynamic_variable", "close 1008"])
        var named = try Dialogue("greeting\n say \"Hello {{caller_name}}\"")
        try named.open("{\"dynamic_variables\":{\"caller_name\":\"Ada\",\"visits\":3}}")
        #expect(named.words.contains("agent: Hello Ada"))
    }

    @Test func `a forbidden override is an error or has no effect`() throws {
        let setup = "{\"conversation_config_override\":{\"agent\":{\"first_message\":\"Hi\"}}}"
        var strict = try Dialogue(desk) { $0.permittedOverrides = ["agent.language"] }
        try strict.open(setup)
        #expect(strict.words == ["error 1008 override_error", "close 1008"])
        var mild = try Dialogue(desk) {
            $0.permittedOverrides = []
            $0.forbidden = .drop
        }
        try mild.open(setup)
        #expect(mild.words.last == "agent: Good morning, this is the practice.")
        var open = try Dialogue(desk)
        try open.open(setup)
        #expect(open.words.last == "agent: Hi")
    }

    @Test func `a conversation begins without a setup when audio comes first or time is up`() throws {
        var talk = try Dialogue(desk)
        talk.say(.message(.audio([0, 0])))
        #expect(talk.words.first == "metadata")
        var idle = try Dialogue(desk)
        idle.pass(.milliseconds(4999))
        #expect(idle.words == [])
        idle.pass(.milliseconds(1))
        #expect(idle.words.first == "metadata")
    }

    @Test func `an odd byte, a late setup and a missing caller are dealt with`() throws {
        var odd = try Dialogue("greeting")
        try odd.open()
        odd.say(.message(.audio([1, 2, 3])))
        #expect(odd.words.last == "close 1008")
        var late = try Dialogue("greeting")
        try late.open()
        try late.open()
        #expect(late.agent.diary.findings == ["the setup came late or twice and has no effect"])
        late.pass(.seconds(61))
        #expect(late.words.suffix(2) == ["error 1002 transport_receive_timeout", "close 1002"])
    }

    @Test func `a tool nobody answers times out and the script goes on`() throws {
        var talk = try Dialogue(desk)
        try talk.open()
        talk.speak(.seconds(3), loud: false)
        talk.speak(.seconds(1))
        talk.speak(.seconds(6), loud: false)
        #expect(talk.words.contains("find_slots failed"))
        #expect(talk.words.contains("agent: Tuesday at nine is free."))
    }

    @Test func `silence is spoken to, and a text message is a turn`() throws {
        var talk = try Dialogue(
            "greeting\nsilence 5s\n say \"Hello?\"\nwhen \"BYE\"\n end-call \"bye\"")
        try talk.open()
        talk.speak(.seconds(6), loud: false)
        #expect(talk.words == ["metadata", "agent: Hello?"])
        talk.say(.message(.text("ok, bye then")))
        talk.pass(.seconds(2))
        #expect(talk.words.suffix(2) == ["end_call worked", "close 1000"])
    }

    @Test func `a webhook tool is called with its variables filled in`() throws {
        var talk = try Dialogue(
            "greeting\n webhook-tool look POST /api/{{kind}} {\"id\":\"{{system__conversation_id}}\"}"
        )
        try talk.open("{\"dynamic_variables\":{\"kind\":\"patients\"}}")
        var found: ScriptedAgent.ToolCall?
        if case .callTool(let call) = talk.actions.last?.action { found = call }
        let call = try #require(found)
        #expect(call.url == "/api/patients" && call.parameters == "{\"id\":\"conv_test\"}")
        talk.say(.toolAnswered(callID: call.callID, status: 500, text: "broken"))
        #expect(talk.words.last == "look failed")
    }
}

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
        for name in ScriptedFault.examples { #expect(throws: Never.self) { try PlannedFault(name) } }
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
