import Audio
import Calls
import Instruments
import Switchboard
import TestThreads
import Testing
import Twilio
import Wire

@testable import Front

/// Callers who wait for a place, as Twilio carries them from question to question.
@Suite(.ownThread) struct WaitingTests {
    private static let plan = CallPlan(rungs: [.agent("default"), .queue, .apology])

    private static func voice(_ digit: Int) -> Form {
        FrontHouse.voice.with("CallSid", "CA0000000000000000000000000000000\(digit)")
    }

    /// The address of a document's redirect, as Twilio asks it.
    private static func next(_ document: HTTPResponse) throws -> String {
        let text = document.text.replacing("&amp;", with: "&")
        let start = try #require(text.firstRange(of: "https://callbridge.test/api/twilio/voice?"))
        let rest = text[start.lowerBound...].prefix { $0 != "<" }
        return String(rest.dropFirst("https://callbridge.test".count))
    }

    @Test func `a caller hears a sentence, then music, and then gets the place`() async throws {
        let house = try FrontHouse(callsMax: 1, plan: Self.plan)
        #expect(
            await house.post("/api/twilio/voice", Self.voice(1)).text.contains("<Connect"))
        var path = "/api/twilio/voice"
        for turn in 0..<9 {
            let waits = await house.post(path, Self.voice(2))
            #expect(waits.text.contains("/audio/queue/en.wav") == (turn % 4 == 0))
            #expect(waits.text.contains("/audio/music/hold.wav"))
            #expect(!waits.text.contains("<Hangup"))
            path = try Self.next(waits)
            #expect(path.hasPrefix("/api/twilio/voice?waited=\(turn + 1)&since="))
        }
        #expect(house.sink.lines.count { $0.event == "call.waiting" } == 1)
        await house.call?.stop(.operatorEnded)
        #expect(await house.post(path, Self.voice(2)).text.contains("<Connect"))
    }

    @Test func `who has waited longest goes first, whoever asks first`() async throws {
        let house = try FrontHouse(callsMax: 1, plan: Self.plan)
        _ = await house.post("/api/twilio/voice", Self.voice(1))
        let second = try Self.next(await house.post("/api/twilio/voice", Self.voice(2)))
        let third = try Self.next(await house.post("/api/twilio/voice", Self.voice(3)))
        await house.call?.stop(.operatorEnded)
        #expect(await house.post(third, Self.voice(3)).text.contains("<Redirect"))
        #expect(
            await house.post("/api/twilio/voice", Self.voice(4)).text.contains("<Redirect"))
        #expect(await house.post(second, Self.voice(2)).text.contains("<Connect"))
        #expect(await house.post(third, Self.voice(3)).text.contains("<Redirect"))
    }

    @Test func `a caller who hung up while waiting keeps nobody from the place`() async throws {
        let house = try FrontHouse(callsMax: 1, plan: Self.plan)
        _ = await house.post("/api/twilio/voice", Self.voice(1))
        _ = await house.post("/api/twilio/voice", Self.voice(2))
        let third = try Self.next(await house.post("/api/twilio/voice", Self.voice(3)))
        await house.call?.stop(.operatorEnded)
        _ = await house.post(
            "/api/twilio/status", Self.voice(2).with("CallStatus", "completed"))
        #expect(await house.post(third, Self.voice(3)).text.contains("<Connect"))
    }

    @Test func `whoever asked twice waits since they asked first, in the next process too`()
        async throws
    {
        let before = try FrontHouse(callsMax: 0, plan: Self.plan)
        let first = try Self.next(await before.post("/api/twilio/voice", Self.voice(2)))
        _ = await before.post("/api/twilio/voice", Self.voice(3))
        #expect(try Self.next(await before.post("/api/twilio/voice", Self.voice(2))) == first)
    }

    @Test func `the order outlives the process that formed it`() async throws {
        let before = try FrontHouse(callsMax: 0, plan: Self.plan)
        let second = try Self.next(await before.post("/api/twilio/voice", Self.voice(2)))
        let third = try Self.next(await before.post("/api/twilio/voice", Self.voice(3)))
        let after = try FrontHouse(callsMax: 1, plan: Self.plan)
        _ = await after.post("/api/twilio/voice", Self.voice(1))
        #expect(await after.post(third, Self.voice(3)).text.contains("<Redirect"))
        #expect(await after.post(second, Self.voice(2)).text.contains("<Redirect"))
        await after.call?.stop(.operatorEnded)
        #expect(await after.post(third, Self.voice(3)).text.contains("<Redirect"))
        #expect(await after.post(second, Self.voice(2)).text.contains("<Connect"))
    }

    @Test func `whoever we called is not told to wait behind those who called us`() async throws {
        let house = try FrontHouse(callsMax: 1, plan: Self.plan)
        _ = await house.ask("/webhook/initiate-call", ["agent_id": "sales", "to": "+15550100010"])
        let callee = CallSID(ScriptedTwilio.sid(1))
        let blocker = Self.voice(9)
        _ = await house.post("/api/twilio/voice", blocker)
        _ = await house.post("/api/twilio/voice", Self.voice(2))
        await house.registry.living.first?.stop(.operatorEnded)
        let answered = FrontHouse.voice.with("CallSid", callee?.text)
            .with("Direction", "outbound-api").with("CallStatus", "in-progress")
            .with("From", "+15550100002").with("To", "+15550100010")
        guard case .url(let url) = house.twilio.placed.first?.answer else {
            Issue.record("nothing was placed")
            return
        }
        let path = String(url.dropFirst("https://callbridge.test".count))
        #expect(await house.post(path, answered).text.contains("<Connect"))
    }

    @Test func `after the longest wait the next rung has its turn`() async throws {
        let plan = CallPlan(
            rungs: [.agent("default"), .queue, .human(PhoneNumber("+15550100009"))])
        let house = try FrontHouse(callsMax: 1, plan: plan)
        _ = await house.post("/api/twilio/voice", Self.voice(1))
        let early = SystemTime().wallClock - WaitingLine.waitMax
        let path = "/api/twilio/voice?waited=60&since=\(early.components.seconds * 1_000_000)"
        let passed = await house.post(path, Self.voice(2))
        #expect(passed.text.contains("<Dial") && passed.text.contains("+15550100009"))
    }

    @Test(arguments: [
        "waited=-1&since=5", "waited=99999999999999999999&since=5", "waited=1", "waited=1&since=x",
        "waited=1&since=-5", "waited=0&since=5", "waited=10000&since=5",
        "waited=1&since=99999999999999999",
    ])
    func `an address of no sense is that of a caller who comes now`(_ query: String) async throws {
        let house = try FrontHouse(callsMax: 0, plan: Self.plan)
        let waits = await house.post("/api/twilio/voice?\(query)", Self.voice(1))
        #expect(waits.text.contains("/audio/music/hold.wav"))
    }

    @Test func `the music is a telephone's WAV`() async throws {
        let house = try FrontHouse()
        let answer = await house.get("/audio/music/hold.wav")
        #expect(answer.status == 200)
        let wave = try WaveFile(reading: answer.body)
        #expect(wave.format == .telephone && wave.bytes == HoldMusic.phrase)
    }

    @Test func `places are given in order, however the questions come`() async throws {
        let house = try FrontHouse(callsMax: 2, plan: Self.plan)
        for digit in 1...2 { _ = await house.post("/api/twilio/voice", Self.voice(digit)) }
        var waiting: [(digit: Int, path: String)] = []
        for digit in 3...9 {
            let answer = await house.post("/api/twilio/voice", Self.voice(digit))
            waiting.append((digit, try Self.next(answer)))
        }
        var order: [Int] = []
        while !waiting.isEmpty {
            await house.registry.living.first?.stop(.operatorEnded)
            let entered = await withTaskGroup(of: Int?.self) { group in
                for (digit, path) in waiting.shuffled() + waiting.shuffled() {
                    group.addTask {
                        let answer = await house.post(path, Self.voice(digit)).text
                        return answer.contains("<Connect") ? digit : nil
                    }
                }
                return await group.reduce(into: Set<Int>()) { all, digit in
                    if let digit { all.insert(digit) }
                }
            }
            #expect(entered.count == 1)
            #expect(house.registry.active == 2)
            order += entered
            waiting.removeAll { entered.contains($0.digit) }
        }
        #expect(order == Array(3...9))
    }
}
