import Instruments
import Net
import Simulators
import Synchronization
import Wire

/// Relays frames and nothing else: audio of the wanted length, its head as it came.
final class SmallestBridge: HTTPHandler {
    let format: LoadFormat
    /// Where the agent is; set before the first call.
    let agent = Mutex("")

    init(format: LoadFormat) { self.format = format }

    func bodyLimit(_ request: HTTPRequest) -> Int { 4_096 }

    func answer(_ request: HTTPRequest, on loop: any Loop) async -> HTTPAnswer {
        guard request.fields["Upgrade"] != nil else {
            let stream = #"<Stream url="wss://callbridge.test/stream"/>"#
            return .respond(
                HTTPResponse(
                    status: 200, type: "text/xml",
                    text: "<Response><Connect>\(stream)</Connect></Response>"))
        }
        let address = agent.withLock { $0 }
        guard let trust = try? TLSContext.client(extraCAFile: nil),
            let url = try? WebAddress(address),
            let agent = try? await WebSocketDialer(tls: trust, resolver: Resolver())
                .dial(url, timeout: .seconds(5), on: loop)
        else { return .respond(HTTPResponse(status: 503)) }
        return .webSocket(
            WebSocketAcceptance { [format] caller in
                caller.handler = Relay(to: agent) { message in
                    guard let letters = message["media"]?["payload"]?.text else { return nil }
                    return ["user_audio_chunk": .string(resized(letters, to: format.frameBytes))]
                }
                agent.handler = Relay(to: caller) { message in
                    guard let letters = message["audio_event"]?["audio_base_64"]?.text else {
                        return nil
                    }
                    let payload = resized(letters, to: LoadFormat.callerFrameBytes)
                    return [
                        "event": "media", "streamSid": "MZ", "media": ["payload": .string(payload)],
                    ]
                }
            })
    }
}

/// The same audio cut, or filled up with zeros, to so many bytes.
private func resized(_ letters: String, to count: Int) -> String {
    let bytes = (Base64.bytes(letters) ?? []).prefix(count)
    return Base64.text(bytes + [UInt8](repeating: 0, count: count - bytes.count))
}

/// One direction: what `translate` makes of a message goes to the other socket.
private final class Relay: MessageSocketHandler {
    private let other: any MessageSocket
    private let translate: @Sendable (JSON) -> JSON?

    init(to other: any MessageSocket, _ translate: @escaping @Sendable (JSON) -> JSON?) {
        self.other = other
        self.translate = translate
    }

    func received(text: RawSpan, on socket: any MessageSocket) {
        let json = text.withUnsafeBytes { try? JSON(parsing: $0) }
        guard let json, let message = translate(json) else { return }
        let bytes = message.bytes
        other.sendText(capacity: bytes.count) { $0.append(bytes.span.bytes) }
    }

    func closed(_ closure: SocketClosure, on socket: any MessageSocket) {
        other.close(code: 1000, reason: "")
    }
}
