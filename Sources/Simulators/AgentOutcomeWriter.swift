import Audio
package import Wire

/// What a finished conversation was, for people, for programs and for ears.
package enum AgentOutcomeWriter {
    /// One line.
    package static func text(_ outcome: AgentOutcome) -> String {
        let end = outcome.diary.end
        let length = (end?.time ?? outcome.diary.began) - outcome.diary.began
        let turns = outcome.diary.entries.count { $0.role == "user" }
        return "\(outcome.conversationID): \(LatencyReport.seconds(length)) s, \(turns) turns, "
            + "\(outcome.meter.bytes) bytes heard, ended \(end?.code ?? 0) "
            + "(\(end?.reason ?? "unknown")), \(outcome.diary.findings.count) findings"
    }

    /// What was said, a line each: seconds since the beginning, who, what.
    package static func transcript(_ outcome: AgentOutcome) -> String {
        let began = outcome.diary.began
        return outcome.diary.entries.compactMap { entry in
            guard let message = entry.message else { return nil }
            let who = entry.role == "user" ? "caller" : "agent"
            let cut = entry.isInterrupted ? " (interrupted)" : ""
            return "\(LatencyReport.seconds(entry.time - began)) s  \(who): \(message)\(cut)\n"
        }.joined()
    }

    /// Everything that was measured, and the transcript.
    package static func json(_ outcome: AgentOutcome) -> JSON {
        let meter = outcome.meter
        let end = outcome.diary.end
        return [
            "conversation_id": .string(outcome.conversationID),
            "agent_id": .string(outcome.agentID),
            "authorization": .string(outcome.authorization),
            "input_format": .string(outcome.format.name),
            "duration_ms": .integer(
                ((end?.time ?? outcome.diary.began) - outcome.diary.began).milliseconds),
            "end": [
                "code": .integer(Int64(end?.code ?? 0)),
                "reason": .string(end?.reason ?? "unknown"),
                "failed": .bool(end?.isFailure ?? false),
            ],
            "uplink": [
                "bytes": .integer(Int64(meter.bytes)), "chunks": .integer(Int64(meter.chunks)),
                "bytes_per_second": .number(meter.bytesPerSecond),
                "largest_chunk": .integer(Int64(meter.largestChunk)),
                "gaps": .integer(Int64(meter.gaps)),
                "longest_gap_ms": .integer(meter.longestGap.milliseconds),
                "bursts": .integer(Int64(meter.bursts)),
            ],
            "round_trips_ms": .array(
                outcome.roundTrips.map { .number($0.fractionalSeconds * 1000) }),
            "findings": .array(outcome.diary.findings.map { .string($0) }),
            "record": AgentReportWriter.record(outcome, status: "done"),
        ]
    }

    /// What the agent heard, as a WAV file.
    package static func wave(_ outcome: AgentOutcome) -> [UInt8] {
        WaveFile(format: outcome.format, bytes: outcome.heard).encoded
    }
}
