/// What a call has counted of itself: the figures of its summary line.
package struct CallTally: Sendable, Equatable {
    /// Media messages from the caller, and their audio bytes (µ-law).
    package var framesIn = 0
    package var bytesIn = 0
    /// Caller frames that never came, by the gaps in Twilio's `chunk` numbers.
    package var framesLost = 0
    /// Caller audio that could not be passed on: no room, or the agent was not ready for long.
    package var framesDropped = 0
    /// 20 ms frames of agent audio sent to the caller, and their bytes (µ-law).
    package var framesOut = 0
    package var bytesOut = 0
    /// Agent audio dropped because it belonged to an interrupted reply.
    package var chunksStale = 0
    /// Agent audio (bytes of µ-law) that found no room to wait in.
    package var bytesRefused = 0
    /// Media messages that Twilio's socket had no room for; their audio waits on.
    package var messagesRefused = 0
    /// Replies begun by the agent, and turns finished by the caller.
    package var agentTurns = 0
    package var callerTurns = 0
    package var interruptions = 0
    package var keysPressed = 0
    /// How long the call lived, from its promise to its end.
    package var duration: Duration = .zero
    /// From the start of the stream to the first agent audio sent to the caller.
    package var firstAudio: Duration?
    /// The last round trip of a ping to the agent.
    package var agentRoundTrip: Duration?
    /// What the line's figures are made of.
    package var quality = LineQuality()
    /// How good the line, the turns and the silences between them were.
    package var line = LineSummary()
    /// How often each fault happened.
    package private(set) var faults: [CallFault: Int] = [:]

    package init() {}

    /// Counts a fault; true the first time it happens in this call.
    package mutating func count(_ fault: CallFault) -> Bool {
        faults[fault, default: 0] += 1
        return faults[fault] == 1
    }
}
