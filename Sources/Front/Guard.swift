import Instruments
import Twilio
import Wire

/// Who may use a route.
package enum Guard: Sendable, Equatable {
    /// Anybody.
    case open
    /// Twilio, by the signature over the public address and the form.
    case twilio
    /// Twilio's stream, by the signature of the upgrade.
    case twilioStream
    /// This machine itself, or the holder of an API key.
    case local
}

/// Checks the guards.
package struct GateKeeper: Sendable {
    /// Twilio's auth tokens; several while they are rotated. Empty only in development.
    private let tokens: [SecretText]
    private let apiKeys: [SecretText]
    private let publicURL: WebAddress

    package init(tokens: [SecretText], apiKeys: [SecretText], publicURL: WebAddress) {
        self.tokens = tokens
        self.apiKeys = apiKeys
        self.publicURL = publicURL
    }

    /// Returns when the exchange may pass, throws 403 or 401 otherwise.
    package func check(_ guarding: Guard, _ exchange: Exchange) throws(Problem) {
        switch guarding {
        case .open: return
        case .twilio: try checkSignature(exchange, form: exchange.form, scheme: "https")
        case .twilioStream: try checkSignature(exchange, form: [:], scheme: "wss")
        case .local: try checkLocal(exchange)
        }
    }

    private func checkSignature(
        _ exchange: Exchange, form: Form, scheme: String
    ) throws(Problem) {
        if tokens.isEmpty {
            // Without a token nothing can be checked: development, and this machine only.
            guard exchange.isFromThisMachine else {
                throw .forbidden("unsigned requests are taken from this machine only")
            }
            return
        }
        let base = publicURL.isSecure || scheme == "wss" ? scheme : "http"
        let signature = TwilioSignature(
            base: publicURL.with(scheme: base), target: exchange.request.target, form: form)
        guard signature.isValid(exchange.request.fields, tokens: tokens.map(\.revealed)) else {
            throw .forbidden("X-Twilio-Signature is missing or does not fit this request")
        }
    }

    private func checkLocal(_ exchange: Exchange) throws(Problem) {
        if exchange.isFromThisMachine { return }
        guard let given = exchange.request.fields["X-API-Key"] else {
            throw Problem(401, "Unauthorized", "X-API-Key is missing")
        }
        let known = apiKeys.reduce(false) { found, key in
            Secret.same(key.revealed, given) || found
        }
        guard known else { throw .forbidden("X-API-Key is unknown") }
    }
}
