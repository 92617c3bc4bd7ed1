import Audio
import Twilio
import Wire

/// The agent's audio on its way to the caller.
///
///     agent chunk ─base64─▶ transcoder ─▶ frames ─▶ waiting ─▶ pacing ─▶ Twilio media, marks
///                                                      ▲          │
///                           interruption: empty ───────┘   clear ─┘
///
/// Chunks come in any size and faster than real time; at Twilio lies at most `leadMax` of audio
/// that was not played yet, so that a `clear` leaves little said. With nothing waiting, and in
/// equal formats, the agent's base64 goes out untouched.
struct Downlink: ~Copyable {
    /// What became of a chunk.
    enum Outcome: Equatable { case taken, muted, stale, malformed, full }

    /// Twilio's frame: 20 ms of µ-law at 8 kHz.
    static let frameBytes = 160
    static let frame = Duration.milliseconds(20)
    /// Frames put into one message when more than one is waiting: 100 ms.
    static let framesPerMessageMax = 5
    /// A mark at least so often tells what was really played,
    static let markEvery = Duration.seconds(1)
    /// and up to so much sooner, each call at its own pace: where many began to speak at once, their
    /// marks and the echoes of them would all come in the same 20 ms, every second.
    static let markSooner = Duration.milliseconds(200)
    /// A held remainder is padded and sent this long before the caller would hear a gap,
    static let tailAhead = Duration.milliseconds(60)
    /// but not before this long has passed without a new chunk: it may yet be continued.
    static let tailPause = Duration.milliseconds(200)
    /// The same for a mark alone, which nobody waits for: each look costs a wake-up.
    static let markPause = Duration.milliseconds(500)

    /// Less than this of a voice says nothing.
    private static let wordMin = Duration.milliseconds(100)
    /// Whoever has heard less than this of a stream does not know yet that somebody is there.
    private static let signMin = Duration.milliseconds(500)

    let leadMax: Duration
    var waiting: AudioQueue
    var transcoder: Transcoder?
    /// Whether there is a transcoder, to be asked for every chunk without going through it.
    private(set) var isConverting = false
    var clock = PlaybackClock()
    var marks = MarkLine()
    var ledger = PlaybackLedger()
    /// The stream that plays; nil until the caller's stream began.
    private(set) var stream: StreamSID?
    /// What had been heard in all when it began.
    private var heardBefore = Duration.zero
    var lastChunk = Duration.zero
    var sentSinceMark = Duration.zero
    /// This stream's own pace of marks.
    private(set) var markAfter = markEvery
    /// Audio is held back in the transcoder until more comes or the utterance is over.
    var holdsTail = false
    var isFinishing = false
    /// Highest event id heard of, and the one up to which audio is stale.
    private var eventSeen: Int64 = -1
    private var eventCut: Int64 = -1
    private var greeting = Greeting.played

    /// A greeting that would be the caller's second one.
    private enum Greeting: Equatable {
        case played
        /// Audio of this event is not played; nil until the first audio tells which it is.
        case muted(event: Int64?)
    }

    init(limits: CallLimits) {
        leadMax = limits.playbackLeadMax
        waiting = AudioQueue(
            bytesMax: AudioFormat.telephone.bytes(lasting: limits.playbackQueueMax))
    }

    /// True when everything that came was sent, and played or cleared.
    var isSettled: Bool {
        waiting.count == 0 && !holdsTail && sentSinceMark == .zero && marks.isSettled
    }

    /// A stream begins: nothing of an earlier one is played there.
    mutating func begin(stream: StreamSID, at now: Duration) {
        self.stream = stream
        markAfter = Self.pace(of: stream)
        isFinishing = false
        leave(at: now)
        heardBefore = clock.sent
    }

    /// Some whole frame between the soonest and the latest, the same for a stream each time.
    private static func pace(of stream: StreamSID) -> Duration {
        let steps = Int(markSooner / frame) + 1
        let sum = stream.text.utf8.reduce(0) { ($0 &* 31 &+ Int($1)) & 0xFFFF }
        return markEvery - frame * (sum % steps)
    }

    /// The caller is away: what Twilio had not played by now is never heard. What still waits here
    /// may be played later, as nobody's: the conversation was told where it broke off.
    mutating func leave(at now: Duration) {
        _ = clock.clear(at: now)
        ledger.clear(sent: clock.sent)
        if waiting.count > 0 {
            ledger.queue(
                event: nil, duration: AudioFormat.telephone.duration(ofBytes: waiting.count))
        }
        marks.clear()
        sentSinceMark = .zero
    }

    /// Whoever would hear what waits was away when it was their turn to hear it.
    mutating func forget() {
        waiting.removeAll()
        transcoder?.reset()
        holdsTail = false
        ledger.clear(sent: clock.sent)
    }

    /// True when the caller hears nothing now and nothing waits.
    func isQuiet(at now: Duration) -> Bool { waiting.count == 0 && clock.lead(at: now) == .zero }

    /// The same, but for a remainder that nobody takes for a word.
    func isAllButQuiet(at now: Duration) -> Bool { playsUntil(at: now) - now < Self.wordMin }

