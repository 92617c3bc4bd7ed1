import Calls
import Instruments
import Switchboard
import Testing
import Twilio
import Wire

@testable import Front

/// What operators do with calls.
@Suite struct CallRoutesTests {
    private static let sid = "CA00000000000000000000000000000001"

    @Test func `an emergency goes to its human, where there is one`() async throws {
        let nobody = try FrontHouse()
        _ = await nobody.post("/api/twilio/voice", FrontHouse.voice)
        #expect(await nobody.ask("/api/calls/\(Self.sid)/emergency", [:]).status == 409)
        let human = PhoneNumber("+15550100009")
        let house = try FrontHouse(plan: CallPlan(emergency: human))
        _ = await house.post("/api/twilio/voice", FrontHouse.voice)
        #expect(await house.ask("/api/calls/\(Self.sid)/emergency", [:]).status == 202)
        #expect(house.registry.active == 1)
    }

    @Test func `an emergency fetches a caller whom ElevenLabs has`() async throws {
        let plan = CallPlan(
            rungs: [.handOff("clara")], emergency: PhoneNumber("+15550100009"))
        let house = try FrontHouse(plan: plan)
        _ = await house.post("/api/twilio/voice", FrontHouse.voice)
        house.twilio.refuseUpdates(.unanswered("late"))
        let refused = await house.ask("/api/calls/\(Self.sid)/emergency", [:])
        #expect(refused.status == 502)
        #expect(refused.json?["detail"]?.text?.contains("ElevenLabs has the call") == true)
        #expect(house.sink.lines.count { $0.event == "call.fetch_failed" } == 1)
        house.twilio.refuseUpdates(nil)
        #expect(await house.ask("/api/calls/\(Self.sid)/emergency", [:]).status == 202)
        #expect(house.twilio.updates.map(\.text) == [Self.sid, Self.sid])
        let next = await house.post(
            "/api/twilio/after-stream", FrontHouse.voice.with("CallStatus", "in-progress"))
        #expect(next.text.contains("<Dial") && next.text.contains("+15550100009"))
    }

    @Test func `a caller whom ElevenLabs has cannot be fetched without an account`() async throws {
        let plan = CallPlan(
            rungs: [.handOff("clara")], emergency: PhoneNumber("+15550100009"))
        let house = try FrontHouse(plan: plan, hasAccount: false)
        _ = await house.post("/api/twilio/voice", FrontHouse.voice)
        let response = await house.ask("/api/calls/\(Self.sid)/emergency", [:])
        #expect(response.status == 503)
        #expect(response.json?["detail"]?.text?.contains("TWILIO_ACCOUNT_SID") == true)
    }

    @Test func `a call is ended once, however often it is asked`() async throws {
        let house = try FrontHouse()
        _ = await house.post("/api/twilio/voice", FrontHouse.voice)
        for _ in 0..<2 {
            let response = await house.ask("/api/calls/\(Self.sid)/end", [:])
            #expect(response.status == 200)
            let answer: JSON = [
                "success": true, "call_sid": .string(Self.sid), "reason": "operator_ended",
            ]
            #expect(response.json == answer)
        }
        #expect(house.registry.active == 0)
        let after = await house.post(
            "/api/twilio/after-stream", FrontHouse.voice.with("CallStatus", "in-progress"))
        #expect(after.text.contains("<Hangup/>") && !after.text.contains("<Say"))
    }

    @Test func `a caller who is with somebody else is hung up on through Twilio`() async throws {
        let human = CallPlan(rungs: [.human(PhoneNumber("+15550100009"))])
        let house = try FrontHouse(plan: human)
        _ = await house.post("/api/twilio/voice", FrontHouse.voice)
        #expect(await house.ask("/api/calls/\(Self.sid)/end", [:]).status == 200)
        #expect(house.twilio.updates.map(\.text) == [Self.sid])
    }

    @Test func `a call of ours that rings is ended through Twilio`() async throws {
        let house = try FrontHouse()
        _ = await house.ask(
            "/webhook/initiate-call", ["agent_id": "sales", "to": "+15550100010"])
        let sid = ScriptedTwilio.sid(1)
        let response = await house.ask("/api/calls/\(sid)/end", [:])
        #expect(response.status == 200)
        #expect(house.twilio.updates.map(\.text) == [sid])
        #expect(house.sink.reasons(of: "outbound.ended") == ["operator_ended"])
        #expect(await house.ask("/api/calls/\(sid)/end", [:]).status == 200)
        #expect(house.twilio.updates.count == 1)
    }

    @Test func `a hang-up that Twilio refused is said, and done when asked again`() async throws {
        let human = CallPlan(rungs: [.human(PhoneNumber("+15550100009"))])
        let house = try FrontHouse(plan: human)
        _ = await house.post("/api/twilio/voice", FrontHouse.voice)
        let refusals: [(TwilioFailure, Int)] = [
            (.unreachable("refused"), 502), (.unanswered("late"), 502),
            (ScriptedTwilio.refusal(429, 20429, "No."), 429),
            (ScriptedTwilio.refusal(401, 20003, "No."), 502),
        ]
        for (place, (failure, status)) in refusals.enumerated() {
            house.twilio.refuseUpdates(failure)
            let response = await house.ask("/api/calls/\(Self.sid)/end", [:])
            #expect(response.status == status)
            #expect(response.json?["detail"]?.text?.contains("Twilio did not hang up") == true)
            #expect((response.json?["twilio_code"] != nil) == (place > 1))
            #expect((response.fields["Retry-After"] != nil) == (status == 429))
            #expect(house.registry.active == 0)
        }
        #expect(house.sink.lines.count { $0.event == "call.hang_up_failed" } == 4)
        house.twilio.refuseUpdates(nil)
        for _ in 0..<2 {
            let response = await house.ask("/api/calls/\(Self.sid)/end", [:])
            #expect(response.status == 200 && response.json?["reason"] == "operator_ended")
        }
        #expect(house.twilio.updates.count == 5)
    }

