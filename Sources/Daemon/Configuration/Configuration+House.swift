import Calls
import Front
import Instruments
import Net
import Twilio
import Wire

/// What the parts of the house are told, worked out from the settings.
extension Configuration {
    /// Threads to start: as set, or one for each core this process may use.
    var loopCount: Int { loops ?? LoopPool.coresAvailable }

    /// Every number of a call.
    var callLimits: CallLimits {
        var limits = guards.call
        limits.version = CallbridgeDaemon.version
        return limits
    }

    /// What may be called. Without a list that is nothing, except where nobody but a simulator
    /// on this machine could be reached.
    var outboundPolicy: OutboundPolicy {
        var policy = outbound
        policy.allowsEverything =
            environment == .development && outbound.prefixes.isEmpty
            && ConfigurationRules.isLoopback(telephone.baseURL.host)
        policy.durationMax = guards.call.durationMax
        return policy
    }

    /// Who signs in at Twilio; nil without an account.
    var twilioCredentials: TwilioCredentials? {
        guard let account = telephone.accountSID, let token = telephone.authTokens.first else {
            return nil
        }
        return TwilioCredentials(account: account, secret: token)
    }

    /// Whose word about the client is believed.
    var clients: ClientAddress {
        let proxies = access.trustedProxies
        return ClientAddress { peer in
            let address = peer == "unix" ? nil : peer
            return proxies.contains { $0.covers(address) }
        }
    }

    /// Where Twilio reaches us. Without a setting, as in development, a name that only a
    /// simulator on this machine can reach.
    func publicAddress() throws(WebAddressError) -> WebAddress {
        if let publicURL = listening.publicURL { return publicURL }
        return try WebAddress("https://localhost")
    }

    /// The key of stream tokens: the same in every process that shares Twilio's account, so that
    /// a restarted daemon takes the tokens of its predecessor; a fresh one without an account.
    var tokenKey: [UInt8] {
        guard let token = telephone.authTokens.first else { return Secret.bytes(32) }
        return Digest(
            hmac: .sha256, key: Array(token.revealed.utf8),
            of: Array("callbridge stream token".utf8)
        ).bytes
    }
}
