import CUV
import Glibc
import Wire

// What the loop brings, and the system calls that follow.
extension Connection: LoopResident {
    func loopStops() { end(.loopStopped) }
}

extension Connection: DescriptorListener {
    func descriptorReady(readable: Bool, writable: Bool) {
        if state == .handshaking { return stepHandshake() }
        if writable || writeWaitsForRead, queuedBytes > 0 { flush() }
        if readable || readWaitsForWrite, wantsReading { receive() }
        // After an error event, told as both, libuv watches no more; whatever was wrong has been
        // told by now. TLS may wait for the other direction. Nothing else goes past `isReading`.
        if writable || tls != nil { updateWatch() }
    }

    func stepHandshake() {
        guard let tls else { return }
        switch tls.handshake() {
        case .done:
            state = .open
            updateWatch()
            owner?.connectionOpened()
            if tls.hasPending, wantsReading { receive() }
        case .later(let whenReadable):
            watch?.watch(readable: whenReadable, writable: !whenReadable)
        case .refused(let reason): end(.refusedTLS(reason))
        }
    }

    func receive() {
        let buffer = UnsafeMutableRawBufferPointer(
            start: buffers.pointee.read, count: LoopBuffers.readBytesMax)
        for _ in 0..<Self.readsPerEvent {
            guard wantsReading, state == .open || state == .finishing else { return }
            readWaitsForWrite = false
            switch page == nil ? read(into: buffer) : readKept(into: buffer) {
            case .bytes(let count):
                owner?.connectionReceived(
                    UnsafeMutableRawBufferPointer(rebasing: buffer[..<count]))
            case .later(let whenReadable):
                readWaitsForWrite = !whenReadable
                return
            case .end: return end(.endOfFile)
            case .failed: return end(.lost(failureText))
            }
            guard state != .closed, let tls, tls.hasPending else { return }
        }
        receiveSoon()
    }

    /// Goes on with what OpenSSL holds, which no event will tell of, when others had their turn.
    ///
    /// Meanwhile the connection may have left for another loop, whose thread then owns every
    /// member; the watch, which stays behind, tells.
    func receiveSoon() {
        guard wantsReading, let watch else { return }
        loop.run { [self] in
            if !watch.isClosed { receive() }
        }
    }

    /// Tells of a failure when the owner's call is over. Should the connection leave for another
    /// loop meanwhile, it is told there, for the same reason.
    func endSoon() {
        guard let failure, let watch else { return }
        loop.run { [weak self] in
            if !watch.isClosed { self?.end(failure) }
        }
    }

    @inline(__always)
    func read(into buffer: UnsafeMutableRawBufferPointer) -> TransferResult {
        if let tls { return tls.read(into: buffer) }
        while true {
            // Not read(2), whose way through the file system costs a tenth of a microsecond.
            let count = cuv_receive(descriptor, buffer.baseAddress, buffer.count)
            if let result = transferred(count) { return result }
        }
    }

    /// What recv(2) said with its count; nil when it was interrupted.
    @inline(__always)
    func transferred(_ count: Int) -> TransferResult? {
        if count > 0 { return .bytes(count) }
        if count == 0 { return .end }
        if errno == EINTR { return nil }
        return errno == EAGAIN ? .later(whenReadable: true) : .failed
    }

    func flush() {
        let taken = queue.withBytes { transmit(UnsafeRawBufferPointer($0)) }
        queue.removeFirst(taken)
        if queue.isEmpty { page?.drained() }
        if let failure { return end(failure) }
        if queue.isEmpty { sendEnd() }
        updateWatch()
        if taken > 0 { owner?.connectionWrote() }
    }

    /// Hands bytes to the kernel; returns how many it took. A failure is noted, to be
    /// told by the caller.
    func transmit(_ bytes: UnsafeRawBufferPointer) -> Int {
        var taken = 0
        writeWaitsForRead = false
        while taken < bytes.count {
            page?.willWrite()
            let result = write(UnsafeRawBufferPointer(rebasing: bytes[taken...]))
            page?.didWrite(result.count)
            switch result {
            case .bytes(let count):
                taken += count
                // A plain socket that took less is full; asking again would only tell so.
                if tls == nil, taken < bytes.count { break }
                continue
            case .later(let whenReadable): writeWaitsForRead = whenReadable
            case .end, .failed: failure = .lost(failureText)
            }
            break
        }
        writtenBytes &+= taken
        return taken
    }

    @inline(__always)
    func write(_ bytes: UnsafeRawBufferPointer) -> TransferResult {
        if let tls { return tls.write(bytes) }
        while true {
            let count = cuv_send(descriptor, bytes.baseAddress, bytes.count)
            if count >= 0 { return .bytes(count) }
            if errno == EINTR { continue }
            return errno == EAGAIN ? .later(whenReadable: false) : .failed
        }
    }

    var failureText: String {
        if let tls { return tls.failure }
        return Socket.text(errno)
    }

    /// Once the queue is empty: tells the peer that no more comes from us.
    func sendEnd() {
        guard state == .finishing, queue.isEmpty, !hasSentEnd else { return }
        hasSentEnd = true
        tls?.shutdown()
        Glibc.shutdown(descriptor, Int32(SHUT_WR))
    }

    func end(_ end: ConnectionEnd) {
        guard state != .closed else { return }
        let owner = owner
        close()
        owner?.connectionEnded(end)
    }
}
