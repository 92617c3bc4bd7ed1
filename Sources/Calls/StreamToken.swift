package import Twilio
import Wire

/// The one-time secret that ties a stream to the call for which its TwiML was written.
///
/// Text: `expiry.nonce.mac`; expiry in whole seconds of the wall clock, nonce and mac in hex, mac =
/// HMAC-SHA256(key, "callSid.expiry.nonce"). It travels as a `<Parameter>`, because Twilio drops
/// query strings from stream addresses (Media Streams, `<Stream url>`).
package struct StreamToken: Sendable, Equatable {
    /// How long a token is good: the stream follows its TwiML within a second or so.
    package static let lifetime: Duration = .seconds(30)
    /// The name of the parameter that carries it.
    package static let parameter = "token"

    private static let nonceBytes = 12

    /// Why a token was not taken.
    package enum Fault: String, Error, Sendable, CaseIterable {
        case missing, malformed, forged, expired, replayed
        /// More tokens were spent lately than are remembered.
        case tooMany = "too_many"
    }

    /// The token as it travels.
    package let text: String
    /// The part that makes it one of its kind; a token with a nonce seen before is a replay.
    package let nonce: String
    /// Wall clock, whole seconds since 1970.
    package let expiry: Int64

    /// A new token for `call`, good from `wallClock` for `lead`, what comes before its stream, and
    /// `lifetime`.
    package init(
        for call: CallSID, key: [UInt8], wallClock: Duration, lead: Duration = .zero
    ) {
        let expiry = (wallClock + lead + Self.lifetime).components.seconds
        let nonce = Secret.hex(Self.nonceBytes)
        self.expiry = expiry
        self.nonce = nonce
        text = "\(expiry).\(nonce).\(Self.mac(call, expiry, nonce, key).hex)"
    }

    /// Reads and checks a token that came with `call`'s stream.
    package init(
        _ text: String?, for call: CallSID, key: [UInt8], wallClock: Duration
    ) throws(Fault) {
        guard let text, !text.isEmpty else { throw .missing }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[1].utf8.count == Self.nonceBytes * 2,
            let expiry = Int64(parts[0])
        else { throw .malformed }
        let nonce = String(parts[1])
        let mac = Self.mac(call, expiry, nonce, key)
        guard mac.matches(hex: String(parts[2])) else { throw .forged }
        guard wallClock.components.seconds < expiry else { throw .expired }
        self.text = text
        self.nonce = nonce
        self.expiry = expiry
    }

    /// What makes the token of that text one of its kind; nil when it is none.
    static func nonce(of text: String) -> String? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 3 ? String(parts[1]) : nil
    }

    private static func mac(
        _ call: CallSID, _ expiry: Int64, _ nonce: String, _ key: [UInt8]
    ) -> Digest {
        Digest(hmac: .sha256, key: key, of: Array("\(call.text).\(expiry).\(nonce)".utf8))
    }
}
