package import Wire

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
    /// The address of ours that failed.
    package var errorURL: String?

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
        errorURL = form.filled("ErrorUrl")
    }
}
