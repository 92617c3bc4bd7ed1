import Testing
import Twilio
import Wire

@testable import Front

/// The promises of outbound calls, as values.
@Suite struct OutboundLedgerTests {
    private static func order(_ agent: String = "default") throws -> OutboundOrder {
        let body: JSON = ["agent_id": .string(agent), "to": "+15550100010"]
        return try OutboundOrder(
            JSONBody(parsing: body.bytes), agents: ["default": "a", "sales": "b"])
    }

    private static func ledger(callsMax: Int = 10) -> OutboundLedger {
        var policy = OutboundPolicy()
        policy.callsMax = callsMax
        policy.callsPerMinute = 600
        return OutboundLedger(policy)
    }

    private static func sid(_ number: Int) throws -> CallSID {
        let digits = String(number, radix: 16)
        return try #require(
            CallSID("CA" + String(repeating: "0", count: 32 - digits.count) + digits))
    }

    @Test func `a promise is placed, known, bound and over`() throws {
        var ledger = Self.ledger()
        let order = try Self.order()
        let call = try Self.sid(1)
        let promise = OutboundPromise(id: "p", session: "s", agent: "default", variables: [:])
        #expect(ledger.ask(order, session: "s", promise: "p", at: .zero) == .place(promise))
        #expect(ledger.ask(order, session: "s", promise: "q", at: .zero) == .pending)
        #expect(ledger.standing(of: "s") == .pending)
        let placed = OutboundResult.placed(call, .queued)
        #expect(ledger.settle("s", placed) == placed)
        #expect(ledger.ask(order, session: "s", promise: "q", at: .zero) == .known(placed))
        #expect(ledger.bind("p", to: call) == promise)
        #expect(try ledger.bind("p", to: Self.sid(2)) == nil)
        #expect(ledger.bind("unknown", to: call) == nil)
        #expect(ledger.living(at: .zero) == 1)
        let (first, second) = (ledger.end(call, "caller_busy"), ledger.end(call, "caller_hung_up"))
        #expect(first && !second)
        #expect(ledger.living(at: .zero) == 0)
        #expect(ledger.ask(order, session: "s", promise: "q", at: .zero) == .known(placed))
    }

    @Test func `another request under the same name is a conflict until it is forgotten`() throws {
        var ledger = Self.ledger()
        _ = ledger.ask(try Self.order(), session: "s", promise: "p", at: .zero)
        _ = ledger.settle("s", .placed(try Self.sid(1), .queued))
        let other = try Self.order("sales")
        #expect(ledger.ask(other, session: "s", promise: "q", at: .zero) == .conflict)
        #expect(ledger.ask(other, session: "s", promise: nil, at: .zero) == .conflict)
        let later = OutboundLedger.memory
        #expect(ledger.ask(other, session: "t", promise: nil, at: later) == .refused)
        guard case .place = ledger.ask(other, session: "s", promise: "q", at: later) else {
            Issue.record("it is not forgotten")
            return
        }
        #expect(try ledger.promise(of: Self.sid(1)) == nil)
    }

    @Test func `what was certainly not done is forgotten, what may have been is kept`() throws {
        var ledger = Self.ledger()
        let order = try Self.order()
        _ = ledger.ask(order, session: "s", promise: "p", at: .zero)
        _ = ledger.settle("s", .failed(.unreachable("refused")))
        #expect(ledger.standing(of: "s") == .unknown && ledger.count == 0)
        _ = ledger.ask(order, session: "s", promise: "q", at: .zero)
        let lost = OutboundResult.failed(.unanswered("late"))
        #expect(ledger.settle("s", lost) == lost)
        #expect(ledger.ask(order, session: "s", promise: "r", at: .zero) == .known(lost))
        let found = OutboundResult.placed(try Self.sid(1), .queued)
        _ = ledger.bind("q", to: try Self.sid(1))
        #expect(ledger.ask(order, session: "s", promise: "r", at: .zero) == .known(found))
        // The webhook may also come while we still wait for the answer that is then lost.
        _ = ledger.ask(order, session: "t", promise: "u", at: .zero)
        _ = ledger.bind("u", to: try Self.sid(2))
        #expect(ledger.settle("t", lost) == .placed(try Self.sid(2), .queued))
    }

    @Test func `a call of which nothing more is heard holds its place for its longest life`() throws
    {
        var ledger = Self.ledger(callsMax: 1)
        let order = try Self.order()
        _ = ledger.ask(order, session: "s", promise: "p", at: .zero)
        _ = ledger.settle("s", .placed(try Self.sid(1), .queued))
        #expect(ledger.ask(order, session: "t", promise: "q", at: .zero) == .tooMany(living: 1))
        let life = OutboundPolicy().lifeMax
        #expect(
            ledger.ask(order, session: "t", promise: "q", at: life - .seconds(1))
                == .tooMany(living: 1))
        guard case .place = ledger.ask(order, session: "t", promise: "q", at: life) else {
            Issue.record("its place is held for ever")
            return
        }
    }

    @Test func `the ledger has an end, and forgets those that are over first`() throws {
        var ledger = Self.ledger(callsMax: 2)
        let order = try Self.order()
        _ = ledger.ask(order, session: "living", promise: "p", at: .zero)
        _ = ledger.settle("living", .placed(try Self.sid(0), .queued))
        for number in 1...(OutboundLedger.entriesMax + 10) {
            let now = Duration.milliseconds(number * 100)
            _ = ledger.ask(order, session: "\(number)", promise: "p\(number)", at: now)
            let call = try Self.sid(number)
            _ = ledger.settle("\(number)", .placed(call, .queued))
            _ = ledger.end(call, "caller_busy")
        }
        #expect(ledger.count == OutboundLedger.entriesMax)
        #expect(ledger.standing(of: "1") == .unknown)
        #expect(ledger.standing(of: "living") != .unknown)
    }
}
