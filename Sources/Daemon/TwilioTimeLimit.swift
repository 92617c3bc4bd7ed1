import Calls
import Instruments
import Twilio

/// Tells Twilio the longest time a call may last: it ends then even if we should not be there.
struct TwilioTimeLimit: CallListener {
    /// Our own limit comes first, with a sentence; Twilio's cuts without one.
    private static let slackSeconds: Int64 = 30

    let line: any TwilioLine
    let limits: CurrentCallLimits
    let log: Log

    func heard(_ event: CallEvent, of call: CallFacts) {
        // One that we placed has its limit since then.
        guard case .streamConnected = event, call.ticket.direction == .inbound else { return }
        let seconds = limits.now.durationMax.components.seconds + Self.slackSeconds
        let sid = call.ticket.call
        Task { [line, log] in
            do throws(TwilioFailure) {
                _ = try await line.update(sid, .limit(seconds: Int(seconds)))
            } catch {
                log.warning(
                    "twilio.limit_failed", "Twilio was not told the longest duration: \(error)",
                    .callSID(sid.text))
            }
        }
    }
}
