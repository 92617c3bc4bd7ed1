import Audio

/// What a simulated caller does on the line.
package struct CallerScript: Sendable, Equatable {
    /// When a turn begins.
    package enum Cue: Sendable, Equatable {
        /// So long after the stream began.
        case at(Duration)
        /// The agent has spoken since our last turn and then been quiet for so long.
        case afterAgent(quiet: Duration)
        /// The agent has been speaking for so long: we talk over it.
        case overAgent(after: Duration)
    }

    /// One thing said.
    package struct Turn: Sendable, Equatable {
        /// mu-law, 8 kHz.
        package let audio: [UInt8]
        package var cue: Cue
        /// Quiet at the end of the audio, which the other side hears as the end of the turn.
        package let tail: Duration

        package init(_ audio: [UInt8], cue: Cue) {
            self.audio = audio
            self.cue = cue
            tail = Self.quietTail(of: audio)
        }

        /// Whole windows of 20 ms at the end that no detector would take for speech.
        private static func quietTail(of audio: [UInt8]) -> Duration {
            let limit = TurnDetector.Settings().threshold
            var end = audio.count
            while end >= StreamPlayout.frameBytes {
                let window = audio[(end - StreamPlayout.frameBytes)..<end]
                let energy = window.reduce(0.0) { sum, code in
                    let value = Double(MuLaw.decode(code))
                    return sum + value * value
                }
                guard energy <= limit * limit * Double(window.count) else { break }
                end -= StreamPlayout.frameBytes
            }
            return .microseconds((audio.count - end) * 125)
        }
    }

    /// A key pressed so long after the stream began.
    package struct Key: Sendable, Equatable {
        package var digit: Character
        package var at: Duration

        package init(_ digit: Character, at: Duration) {
            self.digit = digit
            self.at = at
        }
    }

    /// When the caller hangs up.
    package enum HangUp: Sendable, Equatable {
        /// Never: the other side has to end the call.
        case never
        /// So long after the stream began.
        case after(Duration)
        /// Everything is said, and the agent has been quiet for so long since.
        case whenDone(quiet: Duration)
    }

    /// What is said, in order.
    package var turns: [Turn] = []
    /// What is pressed, in order.
    package var keys: [Key] = []
    /// When the caller goes.
    package var hangUp = HangUp.whenDone(quiet: .seconds(2))
    /// Hangs up by dropping the connection: no `stop`, no close frame.
    package var isRude = false
    /// Twilio loses the stream's connection, and keeps the caller; once in a call. Nil: never.
    package var losesStreamAfter: Duration?
    /// Twilio stops reading the stream, as over a line that is too thin; nil: never.
    package var stopsReadingAfter: Duration?
    /// A caller who waits for the agent loses patience after this and speaks.
    package var patience: Duration = .seconds(10)
    /// The weather between the caller's telephone and Twilio's stream.
    package var weather = LineConditions.perfect
    /// Keeps what was heard, for a WAV.
    package var keepsAudio = true
    package var seed: UInt64 = 1

    package init() {}
}
