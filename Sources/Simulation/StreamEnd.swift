import Instruments
import Simulators
import Wire

/// Twilio's end of one media stream: sends the caller's audio, plays what it is sent, judges it.
// Safe because a house lives on the one thread that runs its loop.
final class StreamEnd: MessageSocketHandler, @unchecked Sendable {
    private unowned let line: TelephoneLine
    private let loop: SimulatedLoop
    private let socket: MemorySocket
    let sid: String
    let began: Duration
    private(set) var playout: StreamPlayout
    private var judge: StreamJudge
    private(set) var isOver = false
    /// Nothing goes through, in either direction.
    var isDeaf = false { didSet { socket.isReadingPaused = isDeaf } }
    private var chunk = 0
    private var sequence = 1
    private let media: String
    private let mediaEvery: Duration

    init(
        _ line: TelephoneLine, _ socket: MemorySocket, sid: String, on loop: SimulatedLoop,
        mediaEvery: Duration
    ) {
        self.line = line
        self.socket = socket
        self.sid = sid
        self.loop = loop
        self.mediaEvery = mediaEvery
        began = loop.now
        playout = StreamPlayout(began: loop.now, keepsAudio: false)
        judge = StreamJudge(streamSID: sid)
        media = Base64.text(
            [UInt8](repeating: 0xFF, count: Int(mediaEvery.microseconds / 125)))
    }

    func begin(call: String, parameters: [TwiMLScript.Parameter]) {
        socket.handler = self
        let custom = JSON.object(parameters.map { JSON.Member($0.name, .string($0.value)) })
        say(#"{"event":"connected","protocol":"Call","version":"1.0.0"}"#)
        let start: JSON = [
            "event": "start", "sequenceNumber": "1", "streamSid": .string(sid),
            "start": [
                "accountSid": .string(TelephoneLine.account), "streamSid": .string(sid),
                "callSid": .string(call), "tracks": ["inbound"],
                "mediaFormat": [
                    "encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1,
                ],
                "customParameters": custom,
            ],
        ]
        say(start)
    }

    /// One step of Twilio's clock.
    func tick() {
        advance()
        guard !isOver, !isDeaf else { return }
        chunk += 1
        sequence += 1
        let time = chunk * Int(mediaEvery.milliseconds)
        say(
            """
            {"event":"media","sequenceNumber":"\(sequence)","media":{"track":"inbound",\
            "chunk":"\(chunk)","timestamp":"\(time)","payload":"\(media)"},"streamSid":"\(sid)"}
            """)
    }

    func say(_ text: String) {
        guard !isDeaf else { return }
        socket.sendText(capacity: text.utf8.count) { $0.append(text) }
    }

    private func say(_ json: JSON) { say(String(decoding: json.bytes, as: UTF8.self)) }

    func sayBinary() { socket.sendBinary(capacity: 1) { $0.append("x") } }

    func stop() {
        sequence += 1
        say(
            #"{"event":"stop","sequenceNumber":"\#(sequence)","streamSid":"\#(sid)","stop":{"accountSid":"\#(TelephoneLine.account)","callSid":"\#(line.sid.text)"}}"#
        )
        socket.close(code: 1000, reason: "")
        finish()
    }

    func breakOff() {
        socket.abort()
        finish()
    }

    private func finish() {
        advance()
        isOver = true
    }

    private func advance() {
        guard !isOver else { return }
        echo(playout.advance(to: loop.now))
    }

    private func echo(_ events: [StreamPlayout.Event]) {
        for case .markReached(let name) in events {
            say(
                #"{"event":"mark","sequenceNumber":"\#(sequence)","streamSid":"\#(sid)","mark":{"name":"\#(name)"}}"#
            )
        }
    }

    func received(text: RawSpan, on socket: any MessageSocket) {
        guard !isOver else { return }
        let order = judge.judge(text: text)
        if let reason = judge.reasons.first {
            return line.violated("Twilio dropped a message: \(reason)")
        }
        switch order {
        case .media(let bytes):
            line.heard(bytes)
            echo(playout.media(bytes, at: loop.now))
        case .mark(let name): echo(playout.mark(name, at: loop.now))
        case .clear:
            line.wasCleared()
            echo(playout.clear(at: loop.now))
        case nil: break
        }
    }

    func closed(_ closure: SocketClosure, on socket: any MessageSocket) {
        guard !isOver else { return }
        finish()
        line.streamEnded(self)
    }
}
