import Twilio
import Wire

extension Problem {
    /// What Twilio did not do, with its own code and words: 422 when the number is at fault, 429
    /// when it was too much, 502 for all that is between us and Twilio.
    init(_ failure: TwilioFailure) {
        var detail = "\(failure)"
        if failure.isUncertain {
            detail += "; the call may have been placed, and the same session_id places no second"
        }
        guard case .refused(let refusal) = failure else {
            let isOurs = if case .unusable = failure { true } else { false }
            self.init(isOurs ? 500 : 502, isOurs ? "Internal error" : "Twilio failed", detail)
            return
        }
        if refusal.isAboutTheNumber {
            self = .unusable(detail)
        } else if refusal.status == 429 || refusal.code == 10004 {
            self = .tooMany(detail, retryAfter: refusal.retryAfter ?? .seconds(1))
        } else {
            self.init(502, "Twilio failed", detail)
        }
        more = [
            .init("twilio_status", .integer(Int64(refusal.status))),
            .init("twilio_code", refusal.code.map { .integer($0) } ?? .null),
            .init("twilio_message", .string(LogText.safe(refusal.message))),
        ]
    }
}
