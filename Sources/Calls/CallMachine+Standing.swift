import Switchboard

/// How the call stands, for whoever asks.
extension CallMachine {
    /// When to come back with `.deadlinePassed`; nil when nothing is awaited.
    package var deadline: Duration? { deadlines.next }
    /// True while an agent's socket is awaited.
    package var isDialing: Bool { ended == nil && agent == .dialing }
    /// True once the setup was sent, until the metadata came.
    package var isStarting: Bool { ended == nil && agent == .starting }
    /// True once the agent's metadata came, until its leg is over.
    package var isTalking: Bool { ended == nil && agent == .talking }
    /// True while caller and agent have each other, and nothing else is under way.
    package var isConversing: Bool { isTalking && caller == .streaming && farewell == nil }
    /// The caller left for somebody else, or for keys, and not because a stream was lost.
    package var isLedElsewhere: Bool {
        switch caller {
        case .awaited, .streaming, .away(nil): false
        case .leaving, .away, .elsewhere: true
        }
    }
    /// Whom the caller was sent to; nil while with us.
    package var transfer: Transfer? {
        guard ended == nil, case .elsewhere(let errand) = caller else { return nil }
        return errand.transfer
    }
    /// The agent to whom ElevenLabs was asked to hand the caller; nil when it was not.
    package var handOff: String? {
        guard ended == nil, case .elsewhere(.rung(.handOff(let key))) = caller else { return nil }
        return key
    }
    /// True when an errand would be run.
    package var takesErrands: Bool {
        // An agent that ends the call and then thinks better of it has not hung up yet.
        ended == nil && caller == .streaming && (farewell == nil || awaitsLastWords)
    }

    /// Where the call stands, in a word.
    package var status: String {
        if ended != nil { return "ended" }
        if farewell != nil { return "ending" }
        switch caller {
        case .awaited: return streamTries > 1 ? "reconnecting" : "ringing"
        case .streaming: return agent == .talking ? "in-progress" : "connecting"
        case .leaving: return "leaving"
        case .away(nil): return "reconnecting"
        case .away, .elsewhere: return "away"
        }
    }
}
