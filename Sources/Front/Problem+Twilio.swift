import Calls
import Twilio
import Wire

extension Problem {
    /// Why a call was not placed, with Twilio's own code and words: 422 when the number is at
    /// fault, 429 when it was too much, 502 for all that is between us and Twilio.
    init(_ failure: TwilioFailure) {
        var detail = "\(failure)"
        if failure.isUncertain {
            detail += "; the call may have been placed, and the same session_id places no second"
        }
        if case .refused(let refusal) = failure, refusal.isAboutTheNumber {
            self = .unusable(detail)
            more = Self.words(of: refusal)
        } else {
            self.init(failure, detail)
        }
    }

    /// Why a caller may still be on the line: 503 without an account, otherwise what Twilio said.
    package init(_ fault: HangUpFault) {
        switch fault {
        case .noAccount:
            self.init(
                503, "Unavailable",
                "the call is over here, and Twilio is told to hang up when it asks what is next; "
                    + "to hang up at once, set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN and "
                    + "restart, or end the call in Twilio's console")
        case .failed(let failure):
            self.init(
                failure,
                "the call is over here, but Twilio did not hang up: \(failure); ask again to "
                    + "try again")
        }
    }

    /// What Twilio said, told as `detail`.
    init(_ failure: TwilioFailure, _ detail: String) {
        switch failure {
        case .unusable: self.init(500, "Internal error", detail)
        case .unreachable, .unanswered: self.init(502, "Twilio failed", detail)
        case .refused(let refusal) where refusal.status == 429 || refusal.code == 10004:
            self = .tooMany(detail, retryAfter: refusal.retryAfter ?? .seconds(1))
            more = Self.words(of: refusal)
        case .refused(let refusal):
            self.init(502, "Twilio failed", detail)
            more = Self.words(of: refusal)
        }
    }

    private static func words(of refusal: TwilioRefusal) -> [JSON.Member] {
        [
            .init("twilio_status", .integer(Int64(refusal.status))),
            .init("twilio_code", refusal.code.map { .integer($0) } ?? .null),
            .init("twilio_message", .string(LogText.safe(refusal.message))),
        ]
    }
}
