import Wire

// What is sent.
extension WebSocketConnection {
    @inline(__always)
    func send(
        _ opcode: WebSocketOpcode, _ capacity: Int, _ write: (inout MessageWriter) -> Void
    ) -> Bool {
        guard isOpen, !isMoving else { return false }
        guard hasRoom(for: capacity) else {
            refusedMessages += 1
            observer?.saw(.messageRefused, from: connection.peer)
            return false
        }
        let isSent = sendFrame(opcode, capacity, write)
        if connection.queuedBytes > options.queueBytesMax / 2 { wasAboveHalf = true }
        return isSent
    }

    /// An empty queue takes any message; a filled one those that stay within the limit.
    @inline(__always)
    func hasRoom(for capacity: Int) -> Bool {
        let waiting = connection.queuedBytes
        return waiting == 0 || waiting + headBytes + capacity <= options.queueBytesMax
    }

    @inline(__always)
    func sendFrame(
        _ opcode: WebSocketOpcode, _ capacity: Int, _ write: (inout MessageWriter) -> Void
    ) -> Bool {
        connection.write(headBytes + capacity) { memory in
            let mask = isClient ? connection.buffers.pointee.nextMask() : nil
            return WebSocketFrame.build(opcode, in: memory, mask: mask, write)
        }
    }

    func sendControl(_ opcode: WebSocketOpcode, _ payload: UnsafeRawBufferPointer) {
        _ = sendFrame(opcode, payload.count) { $0.append(payload) }
    }

    func sendClose(_ code: UInt16, _ reason: String) {
        WebSocketClose.payload(code: code, reason: reason).withUnsafeBytes {
            sendControl(.close, $0)
        }
    }
}
