/// Seeded randomness for property tests (SplitMix64): print the seed, and a failure comes again.
package struct Dice: RandomNumberGenerator {
    private var state: UInt64

    /// Bytes that mean something in JSON, HTTP or a form, and some that mean nothing anywhere.
    private static let odd =
        Array("{}[]\",:;\\ \r\n\t0-.eE=&%+/#?atfnu".utf8) + [0, 0x7F, 0x80, 0xC3, 0xFF]

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }

    /// So many random bytes.
    package mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) }
    }

    /// 0 up to, but not, `limit`.
    package mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }

    /// Up to four places to cut so many bytes at, in order.
    package mutating func cuts(_ count: Int) -> [Int] {
        (0..<below(5)).map { _ in below(count + 1) }.sorted()
    }

    /// The bytes with some changed, taken out, put in or doubled, as a broken peer might send them.
    package mutating func damaged(_ original: [UInt8]) -> [UInt8] {
        var bytes = original
        for _ in 0..<Int.random(in: 1...4, using: &self) where !bytes.isEmpty {
            let place = Int.random(in: bytes.indices, using: &self)
            switch Int.random(in: 0..<6, using: &self) {
            case 0: bytes[place] = Self.odd.randomElement(using: &self) ?? 0
            case 1: bytes.insert(Self.odd.randomElement(using: &self) ?? 0, at: place)
            case 2: bytes[place] = UInt8(truncatingIfNeeded: next())
            case 3: bytes.removeSubrange(place..<min(place + 5, bytes.count))
            case 4: bytes.removeSubrange(place...)
            default: bytes.insert(contentsOf: bytes[place..<min(place + 9, bytes.count)], at: place)
            }
        }
        return bytes
    }
}
