import Calls
import Switchboard
import Synchronization
import Testing
import Twilio
import Wire

@testable import Front

/// Calls of ours that nobody has answered yet, and what Twilio tells of them too late.
@Suite struct OutboundLateTests {
    private static let path = "/webhook/initiate-call"
    private static let order: JSON = ["agent_id": "sales", "to": "+15550100010"]

    private static func webhook(_ call: String, _ status: String = "in-progress") -> Form {
        FrontHouse.voice.with("CallSid", call).with("CallStatus", status)
            .with("Direction", "outbound-api").with("From", "+15550100002")
            .with("To", "+15550100010")
    }

    @Test func `those that ring will need a place, and are counted`() async throws {
        let house = try FrontHouse(callsMax: 2)
        _ = await house.post("/api/twilio/voice", FrontHouse.voice.with("CallSid", Self.inbound))
        func call(_ to: String) async -> HTTPResponse {
            await house.ask(Self.path, ["agent_id": "sales", "to": .string(to)])
        }
        #expect(await call("+15550100011").status == 201)
        let full = await call("+15550100012")
        #expect(full.status == 503 && full.fields["Retry-After"] == "10")
        _ = await house.post(
            "/api/twilio/status", Self.webhook(ScriptedTwilio.sid(1), "no-answer"))
        #expect(await call("+15550100012").status == 201)
    }

    @Test
    func `no telephone rings for an agent who is not tried now, unless somebody else is there`()
        async throws
    {
        let human = Rung.human(PhoneNumber("+15550100009"))
        func house(_ rungs: [Rung]) throws -> FrontHouse {
            try FrontHouse(plan: CallPlan(rungs: rungs)) { rung in
                switch rung {
                case .agent("sales"): .milliseconds(12_200)
                case .handOff: .seconds(40)
                default: nil
                }
            }
        }
        let alone = try house([.agent("sales"), .queue, .handOff("sales"), .apology])
        let refused = await alone.ask(Self.path, Self.order)
        #expect(refused.status == 503 && refused.fields["Retry-After"] == "13")
        #expect(
            refused.json?["detail"]?.text?.hasPrefix("the agent sales failed too often") == true)
        #expect(alone.twilio.placed.isEmpty)
        for rungs in [[human, .apology], [.agent("default")], [.agent("sales"), human]] {
            let others = try house(rungs)
            #expect(await others.ask(Self.path, Self.order).status == 201)
        }
    }

    @Test func `what was promised is answered though its agent is not tried now`() async throws {
        let outage = Outage()
        let house = try FrontHouse(plan: CallPlan(rungs: [.agent("sales")])) { _ in
            outage.wait.withLock { $0 }
        }
        let order: JSON = ["agent_id": "sales", "to": "+15550100010", "session_id": "order-7"]
        let first = await house.ask(Self.path, order)
        outage.wait.withLock { $0 = .seconds(9) }
        let again = await house.ask(Self.path, order)
        #expect(again.status == 201 && again.body == first.body)
        #expect(house.twilio.placed.count == 1)
    }

    /// For how long nobody answers.
    private final class Outage: Sendable {
        let wait = Mutex<Duration?>(nil)
    }

    private static let inbound = "CA000000000000000000000000000000ff"

    @Test func `what Twilio tells in any order has one end`() async throws {
        let house = try FrontHouse()
        _ = await house.ask(Self.path, Self.order)
        let sid = ScriptedTwilio.sid(1)
        guard case .url(let url) = house.twilio.placed.first?.answer else {
            Issue.record("nothing was placed")
            return
        }
        let target = String(url.dropFirst("https://callbridge.test".utf8.count))
        // The end overtakes everything that was before it.
        for status in ["completed", "ringing", "initiated", "in-progress", "completed", "busy"] {
            let told = await house.post("/api/twilio/status", Self.webhook(sid, status))
            #expect(told.status == 204)
        }
        let machine = Self.webhook(sid).with("AnsweredBy", "machine_start")
        #expect(await house.post("/api/twilio/answered-by", machine).status == 204)
        #expect(await house.post(target, Self.webhook(sid)).text.contains("<Hangup/>"))
        #expect(house.sink.lines(of: "outbound.ended").count == 1)
        #expect(house.registry.active == 0 && house.twilio.updates.isEmpty)
    }
}
