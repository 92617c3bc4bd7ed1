import Audio
package import Wire

/// What became of a call, for people, for programs and for ears.
package enum PhoneResultWriter {
    /// A few lines.
    package static func text(_ result: PhoneResult) -> String {
        var lines = [
            "\(result.callSID): \(result.status) after \(LatencyReport.seconds(result.length)) s"
                + " (\(result.reason))"
        ]
        for event in result.events {
            lines.append("  \(LatencyReport.seconds(event.at)) s  \(event.kind)  \(event.detail)")
        }
        if result.isSilent { lines.append("  the caller heard nothing in any stream") }
        for entry in result.entries {
            let level = entry.isWarning ? "warning" : "error"
            lines.append("  debugger: \(level) \(entry.code): \(entry.text)")
        }
        return lines.joined(separator: "\n")
    }

    /// Everything that was measured.
    package static func json(_ result: PhoneResult) -> JSON {
        [
            "call_sid": .string(result.callSID), "status": .string(result.status),
            "reason": .string(result.reason), "good": .bool(result.isGood),
            "silent": .bool(result.isSilent),
            "duration_ms": .integer(result.length.milliseconds),
            "webhook_ms": milliseconds(result.webhook),
            "first_heard_ms": milliseconds(result.firstHeard),
            "heard_ms": .integer(Int64(result.heard.count / 8)),
            "gaps": .array(gaps(result.heard)),
            "events": .array(
                result.events.map { event in
                    [
                        "at_ms": .integer(event.at.milliseconds), "kind": .string(event.kind),
                        "detail": .string(event.detail),
                    ]
                }),
            "streams": .array(result.streams.map(stream)),
            "debugger": .array(
                result.entries.map { entry in
                    [
                        "code": .integer(Int64(entry.code)),
                        "level": entry.isWarning ? "warning" : "error",
                        "text": .string(entry.text),
                    ]
                }),
        ]
    }

    /// The first so many are written down: a call of hours has as many as turns.
    private static let gapsMax = 1_000

    /// When nothing was there to be played, and for how long, between the first sound and the last.
    private static func gaps(_ heard: HeardAudio) -> [JSON] {
        zip(heard.runs, heard.runs.dropFirst()).prefix(gapsMax).map { before, after in
            [
                "at_ms": .integer(before.end.milliseconds),
                "ms": .integer((after.start - before.end).milliseconds),
            ]
        }
    }

    /// What the caller heard, silence where nothing played, as a WAV file.
    package static func wave(_ result: PhoneResult) -> [UInt8] {
        WaveFile(format: .telephone, bytes: result.heard.timeline(atLeast: result.length)).encoded
    }

    private static func stream(_ stream: PhoneResult.Stream) -> JSON {
        let measures = stream.measures
        let judge = stream.judge
        return [
            "stream_sid": .string(stream.streamSID), "ending": .string(stream.ending),
            "opened_ms": .integer(stream.openedAt.milliseconds),
            "duration_ms": .integer(stream.length.milliseconds),
            "handshake_ms": milliseconds(stream.handshake),
            "first_media_ms": milliseconds(measures.firstMedia),
            "first_heard_ms": milliseconds(measures.firstHeard),
            "turn_gaps_ms": .array(measures.turnGaps.map(milliseconds)),
            "barge_ins": .integer(Int64(measures.bargeIns)),
            "clear_reactions_ms": .array(measures.clearReactions.map(milliseconds)),
            "caller_turns": .integer(Int64(measures.callerTurns)),
            "received": [
                "media": .integer(Int64(judge.mediaMessages)),
                "bytes": .integer(Int64(judge.mediaBytes)), "marks": .integer(Int64(judge.marks)),
                "clears": .integer(Int64(judge.clears)),
                "dropped": .integer(Int64(judge.dropped)),
                "uneven": .integer(Int64(judge.unevenMessages)),
                "largest": .integer(Int64(judge.largestMessage)),
                "reasons": .array(judge.reasons.map { .string($0) }),
            ],
        ]
    }

    private static func milliseconds(_ value: Duration?) -> JSON {
        value.map { .number($0.fractionalSeconds * 1000) } ?? .null
    }
}
