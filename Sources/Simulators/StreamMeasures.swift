/// What a caller's patience is about: how soon the agent speaks, and how soon it falls silent.
/// All times since the stream began.
package struct StreamMeasures: Sendable, Equatable {
    /// The server's first media message.
    package private(set) var firstMedia: Duration?
    /// The first byte of the agent that was played.
    package private(set) var firstHeard: Duration?
    /// From the end of each turn of the caller to the agent's next audible byte.
    package private(set) var turnGaps: [Duration] = []
    /// From the caller's first frame over the agent to the server's `clear`.
    package private(set) var clearReactions: [Duration] = []
    /// Turns begun over the agent.
    package private(set) var bargeIns = 0
    package private(set) var callerTurns = 0
    /// Codes the playout warned with.
    package var warnings: [Int] = []

    private var fellSilent: Duration?
    private var spokeOver: Duration?

    package init() {}

    mutating func mediaCame(at moment: Duration) {
        if firstMedia == nil { firstMedia = moment }
    }

    mutating func agentSpoke(at moment: Duration) {
        if firstHeard == nil { firstHeard = moment }
        guard let silent = fellSilent else { return }
        // What was queued before the caller fell silent is no answer.
        if moment >= silent { turnGaps.append(moment - silent) }
        fellSilent = nil
    }

    mutating func callerSpoke(at moment: Duration, overAgent: Bool) {
        callerTurns += 1
        fellSilent = nil
        spokeOver = overAgent ? moment : nil
        if overAgent { bargeIns += 1 }
    }

    mutating func callerFellSilent(at moment: Duration) { fellSilent = moment }

    mutating func clearCame(at moment: Duration) {
        guard let began = spokeOver else { return }
        clearReactions.append(moment - began)
        spokeOver = nil
    }
}
