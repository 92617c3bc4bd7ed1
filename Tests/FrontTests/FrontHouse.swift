import Calls
import Instruments
import Net
import Switchboard
import Synchronization
import Twilio
import Wire

@testable import Front

/// The front with everything behind it but an agent: dials wait for ever.
final class FrontHouse: Sendable {
    static let token = SecretText("f00dfeedc0ffee1234567890abcdef00")
    static let voice: Form = [
        "AccountSid": "AC00000000000000000000000000000001",
        "CallSid": "CA00000000000000000000000000000001", "CallStatus": "ringing",
        "Direction": "inbound", "From": "+15550100001", "To": "+15550100002", "FromZip": "",
    ]

    static let announcements = AnnouncementShelf(
        Dictionary(
            uniqueKeysWithValues: Announcement.allCases.map { announcement in
                let recording = AnnouncementShelf.Recording(
                    text: announcement.rawValue, audio: [UInt8](repeating: 0xFF, count: 1_600))
                return (announcement, [.english: recording, .german: recording])
            }))

    /// Calls that outlive a test, however busy the machine is that runs it.
    static let patient: CallLimits = {
        var limits = CallLimits()
        limits.streamStartMax = .seconds(3_600)
        limits.questionMax = .seconds(3_600)
        return limits
    }()

    let loops = LoopPool(count: 1)
    let registry: CallRegistry
    let tickets = TicketBook(key: Array("a key of at least 16 bytes".utf8))
    let desk: FrontDesk
    let door: FrontDoor
    let sink = MemorySink()
    let publicURL: WebAddress
    let twilio = ScriptedTwilio()
    /// Calls of which somebody waited until nothing was kept.
    let forgotten = Forgotten()

    final class Forgotten: Sendable {
        private let calls = Mutex<[CallSID]>([])

        var all: [CallSID] { calls.withLock { $0 } }

        func wait(for call: CallSID) { calls.withLock { $0.append(call) } }
    }

    init(
        tokens: [SecretText] = [token], callsMax: Int = 10,
        publicURL text: String = "https://callbridge.test",
        apiKeys: [SecretText] = [SecretText("key_test_1"), SecretText("key_test_2")],
        board: MetricBoard = MetricBoard(), plan: CallPlan = CallPlan(),
        outbound policy: OutboundPolicy = .testing, clients: ClientAddress = .peerAlone,
        origins: [String] = [], memories: [CallMemory] = [], instance: String? = nil,
        doorPatience: Duration = .seconds(3_600), hasAccount: Bool = true,
        promises: PromiseShelf? = nil,
        outage: @escaping @Sendable (Rung) -> Duration? = { _ in nil }
    ) throws {
        publicURL = try WebAddress(text)
        let registry = CallRegistry(callsMax: callsMax)
        self.registry = registry
        let loops = loops
        let book = OutboundBook(policy, keeper: promises ?? NoPromiseKeeper())
        if let promises { book.restore(promises.records, at: SystemTime().now) }
        desk = FrontDesk(
            registry: registry, tickets: tickets, sessions: SessionNames(),
            gate: GateKeeper(
                twilio: TwilioSignature.Keys(tokens: tokens),
                apiKeys: apiKeys,
                publicURL: publicURL),
            makeCall: { ticket in
                Call(
                    ticket, on: loops.quietest(),
                    with: CallServices(
                        limits: Self.patient, dialer: NoDialer(), listener: CallListeners([book])),
                    onEnd: { registry.leave($0, $1) })
            }, publicURL: publicURL,
            planner: { to, _, _ in
                var plan = plan
                plan.language = Language(spokenAt: to)
                return plan
            },
            handOff: { key, _ throws(DialFault) in
                guard key == "clara" else { throw DialFault(.providerRefused, "not taken") }
                return "<Response><Connect><Stream url=\"wss://agents.test\"/></Connect></Response>"
            },
            announcements: Self.announcements, showsNumbers: false, version: "1.2.3",
            startedAt: SystemTime().now, log: Log(to: sink, threshold: .debug),
            meters: FrontMeters(board),
            outbound: OutboundDesk(
                book: book, line: hasAccount ? twilio : nil,
                agents: { ["default": "agent_test_1", "sales": "agent_test_2"] }, outage: outage),
            clients: clients, allowedOrigins: try origins.map { try WebAddress($0) },
            revival: Self.revival(memories, registry, loops, forgotten), instance: instance,
            doorPatience: doorPatience)
        door = FrontDoor(desk: desk)
    }

    /// Its thread would outlive it.
    deinit { loops.stop() }

    /// Goes on with these, as often as asked.
    private static func revival(
        _ memories: [CallMemory], _ registry: CallRegistry, _ loops: LoopPool,
        _ forgotten: Forgotten
    ) -> Revival {
        Revival(
            memories: { call in memories.first { $0.ticket.call == call } },
            make: { memory in
                Call(
                    memory.ticket, on: loops.quietest(),
                    with: CallServices(
                        limits: Self.patient, dialer: NoDialer(), listener: CallListeners([])),
                    recalling: memory, onEnd: { registry.leave($0, $1) })
            }, forgotten: { forgotten.wait(for: $0) })
    }

