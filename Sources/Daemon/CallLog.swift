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
            log.write(
                .info, "conversation.started",
                verbatim: "[ElevenLabs] Started conversation: \(call.conversation ?? "")",
                [LogField("AGENT_OUTPUT_FORMAT", output), LogField("AGENT_INPUT_FORMAT", input)])
        case .agentFailed(let reason, let detail):
            log.error(
                "agent.failed",
                call.conversation == nil ? "Failed to start a conversation" : "The agent was lost",
                .reason(reason.rawValue), .detail(detail))
        case .agentLostEarly(let reason, let detail):
            log.info(
                "agent.lost_early",
                "The agent dialled ahead was lost; it is dialled again with the stream",
                .reason(reason.rawValue), .detail(detail))
        case .streamLost(let detail):
            log.warning("stream.lost", "The caller's stream was lost", .reason(detail))
        case .announced(let announcement):
            log.info(
                "call.announced", "The caller hears a sentence of the house",
                LogField("ANNOUNCEMENT", announcement.rawValue))
        case .ordered(let order, let author):
            log.notice(
                "call.ordered", "Something was ordered for the call",
                LogField("ORDER", order), LogField("AUTHOR", author.rawValue))
        case .errandFailed(let why):
            log.warning("call.errand_failed", "Nobody else took the call", .reason(why))
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
            log.info("tool.requested", "The agent uses a tool", LogField("TOOL", name))
        case .toolDone(let name, let isError, let took):
            log.write(
                isError ? .warning : .info, "tool.done",
                isError ? "The agent's tool failed" : "The agent's tool is done",
                [LogField("TOOL", name), LogField("TOOK_MS", "\(Int(took.seconds * 1_000))")])
        case .fault(let fault):
            log.warning(
                "call.fault", "A peer is at fault; from now on this is only counted",
                LogField("FAULT", fault.rawValue))
        case .ended(let reason, let tally):
            log.write(
                reason.isOrdinary ? .notice : .warning, "call.ended", "Call ended",
                CallSummary(reason: reason, tally: tally).fields)
        }
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