    /// True until so much was heard in this stream that its caller knows it to be there.
    func isHardlyBegun(at now: Duration) -> Bool {
        clock.heard(at: now) - heardBefore < Self.signMin
    }

    /// When the last of what was sent has been, or will be, played.
    var playsUntil: Duration { clock.playedUntil }

    /// The agent's conversation is over: the next one counts its events anew. What was said is
    /// still played.
    mutating func endConversation() {
        if transcoder != nil { endUtterance() }
        transcoder = nil
        isConverting = false
        ledger.disown()
        eventSeen = -1
        eventCut = -1
        greeting = .played
    }

    /// The greeting of a conversation that goes on where another one stopped is not played.
    mutating func muteGreeting() { greeting = .muted(event: nil) }

    /// True until a second greeting is over, of which the caller hears nothing.
    var isMuted: Bool { greeting != .played }

    /// The agent broke off a greeting that is not played: no more of it is taken. What else the
    /// caller hears, a word of the house, goes on.
    mutating func breakOffGreeting(event: Int64?) {
        eventCut = max(eventCut, event ?? eventSeen)
        // Before the first piece of it nobody knows which event it is.
        if eventCut >= 0 { greeting = .played }
    }

    /// Plays a recording of ours after what is waiting; answers when to pump next.
    mutating func announce(
        _ audio: [UInt8], to socket: any MessageSocket, at now: Duration, _ tally: inout CallTally
    ) -> Duration? {
        guard !audio.isEmpty else { return nil }
        ledger.queue(event: nil, duration: AudioFormat.telephone.duration(ofBytes: audio.count))
        tally.bytesRefused += audio.withUnsafeBytes { waiting.append($0) }
        holdsTail = true
        lastChunk = now
        return pump(to: socket, at: now, &tally)
    }

    /// What the agent speaks from now on; false when it cannot be made audible.
    mutating func setFormat(_ format: AudioFormat) -> Bool {
        transcoder = nil
        isConverting = false
        guard format != .telephone else { return true }
        transcoder = try? Transcoder(from: format, to: .telephone)
        isConverting = transcoder != nil
        return isConverting
    }

    /// Takes a chunk of so many bytes in the agent's format, which last so long; answers what
    /// became of it, and when to pump next.
    mutating func take(
        base64: UnsafeRawBufferPointer, bytes: Int, lasting: Duration, event: Int64?,
        to socket: any MessageSocket, at now: Duration, _ tally: inout CallTally
    ) -> (Outcome, next: Duration?) {
        if let event {
            guard event > eventCut else {
                tally.chunksStale += 1
                return (.stale, nil)
            }
            eventSeen = max(eventSeen, event)
            guard !isGreeting(event) else { return (.muted, nil) }
        }
        lastChunk = now
        ledger.queue(event: event, duration: lasting)
        let outcome =
            canForward(bytes, lasting, at: now)
            ? forward(base64, bytes, lasting, to: socket, at: now, &tally)
            : keep(base64, &tally)
        return (outcome, pump(to: socket, at: now, &tally))
    }

    private mutating func isGreeting(_ event: Int64) -> Bool {
        guard case .muted(let muted) = greeting else { return false }
        greeting = (muted ?? event) == event ? .muted(event: event) : .played
        return greeting != .played
    }

    /// The caller spoke over the agent: what is queued, here and at Twilio, is never heard.
    /// Answers what of which event the caller was hearing.
    mutating func interrupt(
        event: Int64?, to socket: any MessageSocket, at now: Duration, _ tally: inout CallTally
    ) -> PlaybackPoint? {
        let point = heard(at: now)
        if let stream {
            socket.sendText(capacity: TwilioCommand.clearBytesMax) {
                TwilioCommand.clear(stream, into: &$0)
            }
        }
        eventCut = max(eventCut, event ?? eventSeen)
        waiting.removeAll()
        transcoder?.reset()
        holdsTail = false
        _ = clock.clear(at: now)
        ledger.clear(sent: clock.sent)
        marks.clear()
        sentSinceMark = .zero
        return point
    }

    /// What of which event the caller hears now, or heard last.
    func heard(at now: Duration) -> PlaybackPoint? { ledger.point(clock: clock.heard(at: now)) }

    /// When what waits and what was sent will have been played.
    func playsUntil(at now: Duration) -> Duration {
        max(clock.playedUntil, now) + AudioFormat.telephone.duration(ofBytes: waiting.count)
    }

    /// No more chunks will come: all of it is to be played; answers how long that takes.
    mutating func finish(
        to socket: any MessageSocket, at now: Duration, _ tally: inout CallTally
    ) -> Duration {
        isFinishing = true
        _ = pump(to: socket, at: now, &tally)
        return clock.lead(at: now) + AudioFormat.telephone.duration(ofBytes: waiting.count)
    }

    /// A mark came back; true when it proves that something was played.
    mutating func echoed(_ name: String, at now: Duration) -> Bool {
        guard marks.echoed(name) else { return false }
        ledger.echo(marks.played, clock: clock.heard(at: now))
        return true
    }

    /// Lets go of all audio.
    mutating func close() {
        waiting.removeAll()
        transcoder = nil
        isConverting = false
        holdsTail = false
    }
}
