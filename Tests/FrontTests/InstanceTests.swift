import Switchboard
import Testing
import Wire

@testable import Front

/// Several instances behind one address: Twilio comes back to the one that knows the call.
@Suite struct InstanceTests {
    @Test func `Twilio is told to come back to this instance`() async throws {
        let house = try FrontHouse(instance: "blue")
        let answer = await house.post("/api/twilio/voice", FrontHouse.voice).text
        let base = "callbridge.test/instance/blue/api/twilio"
        #expect(answer.contains(#"url="wss://\#(base)/stream""#))
        #expect(answer.contains(#"action="https://\#(base)/after-stream?stream="#))
        #expect(answer.contains(#"statusCallback="https://\#(base)/stream-status""#))
    }

    @Test func `under its own name it is asked the same things, signed with the name`()
        async throws
    {
        let house = try FrontHouse(instance: "blue")
        let named = await house.post("/instance/blue/api/twilio/voice", FrontHouse.voice)
        #expect(named.status == 200)
        #expect(await house.get("/instance/blue/health").status == 200)
        #expect(await house.get("/health").status == 200)
    }

    @Test func `who waits for a place comes back to whichever instance is there`() async throws {
        let plan = CallPlan(rungs: [.agent("default"), .queue, .apology])
        let house = try FrontHouse(callsMax: 0, plan: plan, instance: "blue")
        let waits = await house.post("/api/twilio/voice", FrontHouse.voice).text
        #expect(waits.contains(">https://callbridge.test/api/twilio/voice?waited=1&amp;since="))
        // What is played is the same everywhere, and this instance may be gone by then.
        #expect(waits.contains("<Play>https://callbridge.test/audio/queue/en.wav</Play>"))
        #expect(waits.contains("<Play>https://callbridge.test/audio/music/hold.wav</Play>"))
    }

    @Test func `what was another's is taken over when the proxy brings it`() async throws {
        let house = try FrontHouse(instance: "blue")
        let green = await house.post("/instance/green/api/twilio/voice", FrontHouse.voice)
        #expect(green.status == 200)
        // Whoever takes it keeps it.
        #expect(green.text.contains("wss://callbridge.test/instance/blue/api/twilio/stream"))
    }

    @Test(arguments: [
        "/instance//health", "/instance/blue", "/instance/bluehealth",
        "/instance/blue/instance/blue/health",
        "/instance/\(String(repeating: "b", count: 33))/health",
    ])
    func `a path without a name, or with two, is nobody's`(_ path: String) async throws {
        let house = try FrontHouse(instance: "blue")
        #expect(await house.get(path).status == 404)
    }

    @Test func `alone it has no name`() async throws {
        let house = try FrontHouse()
        #expect(await house.get("/instance/blue/health").status == 404)
    }
}
