import Calls
import Instruments
import Net
import Switchboard
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

    let loops = LoopPool(count: 1)
    let registry: CallRegistry
    let tickets = TicketBook(key: Array("a key of at least 16 bytes".utf8))
    let desk: FrontDesk
    let door: FrontDoor
    let sink = MemorySink()
    let publicURL: WebAddress

    init(
        tokens: [SecretText] = [token], callsMax: Int = 10,
        publicURL text: String = "https://callbridge.test",
        apiKeys: [SecretText] = [SecretText("key_test_1"), SecretText("key_test_2")],
        board: MetricBoard = MetricBoard(), plan: CallPlan = CallPlan()
    ) throws {
        publicURL = try WebAddress(text)
        let registry = CallRegistry(callsMax: callsMax)
        self.registry = registry
        let loops = loops
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
                        limits: CallLimits(), dialer: NoDialer(), listener: CallListeners([])),
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
            meters: FrontMeters(board))
        door = FrontDoor(desk: desk)
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

/// An agent that is never reached, which harms no call before its stream is there.
struct NoDialer: AgentDialer {
    func dial(agent key: String, on loop: any Loop) async throws(DialFault) -> any MessageSocket {
        throw DialFault(.providerUnreachable, "never")
    }
}
