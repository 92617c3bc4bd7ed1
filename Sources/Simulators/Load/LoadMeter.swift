package import Instruments

/// What a load saw between two moments.
package struct LoadMeter: Sendable {
    /// Caller's frame sent → the same frame at the agent.
    package internal(set) var uplink = Percentiles()
    /// Agent's frame sent → the same frame at the caller.
    package internal(set) var downlink = Percentiles()
    /// A frame's moment → its sending: how late the load itself is.
    package internal(set) var tardiness = Percentiles()
    /// Interruption sent → clear at the caller.
    package internal(set) var clear = Percentiles()
    /// Voice webhook sent → answer.
    package internal(set) var webhook = Percentiles()
    /// Voice webhook sent → first audio of the agent at the caller.
    package internal(set) var setUp = Percentiles()
    /// First audio of the agent sent → at the caller.
    package internal(set) var firstAudio = Percentiles()
    /// Frames callers sent.
    package internal(set) var callerFrames = 0
    /// Frames agents sent.
    package internal(set) var agentFrames = 0
    /// Frames that a socket did not take any more.
    package internal(set) var refused = 0
    /// Frames that were not sent because this program was too late.
    package internal(set) var skipped = 0
    /// Frames that came twice, out of order, from another call, or from nowhere.
    package internal(set) var unexpected = 0
    /// Calls that ended without being asked to.
    package internal(set) var callsLost = 0

    package init() {}

    /// Adds what another meter saw.
    package mutating func merge(_ other: LoadMeter) {
        for path in Self.series { self[keyPath: path].merge(other[keyPath: path]) }
        for path in Self.counts { self[keyPath: path] += other[keyPath: path] }
    }

    private static var series: [WritableKeyPath<LoadMeter, Percentiles>] {
        [\.uplink, \.downlink, \.tardiness, \.clear, \.webhook, \.setUp, \.firstAudio]
    }

    private static var counts: [WritableKeyPath<LoadMeter, Int>] {
        [\.callerFrames, \.agentFrames, \.refused, \.skipped, \.unexpected, \.callsLost]
    }
}
