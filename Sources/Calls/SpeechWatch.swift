/// Hears from the loudness of the caller's audio whether somebody speaks.
///
///     µ-law in base64 ─▶ loudness of 20 ms ─▶ above the noise? ─▶ began ─▶ hangover ─▶ ended
///
/// A window is speech when it lies 9 dB above the line's own noise and above a whisper. Speech
/// has begun after 80 ms of it, which no click lasts, and has ended after 400 ms without: pauses
/// between words are shorter. How long is counted in the audio itself, so that frames that come in
/// a burst mean the same; *when* is the call's time, and an end is dated back to the last sound.
package struct SpeechWatch: Sendable, Equatable {
    /// What a piece of audio changed.
    package enum Change: Sendable, Equatable {
        /// Somebody has begun to speak, at that time.
        case began(Duration)
        /// Nobody speaks any more, since that time.
        case ended(Duration)
    }

    private static let windowSamples = 160
    private static let window = Duration.milliseconds(20)
    /// -48 dB below full scale, as power: a whisper on a good line; comfort noise is below -60.
    private static let powerMin: Float = 17_000
    /// 9 dB above the noise: steady noise never gets there from one window to the next.
    private static let aboveNoise: Float = 8
    private static let beginWindows = 4
    private static let endWindows = 20
    /// Nothing came for so long: whoever spoke is not heard any more.
    package static let gapMax = window * endWindows
    /// So long after the last that came somebody looks whether nothing comes: often enough for a
    /// caller who waits, seldom enough for one who goes on speaking.
    private static let lookAfter = Duration.seconds(1)

    private var loudness = SpeechLoudness()
    /// Samples the window under way stands for, looked at or not.
    private var filled = 0
    private var noise = NoiseFloor()
    private var loud = 0
    private var quiet = 0
    private var firstLoudAt: Duration = .zero
    private var heardAt: Duration = .zero

    /// True between the beginning of speech and its end.
    package private(set) var isSpeaking = false
    /// When the speech under way, or the last, began.
    package private(set) var beganAt: Duration?
    /// The end of the last sound of speech so far.
    package private(set) var lastSpokeAt: Duration?
    /// When the last stretch of speech ended; known 400 ms later.
    package private(set) var endedAt: Duration?
    /// Stretches of speech begun.
    package private(set) var utterances = 0

    package init() {}

    /// Hears µ-law in base64, whose last sample came at `now`; an eighth of it is looked at, and
    /// nothing decoded.
    package mutating func hear(
        base64: UnsafeRawBufferPointer, at now: Duration
    ) -> Change? {
        var change: Change?
        // 212 letters are 159 samples: whole groups, one window as near as they allow.
        var rest = base64
        while !rest.isEmpty {
            let size = rest.count <= 216 ? rest.count : 212
            loudness.add(base64: UnsafeRawBufferPointer(rebasing: rest[..<size]))
            filled += size / 4 * 3
            rest = UnsafeRawBufferPointer(rebasing: rest[size...])
            // Padding makes a frame of 160 bytes look like 162.
            guard filled >= Self.windowSamples - 1 else { continue }
            change = close(at: now - Self.length(rest.count / 4 * 3)) ?? change
        }
        heardAt = now
        return change
    }

    /// When to come back with `wait`; nil while nobody speaks.
    package var deadline: Duration? { isSpeaking ? heardAt + Self.lookAfter : nil }

    /// Says that it is `now`: when nothing has come for long, nobody is heard speaking.
    @discardableResult
    package mutating func wait(until now: Duration) -> Change? {
        guard isSpeaking, now - heardAt >= Self.gapMax else { return nil }
        return end()
    }

    /// As long as so many samples last.
    private static func length(_ samples: Int) -> Duration {
        samples == 0 ? .zero : .microseconds(samples * 125)
    }

    /// The window is full, and its last sample came at `time`.
    private mutating func close(at time: Duration) -> Change? {
        let power = loudness.power
        loudness = SpeechLoudness()
        filled = 0
        let isLoud = power > max(Self.powerMin, noise.power * Self.aboveNoise)
        noise.hear(power)
        return isLoud ? heardSound(at: time) : heardQuiet()
    }

    private mutating func heardSound(at time: Duration) -> Change? {
        quiet = 0
        if isSpeaking {
            lastSpokeAt = time
            return nil
        }
        if loud == 0 { firstLoudAt = max(.zero, time - Self.window) }
        loud += 1
        guard loud == Self.beginWindows else { return nil }
        isSpeaking = true
        utterances += 1
        beganAt = firstLoudAt
        lastSpokeAt = time
        return .began(firstLoudAt)
    }

    private mutating func heardQuiet() -> Change? {
        guard isSpeaking else {
            loud = max(0, loud - 1)
            return nil
        }
        quiet += 1
        return quiet < Self.endWindows ? nil : end()
    }

    private mutating func end() -> Change? {
        isSpeaking = false
        loud = 0
        quiet = 0
        endedAt = lastSpokeAt
        return lastSpokeAt.map { .ended($0) }
    }
}
