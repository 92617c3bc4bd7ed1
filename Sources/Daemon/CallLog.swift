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
        case .streamLost(let detail):
            log.warning("stream.lost", "The caller's stream was lost", .reason(detail))
        case .agentConnected:
            log.info("agent.connected", "[WebSocket] Connected to ElevenLabs")
        case .conversationStarted(let output, let input):
            log.conversationStarted(call, output: output, input: input)
        case .agentFailed(let reason, let detail): log.agentFailed(call, reason, detail)
        case .agentLostEarly(let reason, let detail): log.agentLostEarly(reason, detail)
        case .announced(let announcement): log.announced(announcement)
        case .ordered(let order, let author): log.ordered(order, author)
        case .errandFailed(let why):
            log.warning("call.errand_failed", "Nobody else took the call", .reason(why))
        case .emergencyUnanswered: log.emergencyUnanswered()
        case .handedOff:
            log.notice("call.handed_off", "[ElevenLabs] The call was handed over")
        case .interrupted: log.debug("call.interrupted", "The caller took the floor")
        case .keyPressed: log.info("call.key", "The caller pressed a key")
        case .toolRequested(let name):
            log.info("tool.requested", "The agent uses a tool", .tool(name))
        case .toolDone(let name, let isError, let took): log.toolDone(name, isError, took)
        case .fault(let fault, let detail): log.fault(fault, detail)
        case .ended(let reason, let tally): log.ended(reason, tally)
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

/// The lines that say more than one thing.
extension Log {
    fileprivate func conversationStarted(_ call: CallFacts, output: String, input: String) {
        write(
            .info, "conversation.started",
            verbatim: "[ElevenLabs] Started conversation: \(call.conversation ?? "")",
            [LogField("AGENT_OUTPUT_FORMAT", output), LogField("AGENT_INPUT_FORMAT", input)])
    }

    fileprivate func agentFailed(_ call: CallFacts, _ reason: EndReason, _ detail: String) {
        error(
            "agent.failed",
            call.conversation == nil ? "Failed to start a conversation" : "The agent was lost",
            .reason(reason.rawValue), .detail(detail))
    }

    fileprivate func agentLostEarly(_ reason: EndReason, _ detail: String) {
        info(
            "agent.lost_early",
            "The agent dialled ahead was lost; it is dialled again with the stream",
            .reason(reason.rawValue), .detail(detail))
    }

    fileprivate func announced(_ announcement: Announcement) {
        info(
            "call.announced", "The caller hears a sentence of the house",
            LogField("ANNOUNCEMENT", announcement.rawValue))
    }

    fileprivate func ordered(_ order: String, _ author: Transfer.Author) {
        notice(
            "call.ordered", "Something was ordered for the call",
            LogField("ORDER", order), LogField("AUTHOR", author.rawValue))
    }

    fileprivate func emergencyUnanswered() {
        error(
            "call.emergency_unanswered",
            "Nobody who was rung took the emergency; the caller is back with the agent")
    }

    fileprivate func toolDone(_ name: String, _ isError: Bool, _ took: Duration) {
        write(
            isError ? .warning : .info, "tool.done",
            isError ? "The agent's tool failed" : "The agent's tool is done",
            [.tool(name), LogField("TOOK_MS", "\(took.milliseconds)")])
    }

    fileprivate func fault(_ fault: CallFault, _ detail: String?) {
        write(
            .warning, "call.fault", "A peer is at fault; from now on this is only counted",
            [LogField("FAULT", fault.rawValue)] + (detail.map { [.detail($0)] } ?? []))
    }

    fileprivate func ended(_ reason: EndReason, _ tally: CallTally) {
        write(
            reason.isOrdinary ? .notice : .warning, "call.ended", "Call ended",
            CallSummary(reason: reason, tally: tally).fields)
    }
}

extension LogField {
    fileprivate static func tool(_ name: String) -> LogField { LogField("TOOL", name) }
}
