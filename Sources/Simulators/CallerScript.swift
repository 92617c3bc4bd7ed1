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
        package var audio: [UInt8]
        package var cue: Cue

        package init(_ audio: [UInt8], cue: Cue) {
            self.audio = audio
            self.cue = cue
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

    /// What is said, what is pressed, and how it ends.
    package var turns: [Turn] = []
    package var keys: [Key] = []
    package var hangUp = HangUp.whenDone(quiet: .seconds(2))
    /// Hangs up by dropping the connection: no `stop`, no close frame.
    package var isRude = false
    /// A caller who waits for the agent loses patience after this and speaks.
    package var patience: Duration = .seconds(10)
    /// The weather between the caller's telephone and Twilio's stream.
    package var weather = LineConditions.perfect
    /// Keeps what was heard, for a WAV.
    package var keepsAudio = true
    package var seed: UInt64 = 1

    package init() {}
}
