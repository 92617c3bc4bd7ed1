import Calls
import Instruments
import Testing
import Twilio
import Wire

@testable import Front

/// `POST /webhook/initiate-call`, and what Twilio tells of the calls it places.
@Suite struct OutboundTests {
    private static let path = "/webhook/initiate-call"
    private static let order: JSON = [
        "agent_id": "sales", "session_id": "order-7", "to": "+15550100010",
        "metadata": ["name": "A", "age": 7, "is_new": true, "nothing": nil], "unknown": [1],
    ]

    /// The query of an address that Twilio was given.
    private static func query(_ address: String?) throws -> Form {
        let query = try #require(address?.split(separator: "?", maxSplits: 1).last)
        return try Form(parsing: Array(query.utf8))
    }

    private static func target(_ call: OutboundCall) throws -> String {
        guard case .url(let url) = call.answer else { throw Missing() }
        return String(url.dropFirst("https://callbridge.test".utf8.count))
    }

    struct Missing: Error {}

    private static func webhook(_ call: String, _ status: String = "in-progress") -> Form {
        FrontHouse.voice.with("CallSid", call).with("CallStatus", status)
            .with("Direction", "outbound-api").with("From", "+15550100002")
            .with("To", "+15550100010")
    }

    @Test func `a call is placed with everything Twilio needs, and named`() async throws {
        let house = try FrontHouse()
        let response = await house.ask(Self.path, Self.order)
        #expect(response.status == 201)
        let answer: JSON = [
            "success": true, "status": "queued", "call_sid": .string(ScriptedTwilio.sid(1)),
            "session_id": "order-7", "agent": "sales",
        ]
        #expect(response.json == answer)
        let call = try #require(house.twilio.placed.first)
        #expect(call.to.raw == "+15550100010" && call.from.raw == "+15550100002")
        #expect(call.limitSeconds == 3_600 && call.timeoutSeconds == 60)
        #expect(try Self.target(call).hasPrefix("/api/twilio/outbound?promise="))
        #expect(
            call.statusCallback?.hasPrefix("https://callbridge.test/api/twilio/status?") == true)
        #expect(try Self.query(call.statusCallback)["session"] == "order-7")
        guard case .meanwhile(let callback) = call.machineDetection else {
            Issue.record("nobody looks who answers")
            return
        }
        #expect(callback.hasPrefix("https://callbridge.test/api/twilio/answered-by?"))
        let line = try #require(house.sink.lines(of: "outbound.placed").first)
        #expect(line.fields.suffix(2) == [LogField("FROM", "+1***02"), LogField("TO", "+1***10")])
    }

    @Test func `the callee gets the agent, the session and the variables promised`() async throws {
        let house = try FrontHouse()
        _ = await house.ask(Self.path, Self.order)
        let sid = try #require(CallSID(ScriptedTwilio.sid(1)))
        let target = try Self.target(#require(house.twilio.placed.first))
        let response = await house.post(target, Self.webhook(sid.text))
        #expect(response.text.contains("<Connect"))
        let ticket = try #require(house.registry.find(sid)).ticket
        #expect(ticket.agent == "sales" && ticket.session == "order-7")
        #expect(ticket.direction == .outbound)
        let variables = house.desk.outbound.book.promise(of: sid)?.variables
        #expect(variables == ["name": "A", "age": "7", "is_new": "true"])
    }

    @Test func `Twilio may ask before its answer names the call`() async throws {
        let house = try FrontHouse()
        house.twilio.during { [weak house] call in
            guard let target = try? Self.target(call) else { return }
            _ = await house?.post(target, Self.webhook(ScriptedTwilio.sid(1)))
        }
        let response = await house.ask(Self.path, Self.order)
        #expect(response.status == 201)
        let sid = try #require(CallSID(ScriptedTwilio.sid(1)))
        #expect(house.registry.find(sid)?.ticket.agent == "sales")
    }

    @Test func `a lost answer places no second call, and is found by its webhook`() async throws {
        let house = try FrontHouse()
        house.twilio.will(.failure(.unanswered("it took too long")))
        let lost = await house.ask(Self.path, Self.order)
        #expect(lost.status == 502)
        #expect(lost.json?["detail"]?.text?.contains("may have been placed") == true)
        #expect(await house.ask(Self.path, Self.order).status == 502)
        let target = try Self.target(#require(house.twilio.placed.first))
        _ = await house.post(target, Self.webhook(ScriptedTwilio.sid(9)))
        let found = await house.ask(Self.path, Self.order)
        #expect(found.status == 201)
        #expect(found.json?["call_sid"]?.text == ScriptedTwilio.sid(9))
        #expect(house.twilio.placed.count == 1)
    }

    @Test func `the same request is answered the same, and placed once`() async throws {
        let house = try FrontHouse()
        let first = await house.ask(Self.path, Self.order)
        let second = await house.ask(Self.path, Self.order)
        #expect(first.body == second.body && first.status == second.status)
        await withTaskGroup(of: Int.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    await house.ask(
                        Self.path,
                        ["agent_id": "sales", "session_id": "order-8", "to": "+15550100011"]
                    ).status
                }
            }
            for await status in group { #expect(status == 201) }
        }
        #expect(house.twilio.placed.count == 2)
        let other: JSON = [
            "agent_id": "default", "session_id": "order-7", "to": "+15550100010",
        ]
        #expect(await house.ask(Self.path, other).status == 409)
        await house.registry.drain()
        #expect(await house.ask(Self.path, Self.order).status == 201)
    }

    @Test func `what Twilio refuses may be asked again`() async throws {
        var policy = OutboundPolicy.testing
        policy.callsPerMinute = 60
        let house = try FrontHouse(outbound: policy)
        let refusals: [(Int, Int64, Int)] = [
            (400, 21211, 422), (400, 21215, 422), (429, 20429, 429), (401, 20003, 502),
            (400, 21205, 502),
        ]
        for (status, code, answered) in refusals {
            house.twilio.will(.failure(ScriptedTwilio.refusal(status, code, "No.")))
            let response = await house.ask(Self.path, Self.order)
            #expect(response.status == answered, "\(code)")
            #expect(response.json?["twilio_code"] == .integer(code))
            #expect(response.json?["twilio_message"] == "No.")
            #expect((response.fields["Retry-After"] != nil) == (answered == 429))
        }
        #expect(await house.ask(Self.path, Self.order).status == 201)
    }

    @Test(
        arguments: [
            ("agent_id", 7, "agent_id is not a string"),
            ("agent_id", "nobody", "known are default, sales"),
            ("agent_id", nil, "agent_id is missing"),
            ("session_id", "a b", "session_id has other characters than visible ASCII"),
            ("to", "5550100010", "to is no number in E.164"),
            ("to", ["+15550100010"], "to is not a string"),
            ("metadata", "x", "metadata is not an object"),
            ("metadata", ["a": ["b": 1]], "metadata.a is neither a string"),
            ("metadata", ["a b": 1], "a name in metadata is not"),
            ("metadata", ["system__x": 1], "metadata.system__x begins with system__"),
        ] as [(String, JSON, String)])
    func `what cannot be used is named`(
        _ name: String, _ value: JSON, _ detail: String
    ) async throws {
        let house = try FrontHouse()
        var members = try #require(Self.order.members)
        members.removeAll { $0.name == name }
        members.append(.init(name, value))
        let response = await house.ask(Self.path, .object(members))
        #expect(response.status == 422)
        #expect(response.json?["detail"]?.text?.contains(detail) == true, "\(response.text)")
        #expect(house.twilio.placed.isEmpty)
    }

    @Test func `an agent may be named as the provider names it`() async throws {
        let house = try FrontHouse()
        let response = await house.ask(
            Self.path, ["agent_id": "agent_test_2", "to": "+15550100010"])
        #expect(response.json?["agent"] == "sales")
        #expect(response.json?["session_id"]?.text?.hasPrefix("session_") == true)
        #expect(await house.ask(Self.path, .string("x")).status == 400)
        let nobody = await house.ask(Self.path, ["agent_id": "sales"])
        #expect(nobody.status == 422)
        #expect(nobody.fields["Content-Type"] == "application/problem+json")
        #expect(nobody.json?["detail"]?.text?.hasPrefix("to is missing") == true)
    }

    @Test func `only what is allowed is called, as often as allowed, and not while draining`()
        async throws
    {
        var policy = OutboundPolicy.testing
        policy.callsMax = 2
        policy.callsPerMinute = 18
        let house = try FrontHouse(outbound: policy)
        func call(_ to: String) async -> HTTPResponse {
            await house.ask(Self.path, ["agent_id": "sales", "to": .string(to)])
        }
        #expect(await call("+15550200010").status == 403)
        #expect(await call("+15550100010").status == 201)
        #expect(await call("+15550100011").status == 201)
        let full = await call("+15550100012")
        #expect(full.status == 429)
        #expect(full.json?["detail"]?.text?.contains("2 calls are open") == true)
        let status = try #require(house.twilio.placed.first?.statusCallback)
        let path = String(status.dropFirst("https://callbridge.test".utf8.count))
        _ = await house.post(path, Self.webhook(ScriptedTwilio.sid(1), "busy"))
        #expect(await call("+15550100012").status == 201)
        _ = await house.post(
            "/api/twilio/status", Self.webhook(ScriptedTwilio.sid(2), "no-answer"))
        let often = await call("+15550100013")
        #expect(often.status == 429)
        #expect(often.fields["Retry-After"].flatMap { Int($0) }.map { $0 <= 4 } == true)
        await house.registry.drain()
        let draining = await call("+15550100014")
        #expect(draining.status == 503 && draining.json?["detail"] == "draining")
        #expect(house.twilio.placed.count == 3)
    }

    @Test func `nobody is called without a list, a number or room`() async throws {
        var policy = OutboundPolicy.testing
        policy.prefixes = []
        let to: JSON = ["agent_id": "sales", "to": "+15550100010"]
        #expect(await (try FrontHouse(outbound: policy)).ask(Self.path, to).status == 403)
        policy.allowsEverything = true
        #expect(await (try FrontHouse(outbound: policy)).ask(Self.path, to).status == 201)
        policy.from = nil
        #expect(await (try FrontHouse(outbound: policy)).ask(Self.path, to).status == 503)
        #expect(await (try FrontHouse(callsMax: 0)).ask(Self.path, to).status == 503)
    }

    @Test(arguments: [
        ("busy", "caller_busy"), ("no-answer", "caller_unanswered"),
        ("failed", "twilio_call_failed"), ("canceled", "operator_ended"),
    ])
    func `a call nobody answers ends with one reason, told once`(
        _ status: String, _ reason: String
    ) async throws {
        let house = try FrontHouse()
        _ = await house.ask(Self.path, Self.order)
        let webhook = Self.webhook(ScriptedTwilio.sid(1), status)
        for _ in 0..<2 {
            #expect(await house.post("/api/twilio/status", webhook).status == 204)
        }
        #expect(house.sink.reasons(of: "outbound.ended") == [reason])
        let target = try Self.target(#require(house.twilio.placed.first))
        let late = await house.post(target, Self.webhook(ScriptedTwilio.sid(1)))
        #expect(late.text.contains("<Hangup/>") && house.registry.active == 0)
    }

    @Test func `whoever answers when no call is let in any more is no conversation`() async throws {
        let house = try FrontHouse()
        _ = await house.ask(Self.path, Self.order)
        let target = try Self.target(#require(house.twilio.placed.first))
        await house.registry.drain()
        let answer = await house.post(target, Self.webhook(ScriptedTwilio.sid(1)))
        #expect(answer.status == 200 && !answer.text.contains("<Connect"))
        _ = await house.post(
            "/api/twilio/status", Self.webhook(ScriptedTwilio.sid(1), "completed"))
        #expect(house.sink.reasons(of: "outbound.ended") == ["callbridge_unanswered"])
    }

    @Test func `a call that an agent spoke with is not told twice`() async throws {
        let house = try FrontHouse()
        _ = await house.ask(Self.path, Self.order)
        let target = try Self.target(#require(house.twilio.placed.first))
        _ = await house.post(target, Self.webhook(ScriptedTwilio.sid(1)))
        _ = await house.post(
            "/api/twilio/status", Self.webhook(ScriptedTwilio.sid(1), "completed"))
        #expect(house.sink.lines(of: "outbound.ended").isEmpty)
        #expect(house.registry.active == 0)
        #expect(house.desk.outbound.book.living(at: house.loops.loops[0].time.now) == 0)
    }
}
