package import Wire

/// The account whose REST side is served, and how it fails.
package struct PhoneAccount: Sendable {
    /// A fault of REST calls.
    package enum Fault: String, Sendable, CaseIterable {
        /// 429, code 20429.
        case tooMany = "429"
        /// 500, code 20500.
        case broken = "500"
        /// 503 with a page of HTML, as gateways answer.
        case gateway = "503"
        /// 500 though it was done: a call rings, and whoever placed it does not know.
        case doneAndBroken = "500-done"
    }

    /// Credentials, voice and manners of outbound calls.
    package var order: PhoneOrder
    /// An API key and its secret, good beside SID and token.
    package var apiKey: (sid: String, secret: SecretText)?
    package var callee = PhoneOutbound.Callee()
    package var fault: Fault?
    /// After so many faults everything works; nil: never.
    package var faultsMax: Int?
    /// Told with 429 as `Retry-After`, which Twilio may or may not send.
    package var retryAfterSeconds: Int?
    /// Before every request is looked at.
    package var delay: Duration = .zero
    /// After it was done: webhooks of a call come before the answer that names it.
    package var answerDelay: Duration = .zero
    /// Calls that leave the queue in a second; Twilio's default for an account is one.
    package var callsPerSecond = 1

    package init(order: PhoneOrder) { self.order = order }
}
