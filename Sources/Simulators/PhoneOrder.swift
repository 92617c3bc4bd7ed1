package import Wire

/// One call to be made by a phone simulator: who rings, what Twilio is configured with, and what
/// the caller will do.
package struct PhoneOrder: Sendable {
    /// What becomes of a `<Dial>`.
    package struct DialPlan: Sendable, Equatable {
        /// `completed`, `busy`, `no-answer`, `failed`, `canceled`.
        package var status = "completed"
        /// How long ringing and talking take.
        package var lasts: Duration = .seconds(2)

        package init() {}
    }

    /// How status callbacks arrive; each may go wrong on the real network.
    package struct Disorder: Sendable, Equatable {
        /// Every callback comes twice, with the same idempotency token.
        package var duplicates = false
        /// Callbacks overtake each other.
        package var shuffles = false

        package init() {}
    }

    /// The number's voice URL, as Twilio would be given it: it is what is signed.
    package var voiceURL: WebAddress
    package var method = "POST"
    /// Where the voice URL's origin is really reached: the daemon behind its proxy.
    package var origin: WebAddress?
    package var accountSID: String
    /// Signs every request; without it they go unsigned.
    package var authToken: SecretText?
    package var from = "+15550100001"
    package var to = "+15550100002"
    package var caller = CallerScript()
    package var dial = DialPlan()
    /// Keys for `<Gather>`, in order, one text for each.
    package var gathered: [String] = []
    /// The number's fallback: asked when a document cannot be had from where it should come.
    package var fallbackURL: WebAddress?
    /// How long Twilio takes, after a stream is over, to ask what comes next.
    package var asksAfter: Duration = .zero
    /// The number's status callback, told the final status.
    package var statusCallback: WebAddress?
    package var disorder = Disorder()
    /// More parameters of the voice webhook, as carriers add them.
    package var extra: [Form.Pair] = [Form.Pair("StirVerstat", "TN-Validation-Passed-A")]
    /// No call lasts longer.
    package var limit: Duration = .seconds(600)
    package var seed: UInt64 = 1
    /// A call whose streams bring no voice is good all the same.
    package var mayBeSilent = false

    package init(voiceURL: WebAddress, accountSID: String, authToken: SecretText?) {
        self.voiceURL = voiceURL
        self.accountSID = accountSID
        self.authToken = authToken
    }

    /// Where a request to this address really goes.
    package func route(_ address: WebAddress) -> WebAddress {
        guard let origin, address.host == voiceURL.host,
            address.port == Self.port(address, voiceURL)
        else { return address }
        var routed = address
        routed.host = origin.host
        routed.port = origin.port
        let isSocket = address.scheme.hasPrefix("ws")
        routed.scheme = isSocket ? (origin.isSecure ? "wss" : "ws") : origin.scheme
        return routed
    }

    /// A stream's address names the same origin with the scheme of sockets.
    private static func port(_ address: WebAddress, _ base: WebAddress) -> UInt16 {
        address.isSecure == base.isSecure ? base.port : address.port
    }
}
