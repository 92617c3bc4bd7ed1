import Calls
import Instruments
import Testing
import Twilio
import Wire

@testable import Front

@Suite struct VoiceTests {
    @Test func `a signed webhook gets TwiML with a token that opens the stream`() async throws {
        let house = try FrontHouse()
        let response = await house.post("/api/twilio/voice", FrontHouse.voice)
        #expect(response.status == 200)
        #expect(response.fields["Content-Type"] == "text/xml; charset=utf-8")
        #expect(response.text.contains(#"url="wss://callbridge.test/api/twilio/stream""#))
        #expect(
            response.text.contains(
                #"action="https://callbridge.test/api/twilio/after-stream?stream="#))
        let token = try #require(
            response.text.split(separator: "value=\"").last?.prefix { $0 != "\"" })
        let call = try #require(house.call)
        try house.tickets.redeem(
            String(token), for: call.ticket.call, wallClock: SystemTime().wallClock)
        #expect(house.registry.active == 1)
    }

    @Test func `the literal line of an incoming call masks both numbers`() async throws {
        let house = try FrontHouse()
        _ = await house.post("/api/twilio/voice", FrontHouse.voice)
        let line = try #require(house.sink.lines(of: "call.incoming").first?.text)
        #expect(
            line
                == "[Twilio] Incoming call: CA00000000000000000000000000000001 from +1***01 to +1***02"
        )
    }

    @Test(arguments: [nil, SecretText("another token")])
    func `a forged or missing signature is 403 and starts nothing`(
        _ token: SecretText?
    ) async throws {
        let house = try FrontHouse()
        let response = await house.post(
            "/api/twilio/voice", FrontHouse.voice, signedWith: token)
        #expect(response.status == 403)
        #expect(response.fields["Content-Type"] == "application/problem+json")
        #expect(response.json?["status"] == 403)
        #expect(house.registry.active == 0)
    }

    @Test func `a repeated webhook is the same call with a fresh token`() async throws {
        let house = try FrontHouse()
        let first = await house.post("/api/twilio/voice", FrontHouse.voice)
        let second = await house.post("/api/twilio/voice", FrontHouse.voice)
        #expect(second.status == 200)
        #expect(first.text != second.text)
        #expect(house.registry.active == 1)
    }

    @Test(arguments: ["CallSid", "To"])
    func `a webhook that lacks a field names it`(_ name: String) async throws {
        let house = try FrontHouse()
        let response = await house.post(
            "/api/twilio/voice", FrontHouse.voice.with(name, nil))
        #expect(response.status == 400)
        #expect(response.json?["detail"]?.text?.contains(name) == true)
        #expect(house.registry.active == 0)
    }

    @Test func `beyond the limit the caller hears a sentence in their language`() async throws {
        let house = try FrontHouse(callsMax: 0)
        let english = await house.post("/api/twilio/voice", FrontHouse.voice)
        #expect(english.status == 200)
        #expect(english.text.contains("/audio/busy/en.wav"))
        let german = await house.post(
            "/api/twilio/voice", FrontHouse.voice.with("To", "+4930555010"))
        #expect(german.text.contains("/audio/busy/de.wav"))
        #expect(house.registry.active == 0)
    }

    @Test func `a final status ends the call, repeated and late ones do nothing`() async throws {
        let house = try FrontHouse()
        _ = await house.post("/api/twilio/voice", FrontHouse.voice)
        let ringing = FrontHouse.voice.with("SequenceNumber", "0")
        let final = FrontHouse.voice.with("CallStatus", "completed").with("SequenceNumber", "1")
        for form in [ringing, final, final, ringing] {
            let response = await house.post("/api/twilio/status", form)
            #expect(response.status == 204)
        }
        #expect(house.registry.active == 0)
        let sid = try #require(CallSID("CA00000000000000000000000000000001"))
        #expect(house.registry.ending(of: sid)?.reason == .callerHungUp)
    }

    @Test func `after the stream a finished call gets a hang-up`() async throws {
        let house = try FrontHouse()
        _ = await house.post("/api/twilio/voice", FrontHouse.voice)
        let over = FrontHouse.voice.with("CallStatus", "completed")
        let answer = await house.post("/api/twilio/after-stream", over)
        #expect(answer.text.contains("<Hangup/>"))
        #expect(!answer.text.contains("<Play"))
    }

    @Test(arguments: [EndReason.providerQuota, .callbridgeStopped])
    func `after the stream a caller who is still there hears an apology`(
        _ reason: EndReason
    ) async throws {
        let house = try FrontHouse()
        _ = await house.post("/api/twilio/voice", FrontHouse.voice)
        await house.call?.stop(reason)
        let there = FrontHouse.voice.with("CallStatus", "in-progress")
        let answer = await house.post("/api/twilio/after-stream", there)
        #expect(answer.text.contains("<Play>https://callbridge.test/audio/apology/en.wav</Play>"))
        #expect(answer.text.contains("<Hangup/>"))
        let sid = try #require(CallSID("CA00000000000000000000000000000001"))
        #expect(house.registry.ending(of: sid)?.reason == reason)
        let recording = await house.get("/audio/apology/en.wav", peer: "192.0.2.7")
        #expect(recording.status == 200)
        #expect(recording.body.starts(with: "RIFF".utf8))
    }

    @Test func `a stream that nobody ended is opened again with a token of its own`() async throws {
        let house = try FrontHouse()
        let first = await house.post("/api/twilio/voice", FrontHouse.voice)
        let there = FrontHouse.voice.with("CallStatus", "in-progress")
        let second = await house.post("/api/twilio/after-stream", there)
        #expect(second.text.contains("<Connect"))
        #expect(second.text != first.text)
        #expect(house.registry.active == 1)
    }

    @Test func `a question asked again is answered alike, also at the fallback address`()
        async throws
    {
        let house = try FrontHouse()
        let first = await house.post("/api/twilio/voice", FrontHouse.voice).text
        let asked = try #require(first.action)
        let there = FrontHouse.voice.with("CallStatus", "in-progress")
        let second = await house.post(asked, there).text
        #expect(try #require(second.action) != asked)
        let failed = there.with("ErrorCode", "11200")
            .with("ErrorUrl", "https://callbridge.test\(asked)")
        // So many streams that were really lost would have been the end of the agent's rung.
        for _ in 0..<10 {
            #expect(await house.post(asked, there).text.contains("<Stream"))
            #expect(await house.post("/api/twilio/voice", failed).text.contains("<Stream"))
        }
    }

    @Test func `streams that are lost one after another come to an end`() async throws {
        let house = try FrontHouse()
        var answer = await house.post("/api/twilio/voice", FrontHouse.voice).text
        let there = FrontHouse.voice.with("CallStatus", "in-progress")
        for _ in 0..<10 {
            guard let asked = answer.action else { break }
            answer = await house.post(asked, there).text
        }
        #expect(answer.contains("/audio/apology/en.wav"))
    }

    @Test func `a call nobody knows gets a sentence after its stream`() async throws {
        let house = try FrontHouse()
        let there = FrontHouse.voice.with("CallStatus", "in-progress")
        let answer = await house.post("/api/twilio/after-stream", there)
        #expect(answer.text.contains("/audio/apology/en.wav"))
    }

    @Test func `stream callbacks are answered and their error is said`() async throws {
        let house = try FrontHouse()
        let form = FrontHouse.voice
            .with("StreamSid", "MZ00000000000000000000000000000001")
            .with("StreamEvent", "stream-error")
            .with("StreamError", "Stream - WebSocket - Handshake Error")
        let response = await house.post("/api/twilio/stream-status", form)
        #expect(response.status == 204)
        #expect(house.sink.lines(of: "stream.error").count == 1)
    }

    @Test func `a call that was over before it was heard of is not begun`() async throws {
        let house = try FrontHouse()
        let final = FrontHouse.voice.with("CallStatus", "completed")
        _ = await house.post("/api/twilio/status", final)
        let late = await house.post("/api/twilio/voice", FrontHouse.voice)
        #expect(late.text.contains("<Hangup/>"))
        #expect(!late.text.contains("<Connect"))
        #expect(house.registry.active == 0)
    }

    @Test(arguments: [EndReason.agentEnded, .callerSilent, .operatorEnded])
    func `a call that ended in good order is not begun again by a late webhook`(
        _ reason: EndReason
    ) async throws {
        let house = try FrontHouse()
        _ = await house.post("/api/twilio/voice", FrontHouse.voice)
        await house.call?.stop(reason)
        let late = await house.post("/api/twilio/voice", FrontHouse.voice)
        #expect(late.text.contains("<Hangup/>") && !late.text.contains("<Connect"))
        #expect(house.registry.active == 0)
    }

    @Test func `a call that failed may be tried again`() async throws {
        let house = try FrontHouse()
        _ = await house.post("/api/twilio/voice", FrontHouse.voice)
        await house.call?.stop(.providerLost)
        let again = await house.post("/api/twilio/voice", FrontHouse.voice)
        #expect(again.text.contains("<Connect"))
        #expect(house.registry.active == 1)
    }

    @Test func `a call that failed and is over at Twilio is not begun again`() async throws {
        let house = try FrontHouse()
        _ = await house.post("/api/twilio/voice", FrontHouse.voice)
        await house.call?.stop(.providerLost)
        _ = await house.post(
            "/api/twilio/status", FrontHouse.voice.with("CallStatus", "completed"))
        let late = await house.post("/api/twilio/voice", FrontHouse.voice)
        #expect(late.text.contains("<Hangup/>") && !late.text.contains("<Stream"))
        #expect(house.registry.active == 0)
        // Its one reason stays what it was.
        let sid = CallSID("CA00000000000000000000000000000001")
        #expect(sid.flatMap { house.registry.ending(of: $0) }?.reason == .providerLost)
    }

    @Test func `a question after the end is answered the same however often`() async throws {
        let house = try FrontHouse()
        _ = await house.post("/api/twilio/voice", FrontHouse.voice)
        await house.call?.stop(.agentEnded)
        let there = FrontHouse.voice.with("CallStatus", "in-progress")
        for _ in 0..<3 {
            let answer = await house.post("/api/twilio/after-stream", there)
            #expect(answer.text.contains("<Hangup/>") && !answer.text.contains("<Play"))
        }
        #expect(house.registry.active == 0)
    }

    @Test(arguments: [
        "/audio/apology/fr.wav", "/audio/apology/en.mp3", "/audio/apology/en", "/audio/../en.wav",
        "/audio/secret/en.wav", "/audio/music/en.wav", "/audio/apology/.wav",
        "/audio/apology/en.wav.wav", "/audio/queue/hold.wav",
    ])
    func `there are no other recordings`(_ path: String) async throws {
        #expect(try await FrontHouse().get(path).status == 404)
    }
}

extension String {
    /// The path that a document has Twilio ask after its stream.
    fileprivate var action: String? {
        guard let start = firstRange(of: "action=\"https://callbridge.test") else { return nil }
        return String(self[start.upperBound...].prefix { $0 != "\"" })
    }
}
