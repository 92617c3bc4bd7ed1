package import Audio

/// How a scripted agent behaves, apart from what it says.
package struct AgentManners: Sendable, Equatable {
    /// What it does with an override the agent's settings do not permit; both occur.
    package enum Forbidden: String, Sendable, CaseIterable {
        case error, drop
    }

    /// Which comes first in a turn, the words or their audio.
    package enum Lead: String, Sendable, CaseIterable {
        case text, audio, either
    }

    /// What the agent sends, and expects.
    package var outputFormat = AudioFormat.wideband
    package var inputFormat = AudioFormat.wideband
    /// The first is spoken unless a client's language override finds another.
    package var scripts: [AgentScript] = ClinicScripts.all
    package var pingEvery: Duration = .seconds(2)
    /// Closes with 1002 after so many unanswered pings; nil: never.
    package var unansweredPingsMax: Int?
    /// How long the setup message is waited for.
    package var setupWait: Duration = .seconds(5)
    /// Dotted names of permitted overrides; nil permits everything.
    package var permittedOverrides: Set<String>?
    package var forbidden = Forbidden.error
    /// What is sent when the client does not choose; nil sends everything.
    package var clientEvents: Set<String>?
    package var lead = Lead.either
    /// Between the end of the caller's turn and the answer.
    package var thinking: Duration = .milliseconds(200)
    /// Between the last audio of an `end-call` and the close.
    package var closeDelay: Duration = .milliseconds(500)
    /// Waits with the close until a client that plays at once has played everything.
    package var closesAfterPlayback = false
    /// The greeting cannot be interrupted.
    package var protectsGreeting = false
    /// Nothing from the caller for so long ends the conversation (1002).
    package var receiveTimeout: Duration = .seconds(60)
    package var durationMax: Duration = .seconds(600)
    package var hearing = TurnDetector.Settings()
    /// Keeps what was heard, for a WAV.
    package var keepsAudio = false
    package var faults: [PlannedFault] = []

    package init() {}

    /// True when a lasting fault is switched on.
    func has(_ fault: ScriptedFault) -> Bool { faults.contains { $0.fault == fault } }
}
