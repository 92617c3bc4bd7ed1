package import Wire

/// The party of a `<Dial>` is gone, or never came, and Twilio asks for the next document.
package struct DialStatusWebhook: Sendable, Equatable {
    /// How the dialled party fared.
    package enum Outcome: Sendable, Equatable {
        /// The two spoke; a mailbox counts as somebody.
        case completed
        /// A conference was joined.
        case answered
        case busy, noAnswer, failed, canceled
        case other(String)

        /// Twilio's word for it.
        package var word: String {
            switch self {
            case .completed: "completed"
            case .answered: "answered"
            case .busy: "busy"
            case .noAnswer: "no-answer"
            case .failed: "failed"
            case .canceled: "canceled"
            case .other(let word): word
            }
        }
    }

    /// The caller's leg.
    package var call: CallSID
    /// How the other side fared.
    package var outcome: Outcome
    /// The dialled leg; none for a conference.
    package var dialledCall: CallSID?
    /// How long the two were joined; nil for a conference.
    package var duration: Duration?
    /// True when both sides were joined; nil when Twilio does not say.
    package var wasBridged: Bool?

    /// True when the caller got to speak to somebody and need not come back to the agent.
    package var succeeded: Bool {
        switch outcome {
        case .completed, .answered: wasBridged ?? true
        default: false
        }
    }

    /// Reads the parameters.
    package init(_ form: Form) throws(WebhookFault) {
        call = try form.identifier("CallSid")
        outcome =
            switch try form.required("DialCallStatus") {
            case "completed": .completed
            case "answered": .answered
            case "busy": .busy
            case "no-answer": .noAnswer
            case "failed": .failed
            case "canceled": .canceled
            case let word: .other(word)
            }
        dialledCall = try form.identifierIfAny("DialCallSid")
        duration = form.seconds("DialCallDuration")
        wasBridged = form.filled("DialBridged").map { $0 == "true" }
    }
}

/// What a `<Gather>` collected.
package struct GatherWebhook: Sendable, Equatable {
    /// The leg that was listened to.
    package var call: CallSID
    /// The keys pressed, without the one that finished; empty for none.
    package var digits: String
    /// What was understood; nil for nothing.
    package var speech: String?

    /// Reads the parameters.
    package init(_ form: Form) throws(WebhookFault) {
        call = try form.identifier("CallSid")
        digits = form["Digits"] ?? ""
        speech = form.filled("SpeechResult")
    }
}
