import Calls
import Instruments
import Testing
import Twilio
import Wire

@testable import Front

/// Mailboxes, and what a successor of the daemon knows of a call.
@Suite struct OutboundVoicemailTests {
    private static let sid = ScriptedTwilio.sid(1)
    private static let form = FrontHouse.voice.with("CallSid", sid)
        .with("CallStatus", "in-progress").with("Direction", "outbound-api")

    private static func placed(_ voicemail: OutboundPolicy.Voicemail) async throws -> FrontHouse {
        var policy = OutboundPolicy.testing
        policy.voicemail = voicemail
        let house = try FrontHouse(outbound: policy)
        _ = await house.ask(
            "/webhook/initiate-call", ["agent_id": "sales", "to": "+15550100010"])
        return house
    }

    private static func target(_ house: FrontHouse) throws -> String {
        guard case .url(let url) = house.twilio.placed.first?.answer else { return "" }
        return String(url.dropFirst("https://callbridge.test".utf8.count))
    }

    @Test func `a mailbox found meanwhile ends the conversation as voicemail`() async throws {
        let house = try await Self.placed(.hangup)
        _ = await house.post(try Self.target(house), Self.form)
        #expect(house.registry.active == 1)
        let human = Self.form.with("AnsweredBy", "human")
        #expect(await house.post("/api/twilio/answered-by", human).status == 204)
        #expect(house.registry.active == 1)
        let machine = Self.form.with("AnsweredBy", "machine_start")
        #expect(await house.post("/api/twilio/answered-by", machine).status == 204)
        #expect(house.registry.active == 0)
        let sid = try #require(CallSID(Self.sid))
        #expect(house.registry.ending(of: sid)?.reason == .callbridgeVoicemail)
        let after = await house.post("/api/twilio/after-stream", Self.form)
        #expect(after.text.contains("<Hangup/>") && !after.text.contains("<Say"))
    }

    @Test func `a mailbox found before the webhook is hung up on`() async throws {
        let house = try await Self.placed(.hangup)
        let answer = await house.post(
            try Self.target(house), Self.form.with("AnsweredBy", "machine_end_beep"))
        #expect(answer.text.contains("<Hangup/>"))
        #expect(house.registry.active == 0)
        #expect(house.sink.reasons(of: "outbound.ended") == ["callbridge_voicemail"])
        _ = await house.post("/api/twilio/status", Self.form.with("CallStatus", "completed"))
        #expect(house.sink.lines(of: "outbound.ended").count == 1)
    }

    @Test func `a mailbox found before any webhook is hung up on through Twilio`() async throws {
        let house = try await Self.placed(.hangup)
        let machine = Self.form.with("AnsweredBy", "fax")
        _ = await house.post("/api/twilio/answered-by", machine)
        #expect(house.twilio.updates.map(\.text) == [Self.sid])
        #expect(house.sink.lines(of: "outbound.ended").count == 1)
    }

    @Test func `with speak the agent is told who answered, and speaks to a mailbox`() async throws {
        let house = try await Self.placed(.speak)
        #expect(house.twilio.placed.first?.machineDetection == .afterGreeting)
        let answer = await house.post(
            try Self.target(house), Self.form.with("AnsweredBy", "machine_end_beep"))
        #expect(answer.text.contains("<Connect"))
        let sid = try #require(CallSID(Self.sid))
        let variables = house.desk.outbound.book.promise(of: sid)?.variables
        #expect(variables?["answered_by"] == "machine")
        let ignoring = try await Self.placed(.ignore)
        #expect(ignoring.twilio.placed.first.map { $0.machineDetection == nil } == true)
    }

    @Test func `an answer about a call that is none of ours ends nothing`() async throws {
        let house = try FrontHouse()
        _ = await house.post("/api/twilio/voice", FrontHouse.voice)
        let machine = FrontHouse.voice.with("AnsweredBy", "machine_start")
        _ = await house.post("/api/twilio/answered-by", machine)
        #expect(house.registry.active == 1 && house.twilio.updates.isEmpty)
    }

    @Test func `a successor takes agent and session from the address`() async throws {
        let house = try await Self.placed(.hangup)
        let target = try Self.target(house)
        let successor = try FrontHouse()
        _ = await successor.post(target, Self.form)
        let sid = try #require(CallSID(Self.sid))
        let ticket = try #require(successor.registry.find(sid)?.ticket)
        #expect(ticket.agent == "sales")
        #expect(ticket.session.hasPrefix("session_"))
        #expect(successor.desk.outbound.book.living(at: SystemTime().now) == 1)
        // An agent that is not configured there is not taken from an address.
        let odd = await successor.post(
            "/api/twilio/outbound?promise=1&agent=nobody&session=s",
            Self.form.with("CallSid", ScriptedTwilio.sid(2)))
        #expect(odd.text.contains("<Connect"))
        let other = try #require(CallSID(ScriptedTwilio.sid(2)))
        #expect(successor.registry.find(other)?.ticket.agent == "default")
    }
}
