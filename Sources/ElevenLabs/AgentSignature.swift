package import Wire

/// Why a report is not believed; each is answered with 401 and counted.
package enum AgentSignatureFault: Error, Sendable, Equatable {
    /// No header, or an empty one.
    case missing
    /// We have no secret to check with: everything is refused.
    case noSecret
    /// No readable time stamp, or no signature of scheme `v0`.
    case malformed
    /// Older than the service may still be repeating it.
    case tooOld
    /// Stamped later than clocks may differ.
    case fromFuture
    /// No secret of ours makes this signature for these bytes.
    case mismatch
}

/// The `ElevenLabs-Signature` header: `t=SECONDS,v0=HEX`, where the hex is an HMAC-SHA256 of
/// the stamp, a dot and the body's bytes under the whole secret, `wsec_` included.
///
/// Stricter than the vendor's SDK, where it costs nothing: a constant-time comparison, digits
/// only and one stamp only, and no stamps from the future. Looser where a proxy may have been
/// at work or a secret is being rotated: blanks round the parts, hex of either case, and any
/// one of several `v0` and several secrets will do.
package struct AgentSignature: Sendable, Equatable {
    /// The vendor's own tolerance: its last repetition comes half an hour after the first.
    package static let ageMax = Duration.seconds(30 * 60)
    /// Clocks that differ by more are not kept.
    package static let futureMax = Duration.seconds(5 * 60)

    /// Seconds since 1970, in the digits of the header, which are part of what was signed.
    private let stamp: String
    /// Every `v0` of the header.
    private let claims: [String]

    /// Reads a header's value.
    package init(_ header: String) throws(AgentSignatureFault) {
        var stamps: [String] = []
        var claims: [String] = []
        for part in header.split(separator: ",") {
            let part = part.trimmed
            if part.hasPrefix("t=") { stamps.append(String(part.dropFirst(2))) }
            if part.hasPrefix("v0=") { claims.append(String(part.dropFirst(3))) }
        }
        guard let stamp = stamps.first, stamps.count == 1, !claims.isEmpty,
            stamp.utf8.allSatisfy({ (0x30...0x39).contains($0) }), Int64(stamp) != nil
        else { throw .malformed }
        self.stamp = stamp
        self.claims = claims
    }

    /// Refuses a report whose header does not prove that it is the service's, and fresh; `now`
    /// is since 1970.
    package static func check(
        _ header: String?, body: [UInt8], secrets: [SecretText], now: Duration
    ) throws(AgentSignatureFault) {
        guard let header, !header.isEmpty else { throw .missing }
        let secrets = secrets.filter { !$0.isEmpty }
        guard !secrets.isEmpty else { throw .noSecret }
        let signature = try AgentSignature(header)
        let age = now - .seconds(Int64(signature.stamp) ?? 0)
        guard age <= ageMax else { throw .tooOld }
        guard age + futureMax >= .zero else { throw .fromFuture }
        let isOurs = secrets.contains { secret in
            let digest = digest(stamp: signature.stamp, body: body, secret: secret)
            return signature.claims.contains { digest.matches(hex: $0) }
        }
        guard isOurs else { throw .mismatch }
    }

    /// The header's value for a body; what the service does, and its simulator.
    package static func header(body: [UInt8], secret: SecretText, at time: Duration) -> String {
        let stamp = "\(time.components.seconds)"
        return "t=\(stamp),v0=\(digest(stamp: stamp, body: body, secret: secret).hex)"
    }

    private static func digest(stamp: String, body: [UInt8], secret: SecretText) -> Digest {
        Digest(
            hmac: .sha256, key: Array(secret.revealed.utf8),
            of: Array(stamp.utf8) + [UInt8(ascii: ".")] + body)
    }
}

extension AgentSignature {
    /// Checks `XI-Signature-256`, a header that no document of the vendor knows: the hex HMAC-SHA256
    /// of the body alone, which older webhook senders use. It bears no time, so whoever saw a report
    /// once may repeat it for ever: for those who switch it on.
    package static func checkLegacy(
        _ header: String?, body: [UInt8], secrets: [SecretText]
    ) throws(AgentSignatureFault) {
        guard let header, !header.isEmpty else { throw .missing }
        let secrets = secrets.filter { !$0.isEmpty }
        guard !secrets.isEmpty else { throw .noSecret }
        var claim = header[...].trimmed
        for prefix in ["sha256=", "xi-signature-256="] where claim.hasPrefix(prefix) {
            claim = claim.dropFirst(prefix.count)
        }
        let isOurs = secrets.contains { secret in
            legacyDigest(body: body, secret: secret).matches(hex: String(claim))
        }
        guard isOurs else { throw .mismatch }
    }

    /// The value of that header for a body.
    package static func legacyHeader(body: [UInt8], secret: SecretText) -> String {
        legacyDigest(body: body, secret: secret).hex
    }

    private static func legacyDigest(body: [UInt8], secret: SecretText) -> Digest {
        Digest(hmac: .sha256, key: Array(secret.revealed.utf8), of: body)
    }
}

extension Substring {
    /// Without blanks and tabs at either end.
    fileprivate var trimmed: Substring {
        let isBlank = { (character: Character) in character == " " || character == "\t" }
        var rest = drop(while: isBlank)
        while let last = rest.last, isBlank(last) { rest.removeLast() }
        return rest
    }
}
