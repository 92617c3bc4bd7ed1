/// Finds out by arithmetic whether text is base64: audio that is sent on as it came reads no table,
/// which other work would have driven from the processor's cache since the last frame.
enum Base64Check {
    /// Where the base64 that begins at `start` ends, padding included; nil when it is none.
    static func end(_ start: UnsafeRawPointer, _ limit: UnsafeRawPointer) -> UnsafeRawPointer? {
        var end = lettersEnd(start, limit)
        for _ in 0..<2 where end < limit && end.load(as: UInt8.self) == UInt8(ascii: "=") {
            end += 1
        }
        return Base64.endsWell(UnsafeRawBufferPointer(start: start, count: end - start)) ? end : nil
    }

    private static func lettersEnd(
        _ start: UnsafeRawPointer, _ limit: UnsafeRawPointer
    ) -> UnsafeRawPointer {
        var cursor = start
        while limit - cursor >= 32 {
            let foreign = foreignBytes(cursor.loadUnaligned(as: SIMD4<UInt64>.self))
            guard foreign[0] | foreign[1] | foreign[2] | foreign[3] == 0 else {
                return cursor + firstByte(of: foreign)
            }
            cursor += 32
        }
        while cursor < limit, isLetter(cursor.load(as: UInt8.self)) { cursor += 1 }
        return cursor
    }

    private static let ones: UInt64 = 0x0101_0101_0101_0101

    /// The top bit of each byte that is no letter.
    @inline(__always)
    private static func foreignBytes(_ words: SIMD4<UInt64>) -> SIMD4<UInt64> {
        let top = SIMD4(repeating: ones &* 0x80)
        // Without the top bit no sum below carries into the next byte.
        let low = words & ~top
        let lowercase = low | SIMD4(repeating: ones &* 0x20)
        let known =
            between(lowercase, UInt8(ascii: "a"), UInt8(ascii: "z"))
            | between(low, UInt8(ascii: "/"), UInt8(ascii: "9"))
            | between(low, UInt8(ascii: "+"), UInt8(ascii: "+"))
        return (~known | words) & top
    }

    /// The top bit of each byte, below 0x80 all of them, that lies from `first` to `last`.
    @inline(__always)
    private static func between(
        _ words: SIMD4<UInt64>, _ first: UInt8, _ last: UInt8
    ) -> SIMD4<UInt64> {
        let from = words &+ SIMD4(repeating: ones &* UInt64(0x80 - first))
        let beyond = words &+ SIMD4(repeating: ones &* UInt64(0x7F - last))
        return from & ~beyond
    }

    /// The place of the first byte that is marked, of 32.
    private static func firstByte(of marks: SIMD4<UInt64>) -> Int {
        var word = 0
        while marks[word] == 0 { word += 1 }
        return word * 8 + marks[word].littleEndian.trailingZeroBitCount / 8
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "/")...UInt8(ascii: "9"), UInt8(ascii: "+"):
            true
        default: false
        }
    }
}
