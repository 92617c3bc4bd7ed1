/// Frames on their way out (RFC 6455 section 5.2).
package enum WebSocketFrame {
    /// The longest header: two bytes, eight of length, four of mask.
    package static let headerBytesMax = 14

    /// Builds a frame in memory of the payload's capacity and `headerBytesMax` more: `write` writes
    /// the payload. Returns where in that memory the frame lies.
    package static func build(
        _ opcode: WebSocketOpcode, in memory: UnsafeMutableRawBufferPointer, mask: UInt32?,
        _ write: (inout MessageWriter) -> Void
    ) -> UnsafeRawBufferPointer {
        precondition(memory.count >= headerBytesMax, "a frame needs room for its header")
        let start = memory.baseAddress.unsafelyUnwrapped + headerBytesMax
        let room = UnsafeMutableRawBufferPointer(
            start: start, count: memory.count - headerBytesMax)
        var writer = MessageWriter(room)
        write(&writer)
        let payload = UnsafeMutableRawBufferPointer(start: start, count: writer.count)
        let size = seal(opcode, payload: payload, mask: mask)
        return UnsafeRawBufferPointer(start: start - size, count: size + writer.count)
    }

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
