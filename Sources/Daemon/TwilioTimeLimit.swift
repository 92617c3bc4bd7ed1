import Calls
import Instruments
import Twilio

/// Tells Twilio the longest time a call may last: it ends then even if we should not be there.
struct TwilioTimeLimit: CallListener {
    let line: any TwilioLine
    let limits: CurrentCallLimits
    let log: Log
    /// What is handed over is still ringing when we hear of it, until Twilio has run the document.
    var handOverTakes: Duration = .seconds(5)

    func heard(_ event: CallEvent, of call: CallFacts) {
        // One that we placed has its limit since then; one that is dialled on has it with the dial.
        guard let wait = wait(after: event), call.ticket.direction == .inbound else { return }
        let seconds =
            limits.now.durationMax.components.seconds + Int64(CallLimits.slackAtTwilioSeconds)
        let sid = call.ticket.call
        Task { [line, log] in
            try? await Task.sleep(for: wait)
            do throws(TwilioFailure) {
                _ = try await line.update(sid, .limit(seconds: Int(seconds)))
            } catch {
                log.warning(
                    "twilio.limit_failed", "Twilio was not told the longest duration",
                    .callSID(sid.text), .reason("\(error)"))
            }
        }
    }

    /// How long after an event Twilio is told; nil for those that are no occasion.
    private func wait(after event: CallEvent) -> Duration? {
        switch event {
        case .streamConnected: .zero
        case .handedOff: handOverTakes
        default: nil
        }
    }
}
