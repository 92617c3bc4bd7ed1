/// Why a request to Twilio's REST interface was not done, as far as anybody can know.
package enum TwilioFailure: Error, Sendable, Equatable {
    /// Twilio said no.
    case refused(TwilioRefusal)
    /// Nobody was there to be asked: nothing was done.
    case unreachable(String)
    /// It was asked and nobody heard the answer: it may have been done.
    case unanswered(String)
    /// We could not write the request: nothing was sent.
    case unusable(String)

    /// True when nobody knows whether it was done.
    package var isUncertain: Bool {
        switch self {
        case .refused(let refusal): refusal.isUncertain
        case .unanswered: true
        case .unreachable, .unusable: false
        }
    }

    /// True when the same request may be sent again: a change is safe to repeat, and a new call
    /// only when the last one was certainly not placed, because a telephone may be ringing.
    package func isRetriable(repeatable: Bool) -> Bool {
        switch self {
        case .refused(let refusal): refusal.isRetriable || (repeatable && refusal.isUncertain)
        case .unreachable: true
        case .unanswered: repeatable
        case .unusable: false
        }
    }
}

extension TwilioFailure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .refused(let refusal):
            let code = refusal.code.map { ", code \($0)" } ?? ""
            return "Twilio answered \(refusal.status)\(code): \(refusal.meaning)"
        case .unreachable(let why): return "Twilio cannot be reached: \(why)"
        case .unanswered(let why): return "Twilio was asked and did not answer: \(why)"
        case .unusable(let why): return "the request cannot be written: \(why)"
        }
    }
}