    /// A webhook, signed unless told otherwise.
    func post(
        _ path: String, _ form: Form, signedWith token: SecretText? = token,
        peer: String = "192.0.2.7", fields: HTTPFields = [:]
    ) async -> HTTPResponse {
        var fields = fields
        fields["Content-Type"] = "application/x-www-form-urlencoded"
        if let token {
            fields[TwilioSignature.headerName] = TwilioSignature.make(
                url: "https://callbridge.test\(path)", form: form, key: token)
        }
        if fields["Host"] == nil { fields["Host"] = "127.0.0.1:3000" }
        var request = HTTPRequest(
            method: "POST", target: path, fields: fields, body: form.bytes)
        request.peer = peer
        return await answer(request)
    }

    func get(
        _ path: String, peer: String = "127.0.0.1", fields: HTTPFields = [:]
    ) async -> HTTPResponse {
        var fields = fields
        if fields["Host"] == nil { fields["Host"] = "127.0.0.1:3000" }
        var request = HTTPRequest(method: "GET", target: path, fields: fields)
        request.peer = peer
        return await answer(request)
    }

    func answer(_ request: HTTPRequest) async -> HTTPResponse {
        switch await door.answer(request, on: loops.loops[0]) {
        case .respond(let response), .stream(let response, _): response
        case .webSocket: HTTPResponse(status: 101)
        }
    }

    /// A JSON request with a key.
    func ask(
        _ path: String, _ body: JSON, key: String? = "key_test_1", peer: String = "192.0.2.7",
        fields: HTTPFields = [:]
    ) async -> HTTPResponse {
        var fields = fields
        fields["Host"] = "callbridge.test"
        fields["X-API-Key"] = key
        var request = HTTPRequest(method: "POST", target: path, fields: fields, body: body.bytes)
        request.peer = peer
        return await answer(request)
    }

    var call: Call? {
        CallSID("CA00000000000000000000000000000001").flatMap { registry.find($0) }
    }
}

extension HTTPResponse {
    var text: String { String(decoding: body, as: UTF8.self) }
    var json: JSON? { try? JSON(parsing: body) }
}

extension Form {
    /// The same with one pair put in the place of its namesake.
    func with(_ name: String, _ value: String?) -> Form {
        var form = Form()
        for pair in pairs where pair.name != name { form.append(pair.name, pair.value) }
        if let value { form.append(name, value) }
        return form
    }
}

extension OutboundPolicy {
    /// One number's neighbours may be called.
    static var testing: OutboundPolicy {
        var policy = OutboundPolicy()
        policy.prefixes = ["+1555010"]
        policy.from = PhoneNumber("+15550100002")
        return policy
    }
}

/// Twilio as a test wants it: answers in order, and what it was asked.
final class ScriptedTwilio: TwilioLine {
    typealias Answer = Result<TwilioAnswer, TwilioFailure>

    private struct State {
        var answers: [Answer] = []
        var placed: [OutboundCall] = []
        var updates: [CallSID] = []
        var failure: TwilioFailure?
        var during: (@Sendable (OutboundCall) async -> Void)?
    }

    private let state = Mutex(State())

    var placed: [OutboundCall] { state.withLock { $0.placed } }
    var updates: [CallSID] { state.withLock { $0.updates } }

    /// The next answer; when there are none, calls are numbered.
    func will(_ answer: Answer) { state.withLock { $0.answers.append(answer) } }

    /// Changes fail with this, until it is nil.
    func refuseUpdates(_ failure: TwilioFailure?) { state.withLock { $0.failure = failure } }

    /// Happens before the next answers.
    func during(_ work: @escaping @Sendable (OutboundCall) async -> Void) {
        state.withLock { $0.during = work }
    }

    func place(_ call: OutboundCall) async throws(TwilioFailure) -> TwilioAnswer {
        let (number, answer, during) = state.withLock { state in
            state.placed.append(call)
            let answer = state.answers.isEmpty ? nil : state.answers.removeFirst()
            return (state.placed.count, answer, state.during)
        }
        await during?(call)
        guard let answer else { return try Self.answer(number) }
        return try answer.get()
    }

    func update(
        _ call: CallSID, _ update: CallUpdate
    ) async throws(TwilioFailure) -> TwilioAnswer? {
        let failure = state.withLock { state in
            state.updates.append(call)
            return state.failure
        }
        if let failure { throw failure }
        return nil
    }

    static func sid(_ number: Int) -> String {
        "CA" + String(repeating: "0", count: 31) + String(number, radix: 16)
    }

    private static func answer(_ number: Int) throws(TwilioFailure) -> TwilioAnswer {
        let body = #"{"sid":"\#(sid(number))","status":"queued"}"#
        do {
            return try TwilioAnswer(
                HTTPResponse(status: 201, type: "application/json", text: body))
        } catch {
            throw .refused(error)
        }
    }

    /// A refusal as Twilio writes it.
    static func refusal(_ status: Int, _ code: Int64, _ message: String) -> TwilioFailure {
        let body = #"{"code":\#(code),"message":"\#(message)","status":\#(status)}"#
        do {
            _ = try TwilioAnswer(
                HTTPResponse(status: status, type: "application/json", text: body))
        } catch {
            return .refused(error)
        }
        return .unusable("no refusal")
    }
}

/// An agent that is never reached, which harms no call before its stream is there.
struct NoDialer: AgentDialer {
    func dial(agent key: String, on loop: any Loop) async throws(DialFault) -> any MessageSocket {
        throw DialFault(.providerUnreachable, "never")
    }
}

extension MemorySink {
    /// Why, as each line of that event says.
    func reasons(of event: String) -> [String] {
        lines(of: event).flatMap(\.fields).filter { $0.name == "REASON" }.map(\.value)
    }
}
