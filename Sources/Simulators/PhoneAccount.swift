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
    }

    /// Credentials, voice and manners of outbound calls.
    package var order: PhoneOrder
    /// An API key and its secret, good beside SID and token.
    package var apiKey: (sid: String, secret: SecretText)?
    package var callee = PhoneOutbound.Callee()
    package var fault: Fault?
    /// After so many faults everything works; nil: never.
    package var faultsMax: Int?
    /// Added to every answer.
    package var delay: Duration = .zero

    package init(order: PhoneOrder) { self.order = order }
}
