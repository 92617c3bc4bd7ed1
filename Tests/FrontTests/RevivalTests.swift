import Calls
import Instruments
import Switchboard
import Testing
import Twilio
import Wire

@testable import Front

/// What Twilio asks about a call whose process is no more.
@Suite struct RevivalTests {
    private static let sid = "CA00000000000000000000000000000001"
    private static let there = FrontHouse.voice.with("CallStatus", "in-progress")
    private static let desk = Transfer(
        name: "desk", number: PhoneNumber("+15550100009"), author: .agent, whisper: "Anna.")

    private static func house(
        _ stand: CallStand = CallStand(), callsMax: Int = 10
    ) throws -> FrontHouse {
        let call = try #require(CallSID(sid))
        let memory = CallMemory(
            ticket: CallTicket(
                call: call, session: "session_20260101_000000_00001",
                plan: CallPlan(language: .german), direction: .inbound,
                from: PhoneNumber("+15550100001"), to: PhoneNumber("+15550100002")),
            // Young enough for the longest call.
            startedAt: SystemTime().wallClock - .seconds(60),
            rememberedAt: SystemTime().wallClock,
            stand: stand, conversations: 1)
        return try FrontHouse(callsMax: callsMax, memories: [memory])
    }

    @Test func `after its stream the caller gets another one, and the call lives here`()
        async throws
    {
        let house = try Self.house()
        let answer = await house.post("/api/twilio/after-stream", Self.there)
        #expect(answer.text.contains("<Stream"))
        #expect(house.registry.active == 1)
        #expect(house.call?.ticket.session == "session_20260101_000000_00001")
        // Asked twice, it is the same call.
        let first = house.call
        _ = await house.post("/api/twilio/after-stream", Self.there)
        #expect(house.call === first)
    }

    @Test func `two questions at once revive one call`() async throws {
        let house = try Self.house()
        async let one = house.post("/api/twilio/after-stream", Self.there)
        async let other = house.post("/api/twilio/after-stream", Self.there)
        for answer in await [one, other] { #expect(answer.text.contains("<Stream")) }
        #expect(house.registry.active == 1)
    }

    @Test func `who was let in before is let in though all places are taken or it drains`()
        async throws
    {
        let full = try Self.house(callsMax: 1)
        let other = "CA00000000000000000000000000000002"
        _ = await full.post("/api/twilio/voice", FrontHouse.voice.with("CallSid", other))
        #expect(full.registry.isFull)
        let answer = await full.post("/api/twilio/after-stream", Self.there)
        #expect(answer.text.contains("<Stream"))
        #expect(full.registry.active == 2)

        let draining = try Self.house()
        await draining.registry.drain()
        let late = await draining.post("/api/twilio/after-stream", Self.there)
        #expect(late.text.contains("<Stream"))
    }

    @Test func `a caller who is gone ends the call once, whichever word comes first`()
        async throws
    {
        let house = try Self.house()
        let over = FrontHouse.voice.with("CallStatus", "completed")
        #expect(await house.post("/api/twilio/status", over).status == 204)
        let sid = try #require(CallSID(Self.sid))
        #expect(house.registry.ending(of: sid)?.reason == .callerHungUp)
        let after = await house.post("/api/twilio/after-stream", over)
        #expect(after.text.contains("<Hangup/>"))
        #expect(house.registry.active == 0)
    }

    @Test func `the fallback address goes on with a call, and rings with a new one`()
        async throws
    {
        let house = try Self.house()
        let failed = Self.there.with("ErrorCode", "11205")
        #expect(await house.post("/api/twilio/voice", failed).text.contains("<Stream"))
        #expect(house.call?.ticket.session == "session_20260101_000000_00001")
        let other = failed.with("CallSid", "CA00000000000000000000000000000002")
        #expect(await house.post("/api/twilio/voice", other).text.contains("<Stream"))
        #expect(house.registry.active == 2)
    }

    @Test func `who was being joined to somebody is known by name, and comes back`() async throws {
        let stand = CallStand(errand: .transfer(Self.desk), isElsewhere: true)
        let whispered = try Self.house(stand)
        let whisper = await whispered.post("/api/twilio/whisper/\(Self.sid)", Self.there)
        #expect(whisper.text.contains("Anna."))
        let busy = Self.there.with("DialCallStatus", "busy")
        let back = await whispered.post("/api/twilio/dial-status", busy)
        #expect(back.text.contains("<Stream"))

        let joined = try Self.house(stand)
        let done = Self.there.with("DialCallStatus", "completed").with("DialBridged", "true")
        #expect(await joined.post("/api/twilio/dial-status", done).text.contains("<Hangup/>"))
        let sid = try #require(CallSID(Self.sid))
        #expect(joined.registry.ending(of: sid)?.reason == .agentTransferred)
    }

    @Test func `a call that nobody remembers is regretted`() async throws {
        let house = try FrontHouse()
        let answer = await house.post("/api/twilio/after-stream", Self.there)
        #expect(answer.text.contains("/audio/apology/"))
    }

    @Test func `an operator ends a call whose process is no more, through Twilio`() async throws {
        let house = try Self.house(CallStand(errand: .transfer(Self.desk), isElsewhere: true))
        let end = await house.ask("/api/calls/\(Self.sid)/end", [:])
        #expect(end.status == 200 && end.json?["reason"] == "operator_ended")
        #expect(house.twilio.updates.map(\.text) == [Self.sid])
        // It was answered when no process would go on with it any more.
        #expect(house.forgotten.all.map(\.text) == [Self.sid])
        #expect(house.registry.active == 0)
    }
}
