package import Wire

/// Why a request is not believed to be Twilio's; each is answered with 403 and counted.
package enum TwilioSignatureFault: Error, Sendable, Equatable {
    case missing
    /// We have no token to check with: everything is refused.
    case noToken
    /// The form cannot be decoded, so nobody can have signed it.
    case form(FormError)
    /// A body that is no form, and no hash in the query vouches for it.
    case bodyUnsigned
    /// The request names a shared key or an algorithm that we do not have.
    case unknownKey
    /// No key of ours makes this signature for any spelling of our address.
    case mismatch
}

extension TwilioSignatureFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .missing: "it is missing"
        case .noToken: "there is no token to check it with"
        case .form(let error): "the form cannot be read: \(error)"
        case .bodyUnsigned: "the body is neither a form nor hashed in the query"
        case .unknownKey: "it names a key or an algorithm that is not known here"
        case .mismatch: "no key known here makes it for this address and form"
        }
    }
}

/// `X-Twilio-Signature`: base64 of an HMAC over the address as Twilio was given it and, for a
/// form, each name and value in byte order (Twilio security, "validating requests").
///
///     configured public address + request target ─┐ each spelling Twilio may have used
///     form, sorted, decoded, without separators ──┴─▶ HMAC ─▶ base64 ═ header?
///
/// The address never comes from `Host` or a forwarding header: proxies change it, and so may
/// whoever sends the request.
package enum TwilioSignature {
    /// The header's name; names compare without case.
    package static let headerName = "X-Twilio-Signature"
    /// Names the shared key and algorithm where the auth token was not used.
    package static let settingsHeaderName = "X-Twilio-Webhooks-Signature-Settings"

    /// What we can check with: auth tokens, two while one is rotated, and shared keys by their id.
    package struct Keys: Sendable {
        /// The account's own, without empty ones.
        package var tokens: [SecretText]
        /// By the id that the settings header names, without empty ones.
        package var shared: [String: SecretText]

        package init(tokens: [SecretText], shared: [String: SecretText] = [:]) {
            self.tokens = tokens.filter { !$0.isEmpty }
            self.shared = shared.filter { !$0.value.isEmpty }
        }
    }

    /// Refuses a request that Twilio did not sign; returns the form that it did sign.
    ///
    /// `base` is our public address; an upgrade is signed with the scheme of its socket.
    @discardableResult
    package static func check(
        _ request: HTTPRequest, isUpgrade: Bool = false, base: WebAddress, keys: Keys
    ) throws(TwilioSignatureFault) -> Form {
        guard let claim = request.fields[headerName], !claim.isEmpty else { throw .missing }
        let (secrets, algorithm) = try secrets(for: request.fields, keys)
        guard !secrets.isEmpty else { throw .noToken }
        let form = try signedForm(of: request)
        let parameters = concatenated(form)
        let spellings = spellings(of: base, request.target, isUpgrade: isUpgrade)
        var isOurs = false
        for secret in secrets {
            for spelling in spellings {
                let own = sign(spelling, parameters, secret, algorithm)
                isOurs = Secret.same(own, claim) || isOurs
            }
        }
        guard isOurs else { throw .mismatch }
        return form
    }

    /// The header's value for an address and form; what Twilio does, and its simulator.
    package static func make(
        url: String, form: Form = Form(), key: SecretText, algorithm: Digest.Algorithm = .sha1
    ) -> String {
        sign(String(url.prefix { $0 != "#" }), concatenated(form), key, algorithm)
    }

    private static func sign(
        _ url: String, _ parameters: [UInt8], _ key: SecretText, _ algorithm: Digest.Algorithm
    ) -> String {
        let digest = Digest(
            hmac: algorithm, key: Array(key.revealed.utf8), of: Array(url.utf8) + parameters)
        return Base64.text(digest.bytes)
    }

    /// Without a shared key in the settings header: auth tokens. SHA-1 unless it says otherwise.
    private static func secrets(
        for fields: HTTPFields, _ keys: Keys
    ) throws(TwilioSignatureFault) -> ([SecretText], Digest.Algorithm) {
        guard let settings = fields[settingsHeaderName], !settings.isEmpty else {
            return (keys.tokens, .sha1)
        }
        var words: [Substring: Substring] = [:]
        for part in settings.split(separator: ",") {
            let sides = part.drop { $0 == " " }.split(separator: "=", maxSplits: 1)
            if sides.count == 2 { words[sides[0]] = sides[1] }
        }
        guard let id = words["key"], let key = keys.shared[String(id)] else { throw .unknownKey }
        switch words["algorithm"] {
        case "HMAC_SHA1", nil: return ([key], .sha1)
        case "HMAC_SHA256": return ([key], .sha256)
        default: throw .unknownKey
        }
    }
}

extension TwilioSignature {
    /// The form whose pairs are part of what was signed. A body of any other kind is vouched for
    /// by its hash in the query, and signed without pairs.
    private static func signedForm(
        of request: HTTPRequest
    ) throws(TwilioSignatureFault) -> Form {
        guard !request.body.isEmpty else { return Form() }
        let type = request.fields["Content-Type"]?.prefix { $0 != ";" && $0 != " " } ?? ""
        if HTTPFields.same(String(type), "application/x-www-form-urlencoded") {
            do { return try Form(parsing: request.body) } catch { throw .form(error) }
        }
        let query: Form
        do { query = try Form(queryOf: request) } catch { throw .form(error) }
        guard let hash = query["bodySHA256"],
            Digest(.sha256, of: request.body).matches(hex: hash)
        else { throw .bodyUnsigned }
        return Form()
    }

    /// Names in byte order, each distinct value of a name in byte order behind it.
    ///
    /// Bytes, not texts: Swift holds texts equal that are spelled with different scalars.
    private static func concatenated(_ form: Form) -> [UInt8] {
        let pairs = form.pairs.map { (name: Array($0.name.utf8), value: Array($0.value.utf8)) }
            .sorted { a, b in
                a.name == b.name
                    ? a.value.lexicographicallyPrecedes(b.value)
                    : a.name.lexicographicallyPrecedes(b.name)
            }
        var bytes: [UInt8] = []
        for (place, pair) in pairs.enumerated() {
            if place > 0, pairs[place - 1] == pair { continue }
            bytes += pair.name + pair.value
        }
        return bytes
    }

    /// Every way in which Twilio may have spelled our address: no port, the scheme's own, the
    /// configured one; for a socket also with and without a slash at the end.
    private static func spellings(
        of base: WebAddress, _ target: String, isUpgrade: Bool
    ) -> [String] {
        let scheme = isUpgrade ? (base.isSecure ? "wss" : "ws") : base.scheme
        let host = base.host.utf8.contains(UInt8(ascii: ":")) ? "[\(base.host)]" : base.host
        let standardPort: UInt16 = base.isSecure ? 443 : 80
        var places = [host, "\(host):\(standardPort)"]
        if base.port != standardPort { places.append("\(host):\(base.port)") }
        let prefix = base.target.hasSuffix("/") ? String(base.target.dropLast()) : base.target
        var targets = [prefix + target]
        if isUpgrade {
            targets.append(
                target.hasSuffix("/") ? String(targets[0].dropLast()) : targets[0] + "/")
        }
        return places.flatMap { place in targets.map { "\(scheme)://\(place)\($0)" } }
    }
}
