package import Twilio

/// What may be called, how often, and what becomes of a mailbox.
package struct OutboundPolicy: Sendable, Equatable {
    /// What becomes of a call that a mailbox answers.
    package enum Voicemail: String, Sendable, CaseIterable {
        /// Nobody looks who answers.
        case ignore
        /// The agent begins at once; when a mailbox is recognised the call is ended.
        case hangup
        /// The agent begins when a person is recognised, or the mailbox's greeting is over.
        case speak
    }

    /// Beginnings of numbers, `+49` or `+1555010`.
    package var prefixes: [String] = []
    /// True without prefixes where nothing but a simulator can be reached.
    package var allowsEverything = false
    /// Calls of ours that may ring or live at one time.
    package var callsMax = 10
    /// Calls that may be placed in a minute. Twilio places one a second and queues the others.
    package var callsPerMinute = 30
    /// What becomes of a call that a mailbox answers.
    package var voicemail = Voicemail.hangup
    /// The number that is shown; without it, or without an account, nothing can be placed.
    package var from: PhoneNumber?
    /// The longest call, told to Twilio.
    package var durationMax: Duration = .seconds(3_600)

    /// How long a telephone rings; Twilio's own default, and it may add five seconds.
    package static let ringMax: Duration = .seconds(60)
    /// How long a call may wait in Twilio's queue, and its last callback be under way.
    private static let slack: Duration = .seconds(300)

    package init() {}

    /// True when that number may be called.
    package func allows(_ number: PhoneNumber) -> Bool {
        guard let number = number.e164 else { return false }
        return allowsEverything || prefixes.contains { number.hasPrefix($0) }
    }

    /// After this a call of which nothing more was heard is over, whatever happened.
    package var lifeMax: Duration { Self.slack + Self.ringMax + durationMax }

    /// The rate of placing.
    var rate: AllowedRate {
        AllowedRate(
            burst: max(1, callsPerMinute / 6), every: .seconds(60) / max(callsPerMinute, 1))
    }
}
