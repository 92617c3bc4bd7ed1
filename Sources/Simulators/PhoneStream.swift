import Instruments
import Wire

/// A media stream on its socket: moves bytes between a `ScriptedCaller` and the server.
final class PhoneStream: MessageSocketHandler, @unchecked Sendable {
    // Safe because every member is used on the socket's loop only.

    /// How a stream ended.
    enum Ending: Sendable, Equatable {
        case callerHungUp
        case serverClosed(code: UInt16)
        /// The connection went without a close frame, or broke the protocol.
        case failed(DebuggerEntry)
        /// A REST update took the call away.
        case tornDown
    }

    private let loop: any Loop
    private var voice: StreamVoice
    private(set) var judge: StreamJudge
    private(set) var caller: ScriptedCaller
    private var socket: (any MessageSocket)?
    private var timer: (any LoopTimer)?
    private var done: ((Ending) -> Void)?
    private var ourEnding: Ending?

    init(_ script: CallerScript, voice: StreamVoice, on loop: any Loop) {
        self.loop = loop
        self.voice = voice
        judge = StreamJudge(streamSID: voice.streamSID)
        caller = ScriptedCaller(script, at: loop.now)
    }

    /// Lives on an opened socket until it ends.
    func live(
        on socket: any MessageSocket, parameters: [TwiMLScript.Parameter]
    ) async -> Ending {
        await withCheckedContinuation { continuation in
            begin(on: socket, parameters: parameters) { continuation.resume(returning: $0) }
        }
    }

    /// Begins on an opened socket and tells how it ended.
    func begin(
        on socket: any MessageSocket, parameters: [TwiMLScript.Parameter],
        _ ended: @escaping (Ending) -> Void
    ) {
        self.socket = socket
        done = ended
        timer = loop.makeTimer { [weak self] in self?.pass() }
        socket.handler = self
        send(voice.connected())
        send(voice.start(parameters: parameters))
        if ourEnding == nil { pass() } else { stop() }
    }

    /// The call is taken elsewhere: `stop`, then a close; before it began, as soon as it begins.
    func tearDown() { leave(.tornDown) }

    /// Twilio's end of the call: the caller is gone.
    func hangUp() { leave(.callerHungUp) }

    func received(text: RawSpan, on socket: any MessageSocket) {
        guard ourEnding == nil, let order = judge.judge(text: text) else { return }
        perform(caller.take(order, at: loop.now))
    }

    func received(binary: RawSpan, on socket: any MessageSocket) { judge.judgeBinary() }

    func closed(_ closure: SocketClosure, on socket: any MessageSocket) {
        timer?.disarm()
        timer = nil
        self.socket = nil
        _ = caller.pass(to: loop.now)
        let told = done
        done = nil
        told?(ourEnding ?? Self.ending(closure))
    }

    /// An ending for people.
    static func words(_ ending: Ending) -> String {
        switch ending {
        case .callerHungUp: "the caller hung up"
        case .serverClosed(let code): "the server closed with \(code)"
        case .failed(let entry): "\(entry.code): \(entry.text)"
        case .tornDown: "torn down by REST"
        }
    }

    private static func ending(_ closure: SocketClosure) -> Ending {
        switch closure.cause {
        case .peer, .us:
            guard ![1000, 1001, 1005].contains(closure.code) else {
                return .serverClosed(code: closure.code)
            }
            return .failed(DebuggerEntry(31921, "closed with \(closure.code)"))
        case .lost: return .failed(DebuggerEntry(31903, closure.reason))
        case .violation: return .failed(DebuggerEntry(31924, closure.reason))
        }
    }

    private func pass() {
        perform(caller.pass(to: loop.now))
        if let deadline = caller.deadline { timer?.arm(at: deadline) }
    }

    private func perform(_ actions: [ScriptedCaller.Action]) {
        for action in actions {
            switch action {
            case .send(.mark(let name)): send(voice.mark(name))
            case .send(.dtmf(let digit)): send(voice.dtmf(digit))
            case .media(let audio, let timestamp):
                socket?.sendText(capacity: StreamVoice.messageBytesMax) { writer in
                    audio.withUnsafeBytes { voice.media($0, timestamp: timestamp, to: &writer) }
                }
            case .stopReading: socket?.isReadingPaused = true
            case .loseStream:
                ourEnding = .failed(DebuggerEntry(31903, "the connection was lost"))
                socket?.abort()
            case .hangUp(let rude):
                guard rude else { return leave(.callerHungUp) }
                ourEnding = .callerHungUp
                socket?.abort()
            }
        }
    }

    private func leave(_ ending: Ending) {
        guard ourEnding == nil else { return }
        ourEnding = ending
        stop()
    }

    private func stop() {
        timer?.disarm()
        send(voice.stop())
        socket?.close(code: WebSocketClose.normal, reason: "")
    }

    private func send(_ json: JSON) {
        let bytes = json.bytes
        socket?.sendText(capacity: bytes.count) { $0.append(bytes.span.bytes) }
    }
}
