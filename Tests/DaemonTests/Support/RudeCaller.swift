import Instruments
import Net
import Synchronization
import Testing
import Twilio
import Wire

@testable import Simulators

/// Twilio's end of a call in the hands of a test: says anything, hears everything.
final class RudeCaller: MessageSocketHandler {
    let house: LiveHouse
    let call: String
    let stream: String
    private let socket = Mutex<(any MessageSocket)?>(nil)
    private let said = Mutex<[JSON]>([])
    private let ending = Mutex<SocketClosure?>(nil)

    init(_ house: LiveHouse, number: Int = 1) {
        self.house = house
        call = Self.sid("CA", number)
        stream = Self.sid("MZ", number)
    }

    /// Another stream of the same call.
    init(_ house: LiveHouse, replacing first: RudeCaller) {
        self.house = house
        call = first.call
        stream = Self.sid("MZ", 99)
    }

    private static func sid(_ prefix: String, _ number: Int) -> String {
        prefix + String(repeating: "0", count: 32 - "\(number)".count) + "\(number)"
    }

    /// The form of Twilio's requests about this call.
    func form(_ status: String = "ringing", sequence: Int? = nil) -> Form {
        var form: Form = [
            "AccountSid": LiveHouse.accountSID, "CallSid": call, "CallStatus": status,
            "Direction": "inbound", "From": "+15550100001", "To": "+15550100002",
        ]
        if let sequence { form.append("SequenceNumber", "\(sequence)") }
        return form
    }

    /// Rings; answers the token of the stream that the TwiML asks for.
    func ring() async throws -> String {
        let response = try await house.post("/api/twilio/voice", form())
        try #require(response.status == 200)
        let script = try TwiMLReader.read(
            response.body, contentType: response.fields["Content-Type"])
        guard case .connect(let connect) = script.verbs.first,
            let token = connect.parameters.first(where: { $0.name == "token" })
        else { throw Overdue(description: "no stream in \(response.text)") }
        return token.value
    }

    /// Opens a socket for the stream, signed unless told otherwise.
    func dial(signature: String? = nil) async throws {
        let target = "/api/twilio/stream"
        let url = "wss://callbridge.test\(target)"
        let dialer = WebSocketDialer(tls: try .client(extraCAFile: nil), resolver: Resolver())
        let socket = try await dialer.dial(
            try WebAddress("ws://127.0.0.1:\(house.port)\(target)"),
            fields: [
                TwilioSignature.headerName: signature
                    ?? TwilioSignature.make(url: url, key: LiveHouse.token)
            ], timeout: .seconds(30), on: house.loop)
        self.socket.withLock { $0 = socket }
        await act { socket in socket.handler = self }
    }

    /// Opens the stream as Twilio does, and waits until the call has it.
    func connect(_ token: String) async throws {
        try await dial()
        await say(#"{"event":"connected","protocol":"Call","version":"1.0.0"}"#)
        await say(start(token))
        try await house.until("stream \(stream) is there") {
            try await house.status(of: call)?["stream_sid"]?.text == stream
        }
    }

    /// A call in conversation.
    static func talking(in house: LiveHouse, number: Int = 1) async throws -> RudeCaller {
        let caller = RudeCaller(house, number: number)
        try await caller.connect(try await caller.ring())
        try await house.until("the conversation began") {
            try await house.status(of: caller.call)?["status"]?.text == "in-progress"
        }
        return caller
    }

    /// A start message; without a token it has no parameters.
    func start(_ token: String?) -> String {
        let parameters: JSON = token.map { ["token": .string($0)] } ?? [:]
        let start: JSON = [
            "accountSid": .string(LiveHouse.accountSID), "streamSid": .string(stream),
            "callSid": .string(call), "tracks": ["inbound"],
            "mediaFormat": ["encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1],
            "customParameters": parameters,
        ]
        let message: JSON = [
            "event": "start", "sequenceNumber": "1", "start": start, "streamSid": .string(stream),
        ]
        return message.serialized
    }

    /// A media message of 20 ms.
    func media(_ chunk: Int, stream: String? = nil, payload: String? = nil) -> String {
        let payload = payload ?? Base64.text([UInt8](repeating: 0xFF, count: 160))
        return #"{"event":"media","sequenceNumber":"\#(chunk + 1)","media":{"track":"inbound","#
            + #""chunk":"\#(chunk)","timestamp":"\#(chunk * 20)","payload":"\#(payload)"},"#
            + #""streamSid":"\#(stream ?? self.stream)"}"#
    }

    func say(_ text: String) async {
        await act { $0.sendText(capacity: text.utf8.count) { $0.append(text) } }
    }

    func say(binary bytes: [UInt8]) async {
        await act { $0.sendBinary(capacity: bytes.count) { $0.append(bytes.span.bytes) } }
    }

    /// Drops the connection.
    func abort() async { await act { $0.abort() } }

    /// Hangs up as Twilio does, and waits for the call's end.
    func hangUp() async throws {
        await say(#"{"event":"stop","sequenceNumber":"9","stop":{},"streamSid":"\#(stream)"}"#)
        #expect(try await house.ending(of: call) == "caller_hung_up")
    }

    private func act(_ body: @escaping @Sendable (any MessageSocket) -> Void) async {
        guard let socket = socket.withLock({ $0 }) else { return }
        await withCheckedContinuation { continuation in
            house.loop.run {
                body(socket)
                continuation.resume()
            }
        }
    }

    /// What the daemon said on the stream so far.
    var messages: [JSON] { said.withLock { $0 } }

    /// Waits for the end of the socket.
    func closure() async throws -> SocketClosure {
        try await house.until("the stream's socket closed") { ending.withLock { $0 } != nil }
        return try #require(ending.withLock { $0 })
    }

    func received(text: RawSpan, on socket: any MessageSocket) {
        if let message = try? JSON(parsing: text) { said.withLock { $0.append(message) } }
    }

    func closed(_ closure: SocketClosure, on socket: any MessageSocket) {
        ending.withLock { $0 = closure }
        self.socket.withLock { $0 = nil }
    }
}
