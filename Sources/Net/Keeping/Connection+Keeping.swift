import Glibc

// A connection whose socket and state are kept for a successor.
extension Connection {
    /// Reads as `read` does, but first into the page, where the bytes stay until they are settled.
    func readKept(into buffer: UnsafeMutableRawBufferPointer) -> TransferResult {
        guard let page else { return read(into: buffer) }
        page.willRead()
        let result = read(into: page)
        page.didRead(result.count)
        if result.count > 0 {
            buffer.copyMemory(
                from: UnsafeRawBufferPointer(rebasing: page.inbound[..<result.count]))
        }
        return result
    }

    private func read(into page: StreamPage) -> TransferResult {
        while true {
            if let result = transferred(page.receive(from: descriptor)) { return result }
        }
    }

    /// Sends what another process was about to send, which its page holds.
    func goOnSending(_ bytes: [UInt8]) {
        guard !bytes.isEmpty, bytes.withUnsafeBytes({ queue.append($0) }) else { return }
        loop.run { [self] in
            if state == .open, !queue.isEmpty { flush() }
        }
    }

    /// From now on there is nothing for a successor.
    func stopKeeping() {
        guard let page else { return }
        self.page = nil
        page.release()
    }
}

extension TransferResult {
    /// Bytes that went through.
    @inline(__always)
    var count: Int {
        if case .bytes(let count) = self { count } else { 0 }
    }
}
