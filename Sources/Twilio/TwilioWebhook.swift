package import Wire

/// Why a webhook's parameters could not be used.
package enum WebhookFault: Error, Sendable, Equatable {
    /// A parameter without which the request means nothing, by its name.
    case missing(String)
    /// A parameter that is not of the shape it must have, by its name.
    case malformed(String)
}

extension WebhookFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .missing(let name): "the parameter \(name) is missing"
        case .malformed(let name): "the parameter \(name) is not what it must be"
        }
    }
}

/// Twilio asks what the caller shall get: an inbound call rings, or one that we placed was
/// answered (TwiML for Voice, "Twilio's request").
package struct VoiceWebhook: Sendable, Equatable {
    /// The leg that is asked about.
    package var call: CallSID
    /// Who owns it.
    package var account: AccountSID
    /// Withheld when the parameter is empty or missing.
    package var from: PhoneNumber
    /// The number that was called, by which calls are routed.
    package var to: PhoneNumber
    /// `ringing` at first, `in-progress` in what follows.
    package var status: TwilioCallStatus
    /// True for a call that we placed, or a leg that a verb of ours dialled.
    package var isOutbound: Bool
    /// Lets a forwarded call keep the caller's number.
    package var callToken: SecretText?
    /// The number that was called first, where a carrier tells it.
    package var forwardedFrom: PhoneNumber?
    /// For a leg that another call dialled.
    package var parentCall: CallSID?
    /// Who answered a call that we placed, with machine detection.
    package var answeredBy: AnsweredBy?
    /// How far the caller's number is vouched for, in the exact words of SHAKEN/STIR.
    package var stirVerstat: String?
    /// In a request to the fallback address: the code of what failed before.
    package var errorCode: Int64?

    /// Reads the parameters; those we do not know are none of our business.
    package init(_ form: Form) throws(WebhookFault) {
        call = try form.identifier("CallSid")
        account = try form.identifier("AccountSid")
        from = PhoneNumber(form["From"] ?? "")
        to = PhoneNumber(try form.required("To"))
        status = TwilioCallStatus(form["CallStatus"] ?? "")
        isOutbound = form["Direction"]?.hasPrefix("outbound") ?? false
        callToken = form.filled("CallToken").map { SecretText($0) }
        forwardedFrom = form.filled("ForwardedFrom").map { PhoneNumber($0) }
        parentCall = try form.identifierIfAny("ParentCallSid")
        answeredBy = form.filled("AnsweredBy").map { AnsweredBy($0) }
        stirVerstat = form.filled("StirVerstat")
        errorCode = form.whole("ErrorCode")
    }
}

/// A call's state changed; requests may come twice and in any order.
package struct StatusWebhook: Sendable, Equatable {
    /// The leg whose state changed.
    package var call: CallSID
    /// The state now, or then: an older one may come later.
    package var status: TwilioCallStatus
    /// The order in which Twilio sent them, from 0; nil for a number's own callback.
    package var sequenceNumber: Int64?
    /// With a final state: how long the call lasted.
    package var duration: Duration?
    /// With a final state: 200, or why the call could not be placed.
    package var sipCode: Int64?
    /// For a leg that another call dialled.
    package var parentCall: CallSID?
    /// What machine detection found; nil without it.
    package var answeredBy: AnsweredBy?

    /// True when the call is over, for ever.
    package var isFinal: Bool { status.isFinal }

    /// Reads the parameters.
    package init(_ form: Form) throws(WebhookFault) {
        call = try form.identifier("CallSid")
        status = TwilioCallStatus(try form.required("CallStatus"))
        sequenceNumber = form.whole("SequenceNumber")
        duration = form.seconds("CallDuration")
        sipCode = form.whole("SipResponseCode")
        parentCall = try form.identifierIfAny("ParentCallSid")
        answeredBy = form.filled("AnsweredBy").map { AnsweredBy($0) }
    }
}

/// Who answered a call that we placed was found out while it went on ("AsyncAmd").
package struct AnsweredByWebhook: Sendable, Equatable {
    /// The call that was listened to.
    package var call: CallSID
    /// Who answered.
    package var answeredBy: AnsweredBy

    /// Reads the parameters.
    package init(_ form: Form) throws(WebhookFault) {
        call = try form.identifier("CallSid")
        answeredBy = AnsweredBy(try form.required("AnsweredBy"))
    }
}

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

extension Form {
    /// A parameter that must be there, and filled.
    fileprivate func required(_ name: String) throws(WebhookFault) -> String {
        guard let value = filled(name) else { throw .missing(name) }
        return value
    }

    /// A parameter that is there and not empty: Twilio sends many without a value.
    fileprivate func filled(_ name: String) -> String? {
        guard let value = self[name], !value.isEmpty else { return nil }
        return value
    }

    fileprivate func identifier<Kind>(_ name: String) throws(WebhookFault) -> TwilioSID<Kind> {
        guard let identifier = TwilioSID<Kind>(try required(name)) else { throw .malformed(name) }
        return identifier
    }

    fileprivate func identifierIfAny<Kind>(
        _ name: String
    ) throws(WebhookFault) -> TwilioSID<Kind>? {
        filled(name) == nil ? nil : try identifier(name)
    }

    fileprivate func whole(_ name: String) -> Int64? { filled(name).flatMap { Int64($0) } }

    fileprivate func seconds(_ name: String) -> Duration? { whole(name).map { .seconds($0) } }
}
