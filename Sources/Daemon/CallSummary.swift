import Calls
import Instruments

/// What the one line that sums up a call has to say: why it ended, whose doing it was, how good it was.
struct CallSummary {
    let reason: EndReason
    let tally: CallTally

    /// Every figure under its own name; `-` where there is none.
    var fields: [LogField] {
        [.reason(reason.rawValue), LogField("OWNER", reason.owner.rawValue)] + traffic + line
    }

    private var traffic: [LogField] {
        [
            Self.milliseconds("DURATION_MS", tally.duration),
            Self.milliseconds("FIRST_AUDIO_MS", tally.firstAudio),
            LogField("TURNS", "\(tally.agentTurns + tally.callerTurns)"),
            LogField("INTERRUPTIONS", "\(tally.interruptions)"),
            LogField("FRAMES_IN", "\(tally.framesIn)"),
            LogField("FRAMES_OUT", "\(tally.framesOut)"),
            LogField("FRAMES_LOST", "\(tally.framesLost)"),
            LogField("FRAMES_DROPPED", "\(tally.framesDropped)"),
            LogField("BYTES_IN", "\(tally.bytesIn)"),
            LogField("BYTES_OUT", "\(tally.bytesOut)"),
            LogField("BYTES_REFUSED", "\(tally.bytesRefused)"),
            Self.milliseconds("AGENT_RTT_MS", tally.agentRoundTrip),
            LogField("FAULTS", "\(tally.faults.values.reduce(0, +))"),
        ]
    }

    private var line: [LogField] {
        let line = tally.line
        return [
            Self.milliseconds("TURN_GAP_P50_MS", line.turnGapP50),
            Self.milliseconds("TURN_GAP_P95_MS", line.turnGapP95),
            Self.milliseconds("BARGE_IN_MS", line.bargeIn),
            LogField("FRAMES_LATE", "\(line.framesLate)"),
            Self.milliseconds("JITTER_P95_MS", line.jitterP95),
            Self.milliseconds("DEAD_AIR_MS", line.deadAirLongest),
            Self.milliseconds("DEAD_AIR_TOTAL_MS", line.deadAirTotal),
            LogField("ONE_WAY", line.oneWay?.rawValue ?? "-"),
            LogField("MOS", line.mos.map { "\($0)" } ?? "-"),
        ]
    }

    private static func milliseconds(_ name: String, _ value: Duration?) -> LogField {
        LogField(name, value.map { "\($0.milliseconds)" } ?? "-")
    }
}