    @Test func `without an account a caller without a stream cannot be hung up on`() async throws {
        let human = CallPlan(rungs: [.human(PhoneNumber("+15550100009"))])
        let house = try FrontHouse(plan: human, hasAccount: false)
        _ = await house.post("/api/twilio/voice", FrontHouse.voice)
        let response = await house.ask("/api/calls/\(Self.sid)/end", [:])
        #expect(response.status == 503)
        let detail = try #require(response.json?["detail"]?.text)
        #expect(detail.hasPrefix("the call is over here, and Twilio is told to hang up when it"))
        #expect(detail.contains("set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN"))
        #expect(house.registry.active == 0)
        let busy = FrontHouse.voice.with("CallStatus", "in-progress").with("DialCallStatus", "busy")
        let next = await house.post("/api/twilio/dial-status", busy)
        #expect(next.text.contains("<Hangup/>") && !next.text.contains("<Stream"))
    }

    @Test func `a caller who was handed over, or who waits, is hung up on too`() async throws {
        let handOff = try FrontHouse(plan: CallPlan(rungs: [.handOff("clara")]))
        _ = await handOff.post("/api/twilio/voice", FrontHouse.voice)
        #expect(await handOff.ask("/api/calls/\(Self.sid)/end", [:]).status == 200)
        #expect(handOff.twilio.updates.map(\.text) == [Self.sid])
        let full = try FrontHouse(
            callsMax: 0, plan: CallPlan(rungs: [.agent("default"), .queue, .apology]))
        _ = await full.post("/api/twilio/voice", FrontHouse.voice)
        let response = await full.ask("/api/calls/\(Self.sid)/end", [:])
        #expect(response.status == 200 && response.json?["reason"] == "operator_ended")
        #expect(full.twilio.updates.map(\.text) == [Self.sid])
        let again = await full.post("/api/twilio/voice?waited=1&since=1", FrontHouse.voice)
        #expect(again.text.contains("<Hangup") && !again.text.contains("<Redirect"))
    }

    @Test(arguments: ["end", "transfer", "say", "dtmf", "context"])
    func `a call nobody knows is 404, a name that is none 400`(_ action: String) async throws {
        let house = try FrontHouse()
        let body: JSON = ["to": "desk", "text": "a", "digits": "1"]
        #expect(await house.ask("/api/calls/\(Self.sid)/\(action)", body).status == 404)
        #expect(await house.ask("/api/calls/CA1/\(action)", body).status == 400)
        #expect(await house.ask("/api/calls/\(Self.sid)/\(action)", body, key: nil).status == 401)
    }

    @Test(
        arguments: [
            ("transfer", ["to": "desk"], Order.transfer(to: "desk", whisper: nil)),
            (
                "transfer", ["to": "+15550100020", "whisper": "Hello."],
                .transfer(to: "+15550100020", whisper: "Hello.")
            ),
            ("say", ["text": "Guten Tag\n"], .say("Guten Tag\n")),
            ("dtmf", ["digits": "1w2W#*"], .digits("1w2W#*")),
            ("context", ["text": "a"], .context("a")),
        ] as [(String, JSON, Order)])
    func `an order is read`(_ action: String, _ body: JSON, _ order: Order) throws {
        #expect(try Order(action, JSONBody(parsing: body.bytes)) == order)
    }

    @Test(
        arguments: [
            ("transfer", [:], "to is missing"),
            ("say", ["text": 1], "text is not a string"),
            ("say", ["text": ""], "text is empty"),
            ("say", ["text": "a\u{7}"], "text has control characters"),
            ("dtmf", ["digits": "12a"], "digits has others than 0-9, *, #, w and W"),
            ("dtmf", ["digits": "000000000000000000000000000000000"], "digits has more than 32"),
            ("context", ["text": nil], "text is missing"),
        ] as [(String, JSON, String)])
    func `an order that cannot be used is named`(
        _ action: String, _ body: JSON, _ detail: String
    ) throws {
        let problem = try #require(throws: Problem.self) {
            try Order(action, JSONBody(parsing: body.bytes))
        }
        #expect(problem.status == 422)
        #expect(problem.detail.hasPrefix(detail))
    }

    @Test func `an order the call cannot carry out says why`() async throws {
        let house = try FrontHouse(plan: CallPlan(transfers: ["desk": PhoneNumber("+15550100020")]))
        _ = await house.post("/api/twilio/voice", FrontHouse.voice)
        let early = await house.ask("/api/calls/\(Self.sid)/say", ["text": "Hello."])
        #expect(early.status == 409)
        #expect(early.json?["detail"]?.text?.hasPrefix("the call is ringing") == true)
        let unknown = await house.ask("/api/calls/\(Self.sid)/transfer", ["to": "+15550100099"])
        #expect(unknown.status == 422)
        #expect(unknown.json?["detail"] == "to is not an allowed destination; there are desk")
    }

    @Test func `what is said has an end`() throws {
        let long = String(repeating: "a", count: 1_001)
        #expect(throws: Problem.self) {
            try Order(
                "say", JSONBody(parsing: JSON(dictionaryLiteral: ("text", .string(long))).bytes))
        }
        #expect(throws: Problem.self) { try JSONBody(parsing: Array("[1]".utf8)) }
    }
}
