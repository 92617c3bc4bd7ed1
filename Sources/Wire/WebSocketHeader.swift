/// What a frame is (RFC 6455 section 5.2); every other value is reserved.
package enum WebSocketOpcode: UInt8, Sendable, Equatable {
    case continuation = 0x0
    case text = 0x1
    case binary = 0x2
    case close = 0x8
    case ping = 0x9
    case pong = 0xA

    /// Close, ping and pong: short, never fragmented, allowed between fragments.
    var isControl: Bool { rawValue & 0x8 != 0 }
}

/// The header of one frame (RFC 6455 section 5.2), read and written.
struct WebSocketHeader: Sendable, Equatable {
    /// The longest payload of a control frame (RFC 6455 section 5.5).
    static let controlBytesMax = 125

    var isFinal: Bool
    var opcode: WebSocketOpcode
    /// Bytes of payload that follow.
    var length: Int
    /// The masking key with its bytes in memory order; nil when the payload is not masked.
    var mask: UInt32?

    /// Bytes on the wire. Lengths are always in their shortest form, so this is certain.
    var size: Int { 2 + Self.lengthBytes(length) + (mask == nil ? 0 : 4) }

    /// Bytes of a length beside the seven bits that every header has.
    private static func lengthBytes(_ length: Int) -> Int {
        length < 126 ? 0 : length <= 0xFFFF ? 2 : 8
    }

    /// Reads a header from the first bytes of a frame that was sent to `role`; nil when more
    /// bytes are needed. Every fault is found at the byte that makes it one.
    static func read(
        _ bytes: UnsafeRawBufferPointer, by role: WebSocketMachine.Role
    ) throws(WebSocketViolation) -> WebSocketHeader? {
        guard bytes.count >= 1 else { return nil }
        guard bytes[0] & 0x70 == 0 else { throw .reservedBit }
        guard let opcode = WebSocketOpcode(rawValue: bytes[0] & 0x0F) else {
            throw .reservedOpcode
        }
        let isFinal = bytes[0] & 0x80 != 0
        guard isFinal || !opcode.isControl else { throw .fragmentedControl }

        guard bytes.count >= 2 else { return nil }
        let isMasked = bytes[1] & 0x80 != 0
        guard isMasked == (role == .server) else {
            throw isMasked ? .maskedByServer : .unmaskedByClient
        }
        let short = Int(bytes[1] & 0x7F)
        guard short <= controlBytesMax || !opcode.isControl else { throw .longControl }

        guard let length = try readLength(bytes, short: short) else { return nil }
        var header = WebSocketHeader(isFinal: isFinal, opcode: opcode, length: length)
        guard isMasked else { return header }
        let maskStart = header.size
        guard bytes.count >= maskStart + 4 else { return nil }
        header.mask = bytes.loadUnaligned(fromByteOffset: maskStart, as: UInt32.self)
        return header
    }

    /// The payload's length from its seven bits or the bytes behind them; nil when they lack.
    @inline(__always)
    private static func readLength(
        _ bytes: UnsafeRawBufferPointer, short: Int
    ) throws(WebSocketViolation) -> Int? {
        switch short {
        case 126:
            guard bytes.count >= 4 else { return nil }
            let length = UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: 2, as: UInt16.self))
            guard length > 125 else { throw .paddedLength }
            return Int(length)
        case 127:
            guard bytes.count >= 10 else { return nil }
            let length = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 2, as: UInt64.self))
            guard let length = Int(exactly: length) else { throw .lengthTopBit }
            guard length > 0xFFFF else { throw .paddedLength }
            return length
        default:
            return short
        }
    }

    /// Writes the `size` bytes of the header.
    @inline(__always)
    func write(to start: UnsafeMutableRawPointer) {
        start.storeBytes(of: (isFinal ? 0x80 : 0) | opcode.rawValue, as: UInt8.self)
        let masked: UInt8 = mask == nil ? 0 : 0x80
        let extra = Self.lengthBytes(length)
        switch extra {
        case 0:
            start.storeBytes(of: masked | UInt8(length), toByteOffset: 1, as: UInt8.self)
        case 2:
            start.storeBytes(of: masked | 126, toByteOffset: 1, as: UInt8.self)
            start.storeBytes(of: UInt16(length).bigEndian, toByteOffset: 2, as: UInt16.self)
        default:
            start.storeBytes(of: masked | 127, toByteOffset: 1, as: UInt8.self)
            start.storeBytes(of: UInt64(length).bigEndian, toByteOffset: 2, as: UInt64.self)
        }
        if let mask { start.storeBytes(of: mask, toByteOffset: 2 + extra, as: UInt32.self) }
    }
}
