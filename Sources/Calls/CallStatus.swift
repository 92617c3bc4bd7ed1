import Instruments
package import Wire

/// One living call as `GET /api/twilio/conversations` shows it.
package struct CallStatus: Sendable {
    package var facts: CallFacts
    /// `ringing`, `connecting`, `in-progress` or `ending`.
    package var status: String
    package var duration: Duration
    /// `ulaw_8000`, Twilio's only format.
    package var callerFormat: String
    /// The agent's output format; nil until its metadata came.
    package var agentFormat: String?
    /// Wall clock since 1970 of the last thing that happened besides audio.
    package var lastEventAt: Duration
    package var tally: CallTally

    /// The object of the list; numbers are masked unless `showsNumbers`.
    package func json(showsNumbers: Bool) -> JSON {
        let ticket = facts.ticket
        return [
            "call_sid": .string(ticket.call.text),
            "stream_sid": facts.stream.map { .string($0.text) } ?? .null,
            "conversation_id": facts.conversation.map { .string($0) } ?? .null,
            "session_id": .string(ticket.session),
            "agent": .string(facts.agent),
            "direction": .string(ticket.direction.rawValue),
            "from": .string(showsNumbers ? ticket.from.raw : "\(ticket.from)"),
            "to": .string(showsNumbers ? ticket.to.raw : "\(ticket.to)"),
            "status": .string(status),
            "started_at": .string("\(UTCTime(facts.startedAt))"),
            "duration_seconds": .number(duration.seconds.rounded(toPlaces: 3)),
            "caller_format": .string(callerFormat),
            "agent_format": agentFormat.map { .string($0) } ?? .null,
            "turns": .integer(Int64(tally.agentTurns + tally.callerTurns)),
            "last_event_at": .string("\(UTCTime(lastEventAt))"),
            "quality": tally.figures,
        ]
    }
}

extension CallTally {
    /// The figures of a call as JSON; times in milliseconds, null when not yet measured.
    package var figures: JSON {
        func milliseconds(_ value: Duration?) -> JSON {
            value.map { .number(($0.seconds * 1000).rounded(toPlaces: 1)) } ?? .null
        }
        return [
            "first_audio_ms": milliseconds(firstAudio),
            "agent_rtt_ms": milliseconds(agentRoundTrip),
            "interruptions": .integer(Int64(interruptions)),
            "frames_in": .integer(Int64(framesIn)),
            "frames_out": .integer(Int64(framesOut)),
            "frames_lost": .integer(Int64(framesLost)),
            "frames_dropped": .integer(Int64(framesDropped)),
            "bytes_refused": .integer(Int64(bytesRefused)),
            "faults": .integer(Int64(faults.values.reduce(0, +))),
            "turn_gap_p50_ms": milliseconds(line.turnGapP50),
            "turn_gap_p95_ms": milliseconds(line.turnGapP95),
            "barge_in_ms": milliseconds(line.bargeIn),
            "frames_late": .integer(Int64(line.framesLate)),
            "jitter_p95_ms": milliseconds(line.jitterP95),
            "dead_air_ms": milliseconds(line.deadAirLongest),
            "dead_air_total_ms": milliseconds(line.deadAirTotal),
            "one_way": line.oneWay.map { .string($0.rawValue) } ?? .null,
            "mos": line.mos.map { .number($0) } ?? .null,
        ]
    }
}

extension Double {
    /// Rounded to so many decimal places.
    func rounded(toPlaces places: Int) -> Double {
        var scale = 1.0
        for _ in 0..<places { scale *= 10 }
        return (self * scale).rounded() / scale
    }
}
