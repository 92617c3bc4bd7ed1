package import Twilio
package import Wire

/// Who may use a route.
package enum Guard: Sendable, Equatable {
    /// Anybody.
    case open
    /// Twilio, by the signature over the public address and the form.
    case twilio
    /// Twilio's stream, by the signature of the upgrade.
    case twilioStream
    /// The holder of an API key, from wherever.
    case apiKey
    /// The holder of an API key, or this machine itself: by loopback, and by a socket of its own
    /// where there are no keys.
    case local
}

/// Checks the guards.
package struct GateKeeper: Sendable {
    /// Twilio's auth tokens; none in development only.
    private let keys: TwilioSignature.Keys
    private let apiKeys: KeyGuard
    private let publicURL: WebAddress
    private let thisMachine: ThisMachine

    package init(twilio keys: TwilioSignature.Keys, apiKeys: [SecretText], publicURL: WebAddress) {
        self.keys = keys
        self.apiKeys = KeyGuard(apiKeys)
        self.publicURL = publicURL
        thisMachine = ThisMachine(publicURL: publicURL)
    }

    /// Lets the exchange pass and answers its form, or throws 400, 401, 403 or 429.
    package func check(_ guarding: Guard, _ exchange: Exchange) throws(Problem) -> Form {
        switch guarding {
        case .open: return [:]
        case .twilio: return try checkSignature(exchange, isUpgrade: false)
        case .twilioStream: return try checkSignature(exchange, isUpgrade: true)
        case .apiKey:
            try apiKeys.check(exchange)
            return [:]
        case .local:
            try checkLocal(exchange)
            return [:]
        }
    }

    private func checkSignature(
        _ exchange: Exchange, isUpgrade: Bool
    ) throws(Problem) -> Form {
        let request = exchange.request
        if keys.tokens.isEmpty {
            // Without a token nothing can be checked: development, and this machine only.
            guard thisMachine.way(of: request) != nil else {
                throw .forbidden("unsigned requests are taken from this machine only")
            }
            do { return try Form(parsing: request.body) } catch {
                throw .badRequest("the form cannot be read: \(error)")
            }
        }
        do {
            return try TwilioSignature.check(
                request, isUpgrade: isUpgrade, base: publicURL, keys: keys)
        } catch {
            throw .forbidden("\(TwilioSignature.headerName) does not vouch for this: \(error)")
        }
    }

    private func checkLocal(_ exchange: Exchange) throws(Problem) {
        switch thisMachine.way(of: exchange.request) {
        case .loopback: return
        case .unix where apiKeys.isShut: return
        case .unix, nil: try apiKeys.check(exchange)
        }
    }
}
