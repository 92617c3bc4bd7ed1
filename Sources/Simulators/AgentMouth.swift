package import Audio

/// The agent's voice on the wire: an utterance cut into irregular pieces, three to five times
/// faster than it is spoken.
///
///     utterance  ├──────────────────────────────────────────┤   as long as it is spoken
///     pieces     ├──┤├────────┤├───┤├──────────┤├────┤          sent in a quarter of that
///
/// The service does not wait for playback: an utterance is on the wire long before it has been
/// heard, and the agent counts as speaking until a client that plays at once would have ended.
package struct AgentMouth: Sendable, Equatable {
    /// A part of the utterance and when it is sent.
    fileprivate struct Piece: Sendable, Equatable {
        var due: Duration
        var range: Range<Int>
    }

    /// One utterance on its way.
    package struct Speech: Sendable, Equatable {
        package let text: String
        package let id: Int64
        fileprivate let audio: [UInt8]
        fileprivate var pieces: [Piece]
        fileprivate let started: Duration
        fileprivate let length: Duration
    }

    private let format: AudioFormat
    private let splitsSamples: Bool
    private var random: SeededRandom

    /// What is being said, or was said last.
    package private(set) var speech: Speech?
    /// When a client that plays at once will have played everything.
    package private(set) var playedUntil: Duration = .zero
    /// Audio bytes handed out so far.
    package private(set) var sentBytes = 0

    package init(format: AudioFormat, splitsSamples: Bool = false, random: SeededRandom) {
        self.format = format
        self.splitsSamples = splitsSamples
        self.random = random
    }

    /// When the next piece is due.
    package var deadline: Duration? { speech?.pieces.first?.due }

    /// True while pieces of an utterance are still to be sent.
    package var isSending: Bool { deadline != nil }

    /// True while a client is still playing, or will be.
    package func isSpeaking(at now: Duration) -> Bool { isSending || now < playedUntil }

    /// Begins an utterance; its first piece is due now.
    package mutating func say(_ text: String, audio: [UInt8], id: Int64, at now: Duration) {
        let length = format.duration(ofBytes: audio.count)
        let start = max(now, playedUntil)
        speech = Speech(
            text: text, id: id, audio: audio, pieces: cut(audio.count, at: now), started: start,
            length: length)
        playedUntil = start + length
    }

    /// The pieces due by now.
    package mutating func due(by now: Duration) -> [[UInt8]] {
        var ready: [[UInt8]] = []
        while let piece = speech?.pieces.first, piece.due <= now, let audio = speech?.audio {
            speech?.pieces.removeFirst()
            ready.append(Array(audio[piece.range]))
            sentBytes += piece.range.count
        }
        return ready
    }

    /// Falls silent. Returns the words believed to have been heard.
    package mutating func stop(at now: Duration) -> String {
        guard let speech else { return "" }
        self.speech?.pieces = []
        playedUntil = min(playedUntil, now)
        let played = max(Duration.zero, now - speech.started)
        guard played < speech.length else { return speech.text }
        let words = speech.text.split(separator: " ")
        let share = played.fractionalSeconds / speech.length.fractionalSeconds
        return words.prefix(Int(Double(words.count) * share)).joined(separator: " ")
    }

    /// A short first piece, then 0.1 to 2.4 s each, at 3 to 5 times real time.
    private mutating func cut(_ count: Int, at now: Duration) -> [Piece] {
        var pieces: [Piece] = []
        var place = 0
        var due = now
        while place < count {
            let low: Duration = .milliseconds(100)
            let high: Duration = pieces.isEmpty ? .milliseconds(500) : .milliseconds(2400)
            var size = format.bytes(lasting: random.duration(in: low...high))
            if splitsSamples { size += 1 }
            let end = min(place + max(size, 1), count)
            pieces.append(Piece(due: due, range: place..<end))
            let speed = Double.random(in: 3...5, using: &random)
            let taken = format.duration(ofBytes: end - place).fractionalSeconds / speed
            due += .microseconds(Int64(taken * 1_000_000))
            place = end
        }
        return pieces
    }
}
