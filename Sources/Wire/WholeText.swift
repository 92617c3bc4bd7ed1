/// A text message in one frame that lies whole in what was received, as nearly every message of a
/// call does: found by one look at the header, unmasked and checked in one pass.
struct WholeText {
    /// The message, still masked when there is a key.
    let payload: UnsafeMutableRawBufferPointer
    /// Bytes of header and payload.
    let size: Int
    private let key: UInt32

    /// Final, text, and no reserved bit.
    private static let firstByte: UInt8 = 0x81

    /// Nil for every other frame, for one that is not whole or is too large, and for what is no
    /// frame: `WebSocketHeader` finds out which.
    @inline(__always)
    init?(_ bytes: UnsafeMutableRawBufferPointer, by role: WebSocketMachine.Role, bytesMax: Int) {
        guard let base = bytes.baseAddress, bytes.count >= 8,
            base.load(as: UInt8.self) == Self.firstByte
        else { return nil }
        let isMasked = role == .server
        let second = base.load(fromByteOffset: 1, as: UInt8.self)
        guard (second >= 0x80) == isMasked else { return nil }
        var length = Int(second & 0x7F)
        var start = 2
        if length == 126 {
            length = Int(
                UInt16(bigEndian: base.loadUnaligned(fromByteOffset: 2, as: UInt16.self)))
            // Shorter lengths must not be padded.
            guard length > 125 else { return nil }
            start = 4
        }
        guard length != 127 || start == 4 else { return nil }
        key = isMasked ? base.loadUnaligned(fromByteOffset: start, as: UInt32.self) : 0
        if isMasked { start &+= 4 }
        guard length <= bytesMax, length <= bytes.count &- start else { return nil }
        payload = UnsafeMutableRawBufferPointer(start: base + start, count: length)
        size = start &+ length
    }

    /// Unmasks it in place; false when it is not UTF-8.
    @inline(__always)
    func open() -> Bool {
        if key == 0 { return UTF8Check.isValid(UnsafeRawBufferPointer(payload)) }
        return WebSocketMask.applyToText(key, payload)
            || UTF8Check.isValid(UnsafeRawBufferPointer(payload))
    }
}
