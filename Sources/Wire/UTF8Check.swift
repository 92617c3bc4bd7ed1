/// Checks text as UTF-8 piece by piece (RFC 3629): a scalar may be cut anywhere.
///
/// It fails at the first byte that no valid text can hold, so any cut of the same bytes fails at
/// the same byte. After a failure it is of no use.
struct UTF8Check: Sendable, Equatable {
    /// Continuation bytes that the scalar begun still lacks.
    private var lacking: UInt8 = 0
    /// What the next of them may be; narrower than 80…BF only behind E0, ED, F0 and F4, where it
    /// keeps out overlong forms, surrogates and what lies beyond U+10FFFF.
    private var lowest: UInt8 = 0x80
    private var highest: UInt8 = 0xBF

    /// Whether the bytes seen so far end with a whole scalar.
    var isComplete: Bool { lacking == 0 }

    /// Whether these bytes are a whole valid text.
    static func isValid(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var check = UTF8Check()
        return check.accept(bytes) && check.isComplete
    }

    /// Takes the next piece; false when the text cannot be valid any more.
    mutating func accept(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var at = 0
        while at < bytes.count {
            if lacking == 0 {
                at = Self.skipASCII(bytes, from: at)
                guard at < bytes.count else { return true }
            }
            guard step(bytes[at]) else { return false }
            at += 1
        }
        return true
    }

    /// One byte that is not ASCII at the start of a scalar, or any byte within one.
    @inline(__always)
    private mutating func step(_ byte: UInt8) -> Bool {
        if lacking > 0 {
            guard byte >= lowest, byte <= highest else { return false }
            (lacking, lowest, highest) = (lacking - 1, 0x80, 0xBF)
            return true
        }
        switch byte {
        case 0xC2...0xDF: lacking = 1
        case 0xE0: (lacking, lowest) = (2, 0xA0)
        case 0xED: (lacking, highest) = (2, 0x9F)
        case 0xE1...0xEF: lacking = 2
        case 0xF0: (lacking, lowest) = (3, 0x90)
        case 0xF1...0xF3: lacking = 3
        case 0xF4: (lacking, highest) = (3, 0x8F)
        default: return false
        }
        return true
    }

    /// The index of the first byte from `start` on that is not ASCII; the count when there is none.
    @inline(__always)
    private static func skipASCII(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        guard let base = bytes.baseAddress else { return start }
        var at = start
        while at &+ 64 <= bytes.count {
            var seen = base.loadUnaligned(fromByteOffset: at, as: SIMD2<UInt64>.self)
            for step in 1..<4 {
                let place = at &+ 16 &* step
                seen |= base.loadUnaligned(fromByteOffset: place, as: SIMD2<UInt64>.self)
            }
            guard (seen[0] | seen[1]) & 0x8080_8080_8080_8080 == 0 else { break }
            at &+= 64
        }
        while at &+ 8 <= bytes.count {
            let word = base.loadUnaligned(fromByteOffset: at, as: UInt64.self)
            guard word & 0x8080_8080_8080_8080 == 0 else { break }
            at &+= 8
        }
        while at < bytes.count, base.load(fromByteOffset: at, as: UInt8.self) < 0x80 { at &+= 1 }
        return at
    }
}
