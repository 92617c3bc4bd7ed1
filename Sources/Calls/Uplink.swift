import Audio
import ElevenLabs
import Wire

/// The caller's audio on its way to the agent.
///
///     Twilio base64 ──┬── not open yet ──▶ early audio, the newest seconds
///                     ├── equal formats ──▶ the same base64, untouched
///                     └── otherwise ─▶ µ-law ─▶ transcoder ─▶ base64
struct Uplink: ~Copyable {
    /// What became of a media message.
    enum Outcome: Equatable { case taken, malformed, full }

    /// Early audio is handed over in pieces of 200 ms: the size of the vendor's own clients'
    /// chunks, far below those that broke conversations (Agents WebSocket, input pacing).
    private static let earlyPieceBytes = 1_600

    private var early: AudioQueue
    private var transcoder: Transcoder?
    /// Whether there is a transcoder, to be asked for every frame without going through it.
    private var isConverting = false
    private var isOpen = false

    init(limits: CallLimits) {
        early = AudioQueue(bytesMax: AudioFormat.telephone.bytes(lasting: limits.earlyAudioMax))
    }

    /// What the agent wants to hear; false when it cannot be made from the caller's audio.
    mutating func setFormat(_ format: AudioFormat) -> Bool {
        transcoder = nil
        isConverting = false
        guard format != .telephone else { return true }
        transcoder = try? Transcoder(from: .telephone, to: format)
        isConverting = transcoder != nil
        return isConverting
    }

    /// Lets audio through, beginning with what came early.
    mutating func open(to socket: any MessageSocket, _ tally: inout CallTally) {
        isOpen = true
        while early.count > 0 {
            early.take(min(early.count, Self.earlyPieceBytes)) { piece in
                if !Self.send(piece, &transcoder, to: socket) { tally.framesDropped += 1 }
                return true
            }
        }
    }

    /// Takes one media message's payload, which was checked when it was read.
    mutating func take(
        base64: UnsafeRawBufferPointer, to socket: (any MessageSocket)?, _ tally: inout CallTally
    ) -> Outcome {
        tally.framesIn += 1
        tally.bytesIn += Base64.decodedCount(base64) ?? 0
        guard isOpen, let socket else { return keep(base64, &tally) }
        let isSent = isConverting ? convert(base64, to: socket) : forward(base64, to: socket)
        guard let isSent else { return .malformed }
        if isSent { return .taken }
        tally.framesDropped += 1
        return .full
    }

    /// The agent is gone: what the caller says from now on is kept for the next.
    mutating func shut() {
        isOpen = false
        transcoder = nil
        isConverting = false
    }

    /// Lets go of all audio and takes no more.
    mutating func close() {
        isOpen = false
        early.removeAll()
        transcoder = nil
        isConverting = false
    }

    /// The agent is not ready: the newest seconds are kept.
    private mutating func keep(
        _ base64: UnsafeRawBufferPointer, _ tally: inout CallTally
    ) -> Outcome {
        var dropped = 0
        let isWhole = Base64Pieces.decode(base64) { audio in
            let room = early.bytesMax - early.count
            if room < audio.count {
                early.drop(min(early.count, audio.count - room))
                dropped += 1
            }
            _ = early.append(audio)
        }
        tally.framesDropped += dropped
        return isWhole ? .taken : .malformed
    }

    private func forward(_ base64: UnsafeRawBufferPointer, to socket: any MessageSocket) -> Bool {
        socket.sendText(capacity: AgentCommand.audioBytesMax(base64Count: base64.count)) {
            AgentCommand.audio(base64: base64, into: &$0)
        }
    }

    private mutating func convert(
        _ base64: UnsafeRawBufferPointer, to socket: any MessageSocket
    ) -> Bool? {
        var isSent = true
        let isWhole = Base64Pieces.decode(base64) { audio in
            if !Self.send(audio, &transcoder, to: socket) { isSent = false }
        }
        return isWhole ? isSent : nil
    }

    /// Sends µ-law as the agent wants it; true when it was taken, or nothing came out yet.
    private static func send(
        _ audio: UnsafeRawBufferPointer, _ transcoder: inout Transcoder?,
        to socket: any MessageSocket
    ) -> Bool {
        guard transcoder != nil else {
            return socket.sendText(capacity: AgentCommand.audioBytesMax(audioCount: audio.count)) {
                AgentCommand.audio(audio, into: &$0)
            }
        }
        var isSent = true
        transcoder?.push(audio) { converted in
            let capacity = AgentCommand.audioBytesMax(audioCount: converted.count)
            isSent = socket.sendText(capacity: capacity) {
                AgentCommand.audio(converted, into: &$0)
            }
        }
        return isSent
    }
}
