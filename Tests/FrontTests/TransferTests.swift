import Calls
import Switchboard
import Testing
import Twilio
import Wire

@testable import Front

@Suite struct TransferTests {
    private static let desk = PhoneNumber("+15550100009")
    private static let there = FrontHouse.voice.with("CallStatus", "in-progress")

    /// A house in which nobody but a human answers.
    private func human() throws -> FrontHouse {
        try FrontHouse(plan: CallPlan(rungs: [.human(Self.desk), .apology]))
    }

    @Test func `a human is rung, asked to press a key, and told by name of nobody`() async throws {
        let house = try human()
        let dial = await house.post("/api/twilio/voice", FrontHouse.voice)
        #expect(dial.text.contains(#"action="https://callbridge.test/api/twilio/dial-status""#))
        #expect(dial.text.contains("+15550100009</Number>"))
        let path = "/api/twilio/whisper/CA00000000000000000000000000000001"
        #expect(dial.text.contains("https://callbridge.test\(path)"))
        let whisper = await house.post(path, Self.there)
        #expect(whisper.text.contains("<Gather"))
        #expect(
            whisper.text.contains(
                "/api/twilio/accept?call=CA00000000000000000000000000000001"))
        let yes = await house.post("/api/twilio/accept", Self.there.with("Digits", "1"))
        #expect(!yes.text.contains("<Hangup/>"))
        let no = await house.post("/api/twilio/accept", Self.there.with("Digits", "2"))
        #expect(no.text.contains("<Hangup/>"))
    }

    @Test func `whoever accepted has the caller, also when Twilio only says that it is over`()
        async throws
    {
        let sid = try #require(CallSID("CA00000000000000000000000000000001"))
        // The other party's leg is another call than the caller's.
        let leg = Self.there.with("CallSid", "CA00000000000000000000000000000002")
        for (digit, reason) in [
            ("1", EndReason.callbridgeAnsweredElsewhere), ("2", .callerHungUp),
        ] {
            let house = try human()
            _ = await house.post("/api/twilio/voice", FrontHouse.voice)
            let accept = "/api/twilio/accept?call=\(sid.text)"
            _ = await house.post(accept, leg.with("Digits", digit))
            let over = FrontHouse.voice.with("CallStatus", "completed")
            _ = await house.post("/api/twilio/status", over)
            #expect(house.registry.ending(of: sid)?.reason == reason)
        }
    }

    @Test func `Twilio ends what it has joined a little after the longest call`() async throws {
        let house = try human()
        let dial = await house.post("/api/twilio/voice", FrontHouse.voice)
        let limit = dial.text.split(separator: #"timeLimit=""#).last?.prefix { $0 != "\"" }
        let seconds = try #require(limit.flatMap { Int($0) })
        #expect((13_000...14_400).contains(seconds))
    }

    @Test func `a place is free again once ElevenLabs has the call`() async throws {
        let house = try FrontHouse(callsMax: 1, plan: CallPlan(rungs: [.handOff("clara")]))
        _ = await house.post("/api/twilio/voice", FrontHouse.voice)
        #expect(house.registry.active == 1 && !house.registry.isFull)
    }

    @Test func `who was joined is hung up on, and the call has one reason`() async throws {
        let house = try human()
        _ = await house.post("/api/twilio/voice", FrontHouse.voice)
        let joined = Self.there.with("DialCallStatus", "completed").with("DialBridged", "true")
        let over = await house.post("/api/twilio/dial-status", joined)
        #expect(over.text.contains("<Hangup/>"))
        #expect(!over.text.contains("<Play"))
        let sid = try #require(CallSID("CA00000000000000000000000000000001"))
        #expect(house.registry.ending(of: sid)?.reason == .callbridgeAnsweredElsewhere)
    }

    @Test(arguments: ["busy", "no-answer", "failed", "canceled"])
    func `who could not be joined takes the next rung`(_ outcome: String) async throws {
        let house = try human()
        _ = await house.post("/api/twilio/voice", FrontHouse.voice)
        let failed = Self.there.with("DialCallStatus", outcome)
        let regret = await house.post("/api/twilio/dial-status", failed)
        #expect(regret.text.contains("/audio/apology/en.wav"))
        #expect(house.registry.active == 0)
    }

    @Test func `a caller who hung up while it rang is not taken to the next rung`() async throws {
        let house = try human()
        _ = await house.post("/api/twilio/voice", FrontHouse.voice)
        let gone = FrontHouse.voice.with("CallStatus", "completed")
            .with("DialCallStatus", "no-answer")
        let answer = await house.post("/api/twilio/dial-status", gone)
        #expect(answer.text.contains("<Hangup/>") && !answer.text.contains("<Play"))
        let sid = try #require(CallSID("CA00000000000000000000000000000001"))
        #expect(house.registry.ending(of: sid)?.reason == .callerHungUp)
    }

    @Test func `ElevenLabs takes a call over, or the next rung does`() async throws {
        let taken = try FrontHouse(plan: CallPlan(rungs: [.handOff("clara")]))
        let document = await taken.post("/api/twilio/voice", FrontHouse.voice)
        #expect(document.text.contains("wss://agents.test"))
        let refused = try FrontHouse(
            plan: CallPlan(rungs: [.handOff("nobody"), .human(Self.desk)]))
        let dial = await refused.post("/api/twilio/voice", FrontHouse.voice)
        #expect(dial.text.contains("+15550100009</Number>"))
    }

    @Test func `nobody but Twilio asks about transfers`() async throws {
        let house = try human()
        for path in ["dial-status", "accept", "whisper/CA00000000000000000000000000000001"] {
            let answer = await house.post("/api/twilio/\(path)", Self.there, signedWith: nil)
            #expect(answer.status == 403)
        }
    }

    @Test func `a result that is told twice is answered the same, and counted once`() async throws {
        let house = try human()
        _ = await house.post("/api/twilio/voice", FrontHouse.voice)
        let busy = Self.there.with("DialCallStatus", "busy")
        let first = await house.post("/api/twilio/dial-status", busy)
        let second = await house.post("/api/twilio/dial-status", busy)
        #expect(first.text == second.text && first.text.contains("/audio/apology/"))
        #expect(house.registry.active == 0)
    }

    @Test(arguments: ["completed", "busy"])
    func `a result that comes after the end begins nothing`(_ outcome: String) async throws {
        let house = try human()
        _ = await house.post("/api/twilio/voice", FrontHouse.voice)
        _ = await house.post(
            "/api/twilio/status", FrontHouse.voice.with("CallStatus", "completed"))
        let late = Self.there.with("DialCallStatus", outcome)
        let answer = await house.post("/api/twilio/dial-status", late)
        #expect(answer.text.contains("<Hangup/>") && !answer.text.contains("<Connect"))
        #expect(house.registry.active == 0)
    }

    @Test func `a result for a transfer that nobody began brings no stream to an end`() async throws
    {
        let house = try FrontHouse()
        let ring = await house.post("/api/twilio/voice", FrontHouse.voice)
        #expect(ring.text.contains("<Connect"))
        let busy = Self.there.with("DialCallStatus", "busy")
        #expect(
            await house.post("/api/twilio/dial-status", busy).text.contains("<Connect"))
        #expect(house.registry.active == 1)
    }

    @Test func `whoever answers when the caller has gone is hung up on`() async throws {
        let house = try human()
        _ = await house.post("/api/twilio/voice", FrontHouse.voice)
        let path = "/api/twilio/whisper/CA00000000000000000000000000000001"
        #expect(await house.post(path, Self.there).text.contains("<Gather"))
        #expect(await house.post(path, Self.there).text.contains("<Gather"))
        _ = await house.post(
            "/api/twilio/status", FrontHouse.voice.with("CallStatus", "completed"))
        let late = await house.post(path, Self.there)
        #expect(late.text.contains("<Hangup/>") && !late.text.contains("<Gather"))
        let unknown = "/api/twilio/whisper/CA000000000000000000000000000000ee"
        #expect(await house.post(unknown, Self.there).text.contains("<Hangup/>"))
        #expect(await house.post("/api/twilio/whisper/CA1", Self.there).status == 400)
    }

    @Test(arguments: ["1", "2", "", "11", "#"])
    func `only the right key joins`(_ digits: String) async throws {
        let house = try human()
        _ = await house.post("/api/twilio/voice", FrontHouse.voice)
        let answer = await house.post("/api/twilio/accept", Self.there.with("Digits", digits))
        #expect(answer.text.contains("<Hangup") == (digits != "1"))
    }
}
