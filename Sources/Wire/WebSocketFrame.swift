/// Frames on their way out (RFC 6455 section 5.2).
package enum WebSocketFrame {
    /// The longest header: two bytes, eight of length, four of mask.
    package static let headerBytesMax = 14

    /// Makes the payload a frame where it lies: masks it in place when there is a key, and writes
    /// the header into the bytes directly before it. Returns the header's size.
    ///
    /// The buffer must own `headerBytesMax` bytes before `payload`. A client gives a fresh random
    /// key for every frame (section 5.3), a server none. Only tests and simulators send fragments.
    @inline(__always)
    package static func seal(
        _ opcode: WebSocketOpcode, payload: UnsafeMutableRawBufferPointer, mask: UInt32?,
        isFinal: Bool = true
    ) -> Int {
        guard let start = payload.baseAddress else {
            preconditionFailure("a payload without a place has no room before it")
        }
        let header = WebSocketHeader(
            isFinal: isFinal, opcode: opcode, length: payload.count, mask: mask)
        precondition(
            !opcode.isControl || (isFinal && payload.count <= WebSocketHeader.controlBytesMax),
            "a control frame is whole and at most 125 bytes long")
        let size = header.size
        header.write(to: start - size)
        if let mask { WebSocketMask.apply(mask, offset: 0, to: payload) }
        return size
    }

    /// A whole frame as bytes of its own, for control frames and whoever is in no hurry.
    package static func bytes(
        _ opcode: WebSocketOpcode, payload: [UInt8] = [], mask: UInt32?, isFinal: Bool = true
    ) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: headerBytesMax) + payload
        let size = bytes.withUnsafeMutableBytes {
            seal(
                opcode, payload: UnsafeMutableRawBufferPointer(rebasing: $0[headerBytesMax...]),
                mask: mask, isFinal: isFinal)
        }
        bytes.removeFirst(headerBytesMax - size)
        return bytes
    }
}
