/// Hears from a voice's energy alone when somebody speaks, how long, and when the turn is over.
///
/// Samples are measured in windows of 20 ms. A window louder than the threshold is speech. Speech
/// may pause for less than `pauseMax` (syllables, stops) without starting anew; after `quietMin`
/// of quiet the turn has ended. Clocks play no part: only the audio's own length counts.
package struct TurnDetector: Sendable, Equatable {
    /// The figures a detector works with.
    package struct Settings: Sendable, Equatable {
        /// Root mean square above which a window is speech: -40 dB below full scale.
        package var threshold = 328.0
        /// Quiet that ends a turn.
        package var quietMin: Duration = .milliseconds(700)
        /// Speech that interrupts an agent who is speaking.
        package var bargeInMin: Duration = .milliseconds(300)
        /// Quiet that still belongs to the same stretch of speech.
        package var pauseMax: Duration = .milliseconds(300)
        /// Less speech than this is a click, no turn.
        package var speechMin: Duration = .milliseconds(100)

        package init() {}
    }

    /// What was heard.
    package enum Event: Sendable, Equatable {
        /// Somebody has spoken long enough to be no click.
        case speechStarted
        /// Somebody has spoken long enough to be let through over the agent.
        case bargeIn
        /// A turn of that much speech has ended.
        case turnEnded(speech: Duration)
    }

    /// One window.
    package static let window: Duration = .milliseconds(20)

    private let settings: Settings
    private let windowSamples: Int
    private var windowEnergy = 0.0
    private var windowFill = 0
    private var stretch: Duration = .zero
    private var turnSpeech: Duration = .zero
    private var quiet: Duration = .zero
    private var saidBargeIn = false

    package init(sampleRate: Int, settings: Settings = Settings()) {
        self.settings = settings
        windowSamples = max(1, sampleRate / 50)
    }

    /// True between the first speech and the end of the turn.
    package var isInTurn: Bool { turnSpeech >= settings.speechMin }

    /// Hears samples (16 bit), in pieces of any size.
    package mutating func hear(_ samples: some Sequence<Int16>) -> [Event] {
        var events: [Event] = []
        for sample in samples {
            let value = Double(sample)
            windowEnergy += value * value
            windowFill += 1
            if windowFill == windowSamples {
                let isLoud =
                    windowEnergy > settings.threshold * settings.threshold * Double(windowSamples)
                windowEnergy = 0
                windowFill = 0
                if isLoud { heardSpeech(&events) } else { heardQuiet(&events) }
            }
        }
        return events
    }

    /// Nothing has arrived for so long: quiet as well.
    package mutating func hearNothing(for duration: Duration) -> [Event] {
        var events: [Event] = []
        var left = duration
        while left >= Self.window, turnSpeech > .zero {
            heardQuiet(&events)
            left -= Self.window
        }
        return events
    }

    private mutating func heardSpeech(_ events: inout [Event]) {
        let wasInTurn = isInTurn
        if quiet > settings.pauseMax { stretch = .zero }
        quiet = .zero
        stretch += Self.window
        turnSpeech += Self.window
        if isInTurn, !wasInTurn { events.append(.speechStarted) }
        if stretch >= settings.bargeInMin, !saidBargeIn {
            saidBargeIn = true
            events.append(.bargeIn)
        }
    }

    private mutating func heardQuiet(_ events: inout [Event]) {
        quiet += Self.window
        guard turnSpeech > .zero, quiet >= settings.quietMin else { return }
        if isInTurn { events.append(.turnEnded(speech: turnSpeech)) }
        stretch = .zero
        turnSpeech = .zero
        saidBargeIn = false
    }
}
