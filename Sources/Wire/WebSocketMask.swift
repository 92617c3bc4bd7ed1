/// The masking of a client's payload (RFC 6455 section 5.3); doing it twice undoes it.
enum WebSocketMask {
    /// Combines bytes with the key, 32 and eight at a time. The key holds its four bytes in memory order;
    /// `offset` is how far into the payload these bytes begin.
    @inline(__always)
    static func apply(_ key: UInt32, offset: Int, to bytes: UnsafeMutableRawBufferPointer) {
        guard key != 0, let base = bytes.baseAddress else { return }
        let turned = turn(key, by: offset)
        let wide = UInt64(turned) << 32 | UInt64(turned)
        var at = 0
        let widest = SIMD4(repeating: wide)
        while at &+ 32 <= bytes.count {
            let words = base.loadUnaligned(fromByteOffset: at, as: SIMD4<UInt64>.self)
            base.storeBytes(of: words ^ widest, toByteOffset: at, as: SIMD4<UInt64>.self)
            at &+= 32
        }
        while at &+ 8 <= bytes.count {
            let word = base.loadUnaligned(fromByteOffset: at, as: UInt64.self)
            base.storeBytes(of: word ^ wide, toByteOffset: at, as: UInt64.self)
            at &+= 8
        }
        withUnsafeBytes(of: wide) { mask in
            while at < bytes.count {
                bytes[at] ^= mask[at & 7]
                at &+= 1
            }
        }
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
