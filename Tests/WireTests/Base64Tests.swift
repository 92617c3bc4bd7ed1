import COpenSSL
import TestDice
import Testing

@testable import Wire

struct Base64Tests {
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
        ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
    ])
    func `the vectors of RFC 4648 section 10 hold both ways`(plain: String, coded: String) {
        #expect(Base64.text(Array(plain.utf8)) == coded)
        #expect(Base64.bytes(coded) == Array(plain.utf8))
    }

    @Test func `every length agrees with OpenSSL and comes back`() {
        let seed: UInt64 = 0x5EED_0005
        var dice = Dice(seed: seed)
        for count in 0...700 {
            let bytes = dice.bytes(count)
            var expected = [UInt8](repeating: 0, count: Base64.encodedCount(count) + 1)
            let size = EVP_EncodeBlock(&expected, bytes, Int32(count))
            #expect(Array(expected.prefix(Int(size))) == Array(Base64.text(bytes).utf8))
            #expect(Base64.bytes(Base64.text(bytes)) == bytes, "seed \(seed) count \(count)")
        }
    }

    @Test func `nothing beyond the exact size is written`() {
        var dice = Dice(seed: 0x5EED_0006)
        for count in 0...100 {
            let bytes = dice.bytes(count)
            var text = [UInt8](repeating: 0xEE, count: Base64.encodedCount(count) + 16)
            let coded = bytes.withUnsafeBytes { bytes in
                text.withUnsafeMutableBytes { Base64.encode(bytes, into: $0) }
            }
            #expect(text[coded...].allSatisfy { $0 == 0xEE })
            var plain = [UInt8](repeating: 0xEE, count: count + 16)
            let decoded = text[..<coded].withUnsafeBytes { text in
                plain.withUnsafeMutableBytes { Base64.decode(text, into: $0) }
            }
            #expect(decoded == count)
            #expect(plain[count...].allSatisfy { $0 == 0xEE })
        }
    }

    @Test(arguments: [
        "A", "AA", "AAA", "AAAAA", "=", "==", "===", "====", "A===", "AA=A", "=AAA", "A=AA", "AB==",
        "AAB=", "AAAA====", "AAAA=", "AA==AAAA", "AAA=AAAA", "AAA\n", " AAA", "AAAA\r\n", "AA-A",
        "AA_A", "AA\0A", "AAAé", "AAAAAAAAAAAA!AAA", "!AAAAAAAAAAAAAAAAAAA", "AAA=AAAAAAAAAAAA",
    ])
    func `what is not strictly base64 is refused`(text: String) {
        #expect(Base64.bytes(text) == nil)
    }

    @Test func `one foreign letter anywhere is refused`() {
        let valid = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        for place in 0..<32 {
            for letter in UInt8.min...UInt8.max {
                var text = [UInt8](repeating: UInt8(ascii: "A"), count: 32)
                text[place] = letter
                var target = [UInt8](repeating: 0, count: 24)
                let size = text.withUnsafeBytes { text in
                    target.withUnsafeMutableBytes { Base64.decode(text, into: $0) }
                }
                let isPadding = letter == UInt8(ascii: "=") && place == 31
                #expect((size != nil) == (valid.contains(letter) || isPadding))
            }
        }
    }

    @Test func `what decodes encodes back to the same text`() {
        let seed: UInt64 = 0x5EED_0007
        var dice = Dice(seed: seed)
        for round in 0..<5000 {
            let length = dice.below(40)
            let text = dice.damaged(Array(Base64.text(dice.bytes(length)).utf8) + [])
            let string = String(decoding: text, as: UTF8.self)
            guard let bytes = Base64.bytes(string) else { continue }
            #expect(Base64.text(bytes) == string, "seed \(seed) round \(round)")
        }
    }

    @Test func `the check without decoding says what decoding says`() {
        let seed: UInt64 = 0x5EED_0008
        var dice = Dice(seed: seed)
        for round in 0..<5000 {
            let coded = Array(Base64.text(dice.bytes(dice.below(120))).utf8)
            let text = round % 2 == 0 ? coded : dice.damaged(coded)
            let isValid = text.withUnsafeBytes { Base64.isValid($0) }
            let decodes = Base64.bytes(String(decoding: text, as: UTF8.self)) != nil
            #expect(isValid == decodes, "seed \(seed) round \(round)")
        }
    }

    @Test func `the check finds one foreign byte anywhere`() {
        let letters = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var text = [UInt8](repeating: UInt8(ascii: "A"), count: 68)
        for place in 0..<64 {
            for letter in UInt8.min...UInt8.max {
                text[place] = letter
                let isValid = text.withUnsafeBytes { Base64.isValid($0) }
                #expect(isValid == letters.contains(letter), "\(letter) at \(place)")
            }
            text[place] = UInt8(ascii: "A")
        }
    }
}
