package import Wire

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
