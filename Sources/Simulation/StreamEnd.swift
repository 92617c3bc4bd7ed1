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
    private(set) var overAt: Duration?
    /// Nothing goes through, in either direction.
    var isDeaf = false { didSet { socket.isReadingPaused = isDeaf } }
    /// Nothing of the caller's comes through, while all that is sent to them is played.
    var isMute = false { didSet { if !isMute { hasVoiceSince = loop.now } } }
    /// Both hear each other, as far as it is the stream's doing.
    var carriesVoice: Bool { !isOver && !isDeaf && !isMute }
    private(set) var hasVoiceSince: Duration
    /// When something was said last, and how much of the caller in all.
    private(set) var spokeAt: Duration
    private(set) var sent: Duration = .zero
    /// What was queued in this stream: whose byte it is, and where it ends on the playing line.
    private var queued: [(code: UInt8, length: Int, end: Int)] = []
    private var chunk = 0
    private var sequence = 1
    /// A piece of silence, and one of a voice, for the whole of a media message.
    private let silence: String
    private let voice: String
    private let mediaEvery: Duration
    /// The lead, twice when a stream outlived a process, and weather, in bytes.
    private let aheadMax: Int

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
        hasVoiceSince = loop.now
        spokeAt = loop.now
        let ahead = line.house.plan.limits.playbackLeadMax * 2 + .milliseconds(500)
        aheadMax = Int(ahead.microseconds / 125)
        playout = StreamPlayout(began: loop.now, keepsAudio: false)
        judge = StreamJudge(streamSID: sid)
        let bytes = Int(mediaEvery.microseconds / 125)
        silence = Base64.text([UInt8](repeating: 0xFF, count: bytes))
        // A loud square wave of 200 Hz (G.711: 0x90 and 0x10 are of the same size).
        voice = Base64.text((0..<bytes).map { $0 / 20 % 2 == 0 ? 0x90 : 0x10 })
    }

    func begin(call: String, parameters: [TwiMLScript.Parameter]) {
        socket.handler = self
        say(#"{"event":"connected","protocol":"Call","version":"1.0.0"}"#)
        say(Self.start(sid, call, parameters))
    }

    /// The stream's first word about itself.
    static func start(
        _ sid: String, _ call: String, _ parameters: [TwiMLScript.Parameter]
    ) -> String {
        let custom = JSON.object(parameters.map { JSON.Member($0.name, .string($0.value)) })
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
        return String(decoding: start.bytes, as: UTF8.self)
    }

    /// One step of Twilio's clock.
    func tick(speaks: Bool) {
        advance()
        guard !isOver, !isDeaf, !isMute else { return }
        chunk += 1
        sent += mediaEvery
        sequence += 1
        let time = chunk * Int(mediaEvery.milliseconds)
        say(
            """
            {"event":"media","sequenceNumber":"\(sequence)","media":{"track":"inbound",\
            "chunk":"\(chunk)","timestamp":"\(time)","payload":"\(speaks ? voice : silence)"},"streamSid":"\(sid)"}
            """)
    }

    func say(_ text: String) {
        guard !isDeaf else { return }
        spokeAt = loop.now
        socket.sendText(capacity: text.utf8.count) { $0.append(text) }
    }

    func sayBinary() { socket.sendBinary(capacity: 1) { $0.append("x") } }

    func stop() {
        sequence += 1
        say(
            #"{"event":"stop","sequenceNumber":"\#(sequence)","streamSid":"\#(sid)","stop":{"accountSid":"\#(TelephoneLine.account)","callSid":"\#(line.sid.text)"}}"#
        )
        socket.close(code: WebSocketClose.normal, reason: "")
        finish()
    }

    func breakOff() {
        socket.abort()
        finish()
    }

    private func finish() {
        advance()
        isOver = true
        overAt = overAt ?? loop.now
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
            queue(bytes)
            echo(playout.media(bytes, at: loop.now))
            if playout.queuedBytes > aheadMax { line.violated("audio ran far ahead") }
        case .mark(let name): echo(playout.mark(name, at: loop.now))
        case .clear:
            line.replies.wasCleared()
            echo(playout.clear(at: loop.now))
            let heard = playout.heard.count
            queued.removeAll { $0.end - $0.length >= heard }
            if let last = queued.last, last.end > heard {
                queued[queued.count - 1].length -= last.end - heard
                queued[queued.count - 1].end = heard
            }
        case nil: break
        }
    }

    private func queue(_ bytes: [UInt8]) {
        var end = max(queued.last?.end ?? 0, playout.heard.count)
        var start = 0
        while start < bytes.count {
            let code = bytes[start]
            let next = bytes[start...].firstIndex { $0 != code } ?? bytes.count
            end += next - start
            queued.append((code, next - start, end))
            start = next
        }
    }

    /// Which reply the caller hears now, and how much of it; nil when nothing is playing.
    var hears: (code: UInt8, duration: Duration)? {
        let place = playout.heard.count
        guard !playout.isQuiet, let now = queued.firstIndex(where: { $0.end >= place }) else {
            return nil
        }
        let code = queued[now].code
        var heard = place - (queued[now].end - queued[now].length)
        for piece in queued[..<now] where piece.code == code { heard += piece.length }
        return (code, .microseconds(heard * 125))
    }

    /// How much of a reply the caller has heard in this stream.
    func heard(of code: UInt8) -> Duration {
        let place = playout.heard.count
        let bytes = queued.filter { $0.code == code }.reduce(0) { sum, piece in
            sum + min(max(0, place - (piece.end - piece.length)), piece.length)
        }
        return .microseconds(bytes * 125)
    }

    func closed(_ closure: SocketClosure, on socket: any MessageSocket) {
        guard !isOver else { return }
        finish()
        line.judgeFarewell(self)
        line.streamEnded(self)
    }
}
