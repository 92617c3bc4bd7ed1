import Calls
import Synchronization
import Testing
import Twilio
import Wire

@testable import Front

/// Promises of calls outlive the process that made them.
@Suite struct OutboundRestartTests {
    private static let path = "/webhook/initiate-call"
    private static let order: JSON = [
        "agent_id": "sales", "session_id": "order-7", "to": "+15550100010",
        "metadata": ["name": "A"],
    ]

    private static func target(_ call: OutboundCall?) throws -> String {
        guard case .url(let url) = call?.answer else { throw Missing() }
        return String(url.dropFirst("https://callbridge.test".utf8.count))
    }

    private static let answered = FrontHouse.voice.with("CallSid", ScriptedTwilio.sid(1))
        .with("CallStatus", "in-progress").with("Direction", "outbound-api")
        .with("From", "+15550100002").with("To", "+15550100010")

    struct Missing: Error {}

    /// What was answered beside the test.
    private final class Told: Sendable {
        let answers = Mutex<[HTTPResponse]>([])
    }

    @Test func `the same order is the same call, and another under its name is not taken`()
        async throws
    {
        let shelf = PromiseShelf()
        let killed = try FrontHouse(promises: shelf)
        let first = await killed.ask(Self.path, Self.order)
        let house = try FrontHouse(promises: shelf)
        let again = await house.ask(Self.path, Self.order)
        #expect(again.status == 201 && again.body == first.body)
        #expect(house.twilio.placed.isEmpty)
        let other: JSON = ["agent_id": "sales", "session_id": "order-7", "to": "+15550100011"]
        #expect(await house.ask(Self.path, other).status == 409)
    }

    @Test func `a call that a killed process placed has its agent and what it is to be told`()
        async throws
    {
        let shelf = PromiseShelf()
        let killed = try FrontHouse(promises: shelf)
        _ = await killed.ask(Self.path, Self.order)
        let house = try FrontHouse(promises: shelf)
        let target = try Self.target(killed.twilio.placed.first)
        #expect(await house.post(target, Self.answered).text.contains("<Stream"))
        let sid = try #require(CallSID(ScriptedTwilio.sid(1)))
        let ticket = try #require(house.registry.find(sid)).ticket
        #expect(ticket.agent == "sales" && ticket.session == "order-7")
        #expect(ticket.plan.variables["name"] == "A")
    }

    @Test func `it counts as living, until it is over`() async throws {
        var policy = OutboundPolicy.testing
        policy.callsMax = 1
        let shelf = PromiseShelf()
        _ = await (try FrontHouse(outbound: policy, promises: shelf)).ask(Self.path, Self.order)
        let house = try FrontHouse(outbound: policy, promises: shelf)
        let next: JSON = ["agent_id": "sales", "to": "+15550100011"]
        #expect(await house.ask(Self.path, next).status == 429)
        let over = Self.answered.with("CallStatus", "busy")
        _ = await house.post("/api/twilio/status", over)
        #expect(await house.ask(Self.path, next).status == 201)
        // What is over is known by its name, but nothing of what the agent would have been told.
        let third = try FrontHouse(outbound: policy, promises: shelf)
        #expect(await third.ask(Self.path, Self.order).status == 201)
        #expect(third.twilio.placed.isEmpty)
        #expect(shelf.records.allSatisfy { $0.promise.variables.isEmpty })
    }

    @Test func `an order whose process died while Twilio was asked rings nobody twice`()
        async throws
    {
        let shelf = PromiseShelf()
        let killed = try FrontHouse(promises: shelf)
        let told = Told()
        killed.twilio.during { call in
            // It dies here: whatever it learns is kept no more.
            guard let house = try? FrontHouse(promises: PromiseShelf(shelf.records)),
                let target = try? Self.target(call)
            else { return }
            let unknown = await house.ask(Self.path, Self.order)
            _ = await house.post(target, Self.answered)
            let known = await house.ask(Self.path, Self.order)
            told.answers.withLock { $0 = [unknown, known] }
            #expect(house.twilio.placed.isEmpty)
        }
        _ = await killed.ask(Self.path, Self.order)
        let answers = told.answers.withLock { $0 }
        #expect(answers.map(\.status) == [502, 201])
        #expect(answers.first?.json?["detail"]?.text?.contains("may have been placed") == true)
        #expect(answers.last?.json?["call_sid"]?.text == ScriptedTwilio.sid(1))
    }

