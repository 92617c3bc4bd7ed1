import Wire

// What is sent.
extension WebSocketConnection {
    @inline(__always)
    func send(
        _ opcode: WebSocketOpcode, _ capacity: Int, _ write: (inout MessageWriter) -> Void
    ) -> Bool {
        guard stage == .open, !isMoving else { return false }
        guard hasRoom(for: capacity) else {
            refusedMessages += 1
            observer?.saw(.messageRefused, from: connection.peer)
            return false
        }
        let isSent = sendFrame(opcode, capacity) { payload in
            var writer = MessageWriter(payload)
            write(&writer)
            return writer.count
        }
        if connection.queue.count > options.queueBytesMax / 2 { wasAboveHalf = true }
        return isSent
    }

    /// An empty queue takes any message; a filled one those that stay within the limit.
    @inline(__always)
    func hasRoom(for capacity: Int) -> Bool {
        let waiting = connection.queue.count
        return waiting == 0
            || waiting + WebSocketFrame.headerBytesMax + capacity <= options.queueBytesMax
    }

    @inline(__always)
    func sendFrame(
        _ opcode: WebSocketOpcode, _ capacity: Int,
        _ fill: (UnsafeMutableRawBufferPointer) -> Int
    ) -> Bool {
        let head = WebSocketFrame.headerBytesMax
        return connection.write(head + capacity) { memory in
            let count = fill(UnsafeMutableRawBufferPointer(rebasing: memory[head...]))
            let mask = role == .client ? connection.loop.buffers.nextMask() : nil
            let payload = UnsafeMutableRawBufferPointer(rebasing: memory[head..<(head + count)])
            let size = WebSocketFrame.seal(opcode, payload: payload, mask: mask)
            return (head - size)..<(head + count)
        }
    }

    func sendControl(_ opcode: WebSocketOpcode, _ payload: UnsafeRawBufferPointer) {
        _ = sendFrame(opcode, payload.count) { memory in
            memory.copyMemory(from: payload)
            return payload.count
        }
    }

    func sendClose(_ code: UInt16, _ reason: String) {
        WebSocketClose.payload(code: code, reason: reason).withUnsafeBytes {
            sendControl(.close, $0)
        }
    }
}
