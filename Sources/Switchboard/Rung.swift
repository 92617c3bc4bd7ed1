package import Twilio

/// One step of a ladder: who or what takes the call when those before could not.
package enum Rung: Sendable, Equatable {
    /// An agent of ours, by its key.
    case agent(String)
    /// ElevenLabs answers Twilio itself (register-call), with the agent of this key.
    case handOff(String)
    /// A person, at this number.
    case human(PhoneNumber)
    /// Music, until somebody is free.
    case queue
    /// Words of regret, and the end.
    case apology
}
