/// The masking of a client's payload (RFC 6455 section 5.3); doing it twice undoes it.
enum WebSocketMask {
    /// Combines bytes with the key, which holds its four bytes in memory order; `offset` is how far
    /// into the payload these bytes begin.
    @inline(__always)
    static func apply(_ key: UInt32, offset: Int, to bytes: UnsafeMutableRawBufferPointer) {
        guard key != 0 else { return }
        _ = combine(turn(key, by: offset), bytes)
    }

    /// The same for a whole text: also tells whether every byte is ASCII once unmasked, so that the
    /// usual text is not looked at again.
    @inline(__always)
    static func applyToText(_ key: UInt32, _ bytes: UnsafeMutableRawBufferPointer) -> Bool {
        combine(key, bytes) & 0x8080_8080_8080_8080 == 0
    }

    /// Combines 64 bytes at a time, then 16, then what is left; returns all bytes that came out,
    /// laid over each other.
    @inline(__always)
    private static func combine(_ key: UInt32, _ bytes: UnsafeMutableRawBufferPointer) -> UInt64 {
        guard let base = bytes.baseAddress else { return 0 }
        let wide = UInt64(key) << 32 | UInt64(key)
        let widest = SIMD2(repeating: wide)
        var seen = SIMD2<UInt64>.zero
        var at = 0
        while at &+ 64 <= bytes.count {
            seen |= combine(base + at, widest) | combine(base + (at &+ 16), widest)
            seen |= combine(base + (at &+ 32), widest) | combine(base + (at &+ 48), widest)
            at &+= 64
        }
        while at &+ 16 <= bytes.count {
            seen |= combine(base + at, widest)
            at &+= 16
        }
        var rest = seen[0] | seen[1]
        if bytes.count & 8 != 0 {
            rest |= combine(base + at, wide)
            at &+= 8
        }
        if bytes.count & 4 != 0 {
            rest |= UInt64(combine(base + at, key))
            at &+= 4
        }
        // The key stands as at its beginning: what came before is a multiple of its length.
        withUnsafeBytes(of: key) { key in
            for place in 0..<(bytes.count & 3) {
                rest |= UInt64(combine(base + (at &+ place), key[place]))
            }
        }
        return rest
    }

    @inline(__always)
    private static func combine(
        _ place: UnsafeMutableRawPointer, _ key: SIMD2<UInt64>
    ) -> SIMD2<UInt64> {
        let bytes = place.loadUnaligned(as: SIMD2<UInt64>.self) ^ key
        place.storeBytes(of: bytes, as: SIMD2<UInt64>.self)
        return bytes
    }

    @inline(__always)
    private static func combine<Word: FixedWidthInteger & BitwiseCopyable>(
        _ place: UnsafeMutableRawPointer, _ key: Word
    ) -> Word {
        let bytes = place.loadUnaligned(as: Word.self) ^ key
        place.storeBytes(of: bytes, as: Word.self)
        return bytes
    }

    /// The key as it stands `offset` bytes into the payload.
    @inline(__always)
    private static func turn(_ key: UInt32, by offset: Int) -> UInt32 {
        let bits = UInt32(truncatingIfNeeded: offset & 3) * 8
        guard bits > 0 else { return key }
        let ordered = UInt32(littleEndian: key)
        return (ordered >> bits | ordered << (32 - bits)).littleEndian
    }
}
