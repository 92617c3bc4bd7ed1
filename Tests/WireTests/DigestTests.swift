import Testing

@testable import Wire

struct DigestTests {
    @Test(arguments: [
        (
            "", "da39a3ee5e6b4b0d3255bfef95601890afd80709",
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        ),
        (
            "abc", "a9993e364706816aba3e25717850c26c9cd0d89d",
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        ),
    ])
    func `the vectors of FIPS 180 hold`(text: String, sha1: String, sha256: String) {
        #expect(Digest(.sha1, of: text).hex == sha1)
        #expect(Digest(.sha256, of: text).hex == sha256)
        #expect(Digest(.sha1, of: text).bytes.count == 20)
        #expect(Digest(.sha256, of: text).bytes.count == 32)
    }

    @Test func `the vectors of RFC 2202 and RFC 4231 hold`() {
        let (key, text) = (Array("Jefe".utf8), Array("what do ya want for nothing?".utf8))
        let sha1 = Digest(hmac: .sha1, key: key, of: text)
        #expect(sha1.hex == "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79")
        let sha256 = Digest(hmac: .sha256, key: key, of: text)
        #expect(
            sha256.hex == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
        let long = Digest(
            hmac: .sha256, key: [UInt8](repeating: 0xAA, count: 131),
            of: Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8))
        #expect(long.hex == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")
    }

    @Test func `an empty key and an empty message have an HMAC`() {
        #expect(
            Digest(hmac: .sha256, key: [], of: []).hex
                == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad")
    }

    @Test func `a claim matches in full only`() {
        let digest = Digest(.sha256, of: "abc")
        #expect(digest.matches(digest.bytes))
        #expect(digest.matches(hex: digest.hex))
        #expect(digest.matches(hex: digest.hex.uppercased()))
        #expect(!digest.matches(hex: String(digest.hex.dropLast())))
        #expect(!digest.matches(hex: ""))
        #expect(!digest.matches([]))
        for place in 0..<32 {
            var claim = digest.bytes
            claim[place] ^= 1
            #expect(!digest.matches(claim))
        }
        #expect(digest == Digest(.sha256, of: "abc"))
        #expect(digest != Digest(.sha256, of: "abd"))
        #expect(digest != Digest(.sha1, of: "abc"))
    }

    @Test func `secrets are compared whole`() {
        #expect(Secret.same("token", "token"))
        #expect(!Secret.same("token", "tokeN"))
        #expect(!Secret.same("token", "toke"))
        #expect(Secret.same("", ""))
    }

    @Test func `randomness does not repeat`() {
        #expect(Secret.bytes(16).count == 16)
        #expect(Secret.bytes(0).isEmpty)
        #expect(Set((0..<100).map { _ in Secret.bytes(16) }).count == 100)
    }
}
