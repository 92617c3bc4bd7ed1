package import Wire

/// A media stream started, stopped or failed; the only place where a failed handshake shows.
package struct StreamStatusWebhook: Sendable, Equatable {
    /// What happened to the stream.
    package enum Event: Sendable, Equatable {
        case started, stopped, failed
        case other(String)

        /// A constant name, for counting; every word we do not know is `other`.
        package var name: String {
            switch self {
            case .started: "started"
            case .stopped: "stopped"
            case .failed: "failed"
            case .other: "other"
            }
        }
    }

    /// The call that was streamed.
    package var call: CallSID
    /// The stream, one of perhaps several of its call.
    package var stream: StreamSID
    /// What happened.
    package var event: Event
    /// Twilio's sentence about a failure; nil when it said none.
    package var error: String?

    /// Reads the parameters.
    package init(_ form: Form) throws(WebhookFault) {
        call = try form.identifier("CallSid")
        stream = try form.identifier("StreamSid")
        event =
            switch try form.required("StreamEvent") {
            case "stream-started": .started
            case "stream-stopped": .stopped
            case "stream-error": .failed
            case let word: .other(word)
            }
        error = form.filled("StreamError")
    }
}

/// The stream under `<Connect>` ended and Twilio asks for the next document; it does not say why.
package struct AfterStreamWebhook: Sendable, Equatable {
    /// The leg whose stream ended.
    package var call: CallSID
    /// Withheld when the parameter is empty or missing.
    package var from: PhoneNumber
    /// The number that was called.
    package var to: PhoneNumber
    /// `in-progress` while the caller is there.
    package var status: TwilioCallStatus

    /// False when there is nobody left to hear the document.
    package var isCallerThere: Bool { !status.isFinal }

    /// Reads the parameters.
    package init(_ form: Form) throws(WebhookFault) {
        call = try form.identifier("CallSid")
        from = PhoneNumber(form["From"] ?? "")
        to = PhoneNumber(form["To"] ?? "")
        status = TwilioCallStatus(form["CallStatus"] ?? "")
    }
}
