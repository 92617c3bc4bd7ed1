/// How good a call was, as its summary line, its JSON and the meters tell it.
package struct LineSummary: Sendable, Equatable {
    /// From the caller's last sound to the agent's first, as played.
    package var turnGapP50: Duration?
    package var turnGapP95: Duration?
    /// The longest time from the caller's first sound over the agent to the clear.
    package var bargeIn: Duration?
    /// Caller frames that came too late to be of use to somebody who plays them.
    package var framesLate = 0
    /// RFC 3550 interarrival jitter at the end, and what 95 of 100 changes did not exceed.
    package var jitter: Duration?
    package var jitterP95: Duration?
    /// The longest stretch in which neither side was heard, and all those of a second and more.
    package var deadAirLongest: Duration = .zero
    package var deadAirTotal: Duration = .zero
    /// Which side could not be heard at all; nil when both were, or the call was too short.
    package var oneWay: OneWay?
    /// Estimated mean opinion score of the caller's line; nil when no frame came.
    package var mos: Double?

    package init() {}

    /// A call in which one side was not heard.
    package enum OneWay: String, Sendable, CaseIterable {
        /// Frames came from the caller, and there was never speech in them.
        case callerUnheard = "caller_unheard"
        /// Sound went to the caller, and Twilio never said that any of it was played.
        case agentUnheard = "agent_unheard"
    }
}
