/// Seeded randomness for property tests (SplitMix64).
struct Dice {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }

    /// 0 up to, but not, `limit`.
    mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }

    mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) }
    }

    /// Up to four cuts, in order.
    mutating func cuts(_ count: Int) -> [Int] {
        (0..<below(5)).map { _ in below(count + 1) }.sorted()
    }

    /// The bytes with up to three of them changed, doubled, taken out or put in.
    mutating func mutated(_ original: [UInt8]) -> [UInt8] {
        let odd = Array("\r\n :;,0\t\0\"\\{}[]%=&+/#?.-\u{7F}ae".utf8) + [0x80, 0xC3, 0xFF]
        var bytes = original
        for _ in 0...below(3) where !bytes.isEmpty {
            let place = below(bytes.count)
            switch below(5) {
            case 0: bytes[place] = odd[below(odd.count)]
            case 1: bytes.remove(at: place)
            case 2: bytes.insert(odd[below(odd.count)], at: place)
            case 3: bytes[place] = UInt8(truncatingIfNeeded: next())
            default: bytes.insert(contentsOf: bytes[place..<min(place + 9, bytes.count)], at: place)
            }
        }
        return bytes
    }
}
