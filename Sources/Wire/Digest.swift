import COpenSSL

/// A SHA digest or an HMAC (FIPS 180-4, RFC 2104); comparing takes the same time whatever differs.
package struct Digest: Sendable, Equatable {
    /// The hash functions our peers sign with.
    package enum Algorithm: Sendable {
        /// Twilio's signatures and the WebSocket handshake only.
        case sha1
        case sha256
    }

    /// 20 bytes of SHA-1, 32 of SHA-256.
    package let bytes: [UInt8]

    /// The digest of a message (EVP_Digest).
    package init(_ algorithm: Algorithm, of message: [UInt8]) {
        var output = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var count: UInt32 = 0
        let isDone = EVP_Digest(
            message, message.count, &output, &count, algorithm.function, nil)
        precondition(isDone == 1, "OpenSSL has no such digest")
        bytes = Array(output.prefix(Int(count)))
    }

    /// The digest of a text's UTF-8.
    package init(_ algorithm: Algorithm, of text: String) {
        self.init(algorithm, of: Array(text.utf8))
    }

    /// The HMAC of a message under a key (HMAC).
    package init(hmac algorithm: Algorithm, key: [UInt8], of message: [UInt8]) {
        var output = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var count: UInt32 = 0
        let made = HMAC(
            algorithm.function, key, Int32(key.count), message, message.count, &output, &count)
        precondition(made != nil, "OpenSSL has no such digest")
        bytes = Array(output.prefix(Int(count)))
    }

    /// Lower-case hexadecimal.
    package var hex: String { Hex.text(bytes) }

    /// True when a peer's claim, as bytes, is this digest; the time tells only the length.
    package func matches(_ claim: [UInt8]) -> Bool { Secret.same(bytes, claim) }

    /// True when a peer's claim, as hexadecimal of either case, is this digest.
    package func matches(hex claim: String) -> Bool {
        Secret.same(Array(hex.utf8), claim.utf8.map(HTTPToken.lower))
    }

    /// Equality whose time depends on the lengths alone.
    package static func == (a: Digest, b: Digest) -> Bool { a.matches(b.bytes) }
}

/// Lower-case hexadecimal.
private enum Hex {
    static func text(_ bytes: [UInt8]) -> String {
        String(unsafeUninitializedCapacity: bytes.count * 2) { text in
            for (place, byte) in bytes.enumerated() {
                text[place * 2] = digit(byte >> 4)
                text[place * 2 + 1] = digit(byte & 15)
            }
            return bytes.count * 2
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? 0x30 + value : 0x61 + value - 10
    }
}

extension Digest.Algorithm {
    fileprivate var function: OpaquePointer? {
        switch self {
        case .sha1: EVP_sha1()
        case .sha256: EVP_sha256()
        }
    }
}

/// Secrets: compared without telling where they differ, and made from the system's randomness.
package enum Secret {
    /// Equality whose time depends on the lengths alone (CRYPTO_memcmp).
    package static func same(_ a: [UInt8], _ b: [UInt8]) -> Bool {
        a.count == b.count && CRYPTO_memcmp(a, b, a.count) == 0
    }

    /// Equality of two texts' UTF-8; its time depends on the lengths alone.
    package static func same(_ a: String, _ b: String) -> Bool {
        same(Array(a.utf8), Array(b.utf8))
    }

    /// Bytes nobody can guess (RAND_bytes).
    package static func bytes(_ count: Int) -> [UInt8] {
        var output = [UInt8](repeating: 0, count: count)
        output.withUnsafeMutableBytes(fill)
        return output
    }

    /// So many of them in hexadecimal: a name nobody can guess.
    package static func hex(_ count: Int) -> String { Hex.text(bytes(count)) }

    /// Fills a buffer with bytes nobody can guess (RAND_bytes).
    package static func fill(_ buffer: UnsafeMutableRawBufferPointer) {
        let base = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
        let isDone = RAND_bytes(base, Int32(buffer.count))
        precondition(isDone == 1, "the system has no randomness to give")
    }
}
