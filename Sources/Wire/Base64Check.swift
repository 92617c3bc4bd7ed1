/// Finds out by arithmetic whether text is base64: audio that is sent on as it came reads no table,
/// which other work would have driven from the processor's cache since the last frame.
enum Base64Check {
    /// Where the base64 that begins at `start` ends, padding included; nil when it is none.
    static func end(_ start: UnsafeRawPointer, _ limit: UnsafeRawPointer) -> UnsafeRawPointer? {
        let letters = lettersEnd(start, limit)
        var end = letters
        while end < limit, end - letters < 2, end.load(as: UInt8.self) == UInt8(ascii: "=") {
            end += 1
        }
        guard (end - start) & 3 == 0 else { return nil }
        // The bits of the last letter that no byte takes must be 0 (RFC 4648 section 3.5).
        switch end - letters {
        case 0: return end
        case 1: return value(of: (letters - 1).load(as: UInt8.self)) & 0b11 == 0 ? end : nil
        default: return value(of: (letters - 1).load(as: UInt8.self)) & 0b1111 == 0 ? end : nil
        }
    }

    /// Where letters of the alphabet end: 64 at a time, then 16, then one.
    private static func lettersEnd(
        _ start: UnsafeRawPointer, _ limit: UnsafeRawPointer
    ) -> UnsafeRawPointer {
        var cursor = start
        while limit - cursor >= 64, areLetters(cursor) { cursor += 64 }
        while limit - cursor >= 16 {
            let foreign = foreignBytes(cursor)
            if foreign[0] != 0 { return cursor + foreign[0].littleEndian.trailingZeroBitCount / 8 }
            cursor += 8
            if foreign[1] != 0 { return cursor + foreign[1].littleEndian.trailingZeroBitCount / 8 }
            cursor += 8
        }
        while cursor < limit, isForeign(cursor.load(as: UInt8.self)) == 0 { cursor += 1 }
        return cursor
    }

    /// Whether 64 bytes are letters. It looks at every one whatever the first ones are, and without
    /// a branch: of such a loop the compiler makes instructions that compare 16 bytes at once.
    @inline(__always)
    private static func areLetters(_ start: UnsafeRawPointer) -> Bool {
        var foreign: UInt8 = 0
        for place in 0..<64 {
            foreign |= isForeign(start.load(fromByteOffset: place, as: UInt8.self))
        }
        return foreign == 0
    }

    /// A 1 for each of 16 bytes that is no letter.
    @inline(__always)
    private static func foreignBytes(_ start: UnsafeRawPointer) -> SIMD2<UInt64> {
        var foreign = SIMD2<UInt64>.zero
        withUnsafeMutableBytes(of: &foreign) { marks in
            for place in 0..<16 {
                let mark = isForeign(start.load(fromByteOffset: place, as: UInt8.self))
                marks.storeBytes(of: mark, toByteOffset: place, as: UInt8.self)
            }
        }
        return foreign
    }

    /// 1 for a byte that is no letter.
    @inline(__always)
    private static func isForeign(_ byte: UInt8) -> UInt8 {
        let isLatin: UInt8 = (byte | 0x20) &- UInt8(ascii: "a") < 26 ? 1 : 0
        let isSlashOrDigit: UInt8 = byte &- UInt8(ascii: "/") < 11 ? 1 : 0
        let isPlus: UInt8 = byte == UInt8(ascii: "+") ? 1 : 0
        return (isLatin | isSlashOrDigit | isPlus) ^ 1
    }

    /// The six bits of a letter.
    private static func value(of letter: UInt8) -> UInt8 {
        switch letter {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): letter - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): letter - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): letter - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"): 62
        default: 63
        }
    }
}
