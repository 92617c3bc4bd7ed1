import Calls
import Instruments
import Twilio

/// Writes what calls tell as log lines, each with the call's names as fields.
///
/// The sentences in brackets are what operators search for: they stay as they are.
struct CallLog: CallListener {
    let log: Log

    func heard(_ event: CallEvent, of call: CallFacts) {
        let log = log.with(fields: Self.fields(call))
        switch event {
        case .promised: break
        case .revived:
            log.notice("call.revived", "The call lived in a process that is no more and goes on")
        case .streamConnected:
            log.info("stream.connected", "[WebSocket] Twilio stream connected")
        case .streamAdopted:
            log.notice("stream.adopted", "The caller's stream goes on without having been closed")
        case .streamReplaced:
            log.warning("stream.replaced", "A second stream took the place of the first")
        case .agentConnected:
            log.info("agent.connected", "[WebSocket] Connected to ElevenLabs")
        case .conversationStarted(let output, let input):
            log.info(
                "conversation.started",
                "[ElevenLabs] Started conversation: \(call.conversation ?? "")",
                LogField("AGENT_OUTPUT_FORMAT", output), LogField("AGENT_INPUT_FORMAT", input))
        case .agentFailed(let reason, let detail):
            let what = call.conversation == nil ? "Failed to start" : "The agent was lost"
            log.error("agent.failed", "\(what): \(detail)", .reason(reason.rawValue))
        case .agentLostEarly(_, let detail):
            log.info(
                "agent.lost_early",
                "The agent dialled ahead was lost (\(detail)); it is dialled again with the stream")
        case .streamLost(let detail):
            log.warning("stream.lost", "The caller's stream was lost: \(detail)")
        case .announced(let announcement):
            log.info("call.announced", "The caller hears: \(announcement.rawValue)")
        case .ordered(let order, let author):
            log.notice(
                "call.ordered", "Ordered by \(author.rawValue): \(order)",
                LogField("ORDER", order), LogField("AUTHOR", author.rawValue))
        case .errandFailed(let why):
            log.warning("call.errand_failed", "Nobody else took the call: \(why)")
        case .emergencyUnanswered:
            log.error(
                "call.emergency_unanswered",
                "Nobody who was rung took the emergency; the caller is back with the agent")
        case .handedOff:
            log.notice("call.handed_off", "[ElevenLabs] The call was handed over")
        case .interrupted:
            log.debug("call.interrupted", "The caller took the floor")
        case .keyPressed:
            log.info("call.key", "The caller pressed a key")
        case .toolRequested(let name):
            log.info("tool.requested", "The agent uses its tool \(name)")
        case .toolDone(let name, let isError, let took):
            log.write(
                isError ? .warning : .info, "tool.done",
                "The tool \(name) \(isError ? "failed" : "is done")",
                [LogField("TOOL", name), LogField("TOOK_MS", "\(Int(took.seconds * 1_000))")])
        case .fault(let fault):
            log.warning(
                "call.fault", "A peer is at fault: \(fault.rawValue); counted from now on",
                LogField("FAULT", fault.rawValue))
        case .ended(let reason, let tally):
            summary(reason, tally, call, log)
        }
    }

    private func summary(_ reason: EndReason, _ tally: CallTally, _ call: CallFacts, _ log: Log) {
        let text = CallSummary(reason: reason, tally: tally)
        log.write(
            reason.isOrdinary ? .notice : .warning, "call.ended", text.sentence, text.fields)
    }

    private static func fields(_ call: CallFacts) -> [LogField] {
        var fields: [LogField] = [
            .callSID(call.ticket.call.text), .sessionID(call.ticket.session),
            .agent(call.agent),
        ]
        if let stream = call.stream { fields.append(.streamSID(stream.text)) }
        if let conversation = call.conversation { fields.append(.conversationID(conversation)) }
        return fields
    }
}

/// The one line that sums up a call, and the same as fields.
struct CallSummary {
    let reason: EndReason
    let tally: CallTally

    /// For people.
    var sentence: String {
        "Call ended: \(reason.rawValue) (\(reason.owner.rawValue)) after "
            + figures.map { "\($0.label) \($0.value)" }.joined(separator: ", ")
    }

    /// For programs: REASON, OWNER and every figure under its own name.
    var fields: [LogField] {
        [.reason(reason.rawValue), LogField("OWNER", reason.owner.rawValue)]
            + figures.map { LogField($0.field, $0.value) }
    }

    private var figures: [(label: String, field: String, value: String)] {
        [
            ("duration_ms", "DURATION_MS", Self.milliseconds(tally.duration)),
            ("first_audio_ms", "FIRST_AUDIO_MS", Self.milliseconds(tally.firstAudio)),
            ("turns", "TURNS", "\(tally.agentTurns + tally.callerTurns)"),
            ("interruptions", "INTERRUPTIONS", "\(tally.interruptions)"),
            ("frames_in", "FRAMES_IN", "\(tally.framesIn)"),
            ("frames_out", "FRAMES_OUT", "\(tally.framesOut)"),
            ("frames_lost", "FRAMES_LOST", "\(tally.framesLost)"),
            ("frames_dropped", "FRAMES_DROPPED", "\(tally.framesDropped)"),
            ("bytes_in", "BYTES_IN", "\(tally.bytesIn)"),
            ("bytes_out", "BYTES_OUT", "\(tally.bytesOut)"),
            ("bytes_refused", "BYTES_REFUSED", "\(tally.bytesRefused)"),
            ("agent_rtt_ms", "AGENT_RTT_MS", Self.milliseconds(tally.agentRoundTrip)),
            ("faults", "FAULTS", "\(tally.faults.values.reduce(0, +))"),
        ] + line
    }

    private var line: [(label: String, field: String, value: String)] {
        let line = tally.line
        return [
            ("turn_gap_p50_ms", "TURN_GAP_P50_MS", Self.milliseconds(line.turnGapP50)),
            ("turn_gap_p95_ms", "TURN_GAP_P95_MS", Self.milliseconds(line.turnGapP95)),
            ("barge_in_ms", "BARGE_IN_MS", Self.milliseconds(line.bargeIn)),
            ("frames_late", "FRAMES_LATE", "\(line.framesLate)"),
            ("jitter_p95_ms", "JITTER_P95_MS", Self.milliseconds(line.jitterP95)),
            ("dead_air_ms", "DEAD_AIR_MS", Self.milliseconds(line.deadAirLongest)),
            ("dead_air_total_ms", "DEAD_AIR_TOTAL_MS", Self.milliseconds(line.deadAirTotal)),
            ("one_way", "ONE_WAY", line.oneWay?.rawValue ?? "-"),
            ("mos", "MOS", line.mos.map { "\($0)" } ?? "-"),
        ]
    }

    private static func milliseconds(_ value: Duration?) -> String {
        value.map { "\($0.wholeNanoseconds / 1_000_000)" } ?? "-"
    }
}