    @Test func `an order that another living instance has rings nobody twice`() async throws {
        let shelf = PromiseShelf()
        let blue = try FrontHouse(promises: shelf)
        let green = try FrontHouse(promises: PromiseShelf(beside: shelf))
        let told = Told()
        blue.twilio.during { _ in
            let unknown = await green.ask(Self.path, Self.order)
            told.answers.withLock { $0 = [unknown] }
        }
        let first = await blue.ask(Self.path, Self.order)
        let again = await green.ask(Self.path, Self.order)
        #expect(told.answers.withLock { $0.map(\.status) } == [502])
        #expect(again.status == 201 && again.body == first.body)
        let other: JSON = ["agent_id": "sales", "session_id": "order-7", "to": "+15550100011"]
        #expect(await green.ask(Self.path, other).status == 409)
        #expect(green.twilio.placed.isEmpty)
        let next: JSON = ["agent_id": "sales", "session_id": "order-8", "to": "+15550100010"]
        #expect(await green.ask(Self.path, next).status == 201)
        #expect(green.twilio.placed.count == 1)
    }

    @Test func `what was certainly not placed leaves nothing`() async throws {
        let shelf = PromiseShelf()
        let house = try FrontHouse(promises: shelf)
        house.twilio.will(.failure(.unreachable("refused")))
        #expect(await house.ask(Self.path, Self.order).status == 502)
        #expect(shelf.records.isEmpty)
    }

    @Test func `a record is read back as it was written, or not at all`() throws {
        let shelf = PromiseShelf()
        let record = OutboundRecord(
            promise: OutboundPromise(
                id: "p", session: "s", agent: "sales", variables: ["name": "A", "n": ""]),
            fingerprint: "00ff", placedAt: .seconds(5), call: CallSID(ScriptedTwilio.sid(1)),
            status: .inProgress, end: "caller_busy")
        shelf.keep(record)
        #expect(shelf.records == [record])
        let members = try #require(record.json.members)
        for absent in ["version", "promise", "session", "agent", "variables", "fingerprint"] {
            #expect(OutboundRecord(.object(members.filter { $0.name != absent })) == nil)
        }
    }

    @Test(arguments: [-1, 3_155_760_000_001, Int64.max])
    func `a record of a time that no clock shows is none`(time: Int64) throws {
        let record = OutboundRecord(
            promise: OutboundPromise(id: "p", session: "s", agent: "sales", variables: [:]),
            fingerprint: "00ff", placedAt: .seconds(5), call: nil, status: .queued, end: nil)
        let members = try #require(record.json.members).filter { $0.name != "placed_at_ms" }
        #expect(OutboundRecord(.object(members + [.init("placed_at_ms", .integer(time))])) == nil)
    }
}

/// Keeps promises for the next house, as bytes.
final class PromiseShelf: PromiseKeeper {
    private let promises: Mutex<[String: [UInt8]]>
    /// Another instance's.
    private let other: PromiseShelf?

    init(_ records: [OutboundRecord] = [], beside other: PromiseShelf? = nil) {
        let bytes = records.map { ($0.promise.session, $0.json.bytes) }
        promises = Mutex(Dictionary(bytes) { $1 })
        self.other = other
    }

    func elsewhere(_ session: String) async -> OutboundRecord? {
        other?.records.first { $0.promise.session == session }
    }

    var records: [OutboundRecord] {
        promises.withLock { Array($0.values) }.compactMap { bytes in
            (try? JSON(parsing: bytes)).flatMap { OutboundRecord($0) }
        }
    }

    func keep(_ record: OutboundRecord) {
        promises.withLock { $0[record.promise.session] = record.json.bytes }
    }

    func forget(session: String) { promises.withLock { $0[session] = nil } }

    func kept() async {}
}
