import Audio
import Testing
import Wire

@testable import Simulators

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

    @Test func `after an interruption no audio of the old turn comes, unless it is to stray`()
        throws
    {
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

    @Test func `a conversation begins without a setup when audio comes first or time is up`() throws
    {
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

    @Test func `an interruption does not call a tool back`() throws {
        var talk = try Dialogue(
            """
            greeting
              say "Let me look for a free place in the book."
              client-tool look {}
              say "Tuesday."
            """)
        try talk.open()
        talk.speak(.milliseconds(1200), loud: false)
        talk.speak(.milliseconds(400))
        #expect(
            talk.words.filter { $0 == "call look" || $0 == "interruption" }
                == ["call look", "interruption"])
        let callID = try #require(talk.toolCall?.id)
        talk.say(.message(.toolResult(callID: callID, result: "nine", isError: false)))
        #expect(talk.agent.diary.findings == [])
        #expect(talk.words.last == "agent: Tuesday.")
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
            """
            greeting
              webhook-tool look POST /api/{{kind}} {"id":"{{system__conversation_id}}"}
            """
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
