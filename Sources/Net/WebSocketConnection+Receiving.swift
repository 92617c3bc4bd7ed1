import Instruments
import Wire

// What arrives.
extension WebSocketConnection: ConnectionOwner {
    func connectionOpened() {}

    func connectionReceived(_ bytes: UnsafeMutableRawBufferPointer) {
        pulse.hear()
        machine.receive(bytes) { take($0) }
        connection.page?.settle(machine)
        let isDelivering = isDelivering
        if isDelivering != connection.wantsReading { connection.isReading = isDelivering }
    }

    func connectionWrote() {
        guard wasAboveHalf, connection.queuedBytes <= options.queueBytesMax / 2 else { return }
        wasAboveHalf = false
        if stage == .open { receiver?.drained(self) }
    }

    func connectionEnded(_ end: ConnectionEnd) {
        let reason =
            switch end {
            case .endOfFile: "the peer ended the connection without a close frame"
            case .lost(let why), .refusedTLS(let why): why
            case .loopStopped: "its loop has ended"
            }
        if stage == .closing {
            over(.us, WebSocketClose.lost, reason)
        } else {
            over(.lost, WebSocketClose.lost, reason)
        }
    }

    /// Whether bytes may be read: to be handed out, or to find the answer to our close frame.
    @inline(__always)
    var isDelivering: Bool {
        switch stage {
        case .open: hasReceiver && !isPaused && !isMoving
        case .closing: !isMoving
        case .closed: false
        }
    }

    func resumeSoon() {
        guard !isResuming, !isMoving else { return }
        isResuming = true
        connection.loop.run { [self] in
            isResuming = false
            resume()
        }
    }

    func resume() {
        if let closure = untold, receiver != nil, !isMoving {
            untold = nil
            return tell(closure)
        }
        guard isDelivering else { return }
        machine.resume { take($0) }
        if isDelivering, !unread.isEmpty {
            var bytes = unread
            unread = []
            let count = bytes.count
            bytes.append(contentsOf: repeatElement(0, count: LoopBuffers.paddingBytes))
            bytes.withUnsafeMutableBytes { bytes in
                machine.receive(UnsafeMutableRawBufferPointer(rebasing: bytes[..<count])) {
                    take($0)
                }
            }
        }
        if unread.isEmpty { connection.page?.settle(machine) }
        connection.isReading = isDelivering
    }

    /// One event of the machine, which must not be touched meanwhile; false stops it.
    func take(_ event: WebSocketEvent) -> Bool {
        switch event {
        case .text(let bytes):
            if stage == .open { receiver?.received(text: bytes.bytes, on: self) }
        case .binary(let bytes):
            if stage == .open { receiver?.received(binary: bytes.bytes, on: self) }
        case .ping(let payload):
            // A peer that pings and does not read gets no answer, rather than our memory.
            if stage == .open, hasRoom(for: payload.count) { sendControl(.pong, payload) }
        case .pong(let payload):
            if let roundTrip = pulse.answered(payload, at: connection.loop.now) {
                receiver?.ponged(roundTrip: roundTrip, on: self)
            }
        case .close(let code, let reason): peerClosed(code, reason)
        case .violation(let code, let reason): peerViolated(code, reason)
        }
        return isDelivering
    }

    func peerClosed(_ code: UInt16, _ reason: String) {
        if stage == .closing {
            connection.finish(within: options.closeTimeout)
            return over(.us, lastWords.code, lastWords.reason)
        }
        guard stage == .open else { return }
        sendClose(code, "")
        connection.finish(within: options.closeTimeout)
        over(.peer, code, reason)
    }

    func peerViolated(_ code: UInt16, _ reason: String) {
        observer?.saw(.protocolViolation(code: code, reason: reason), from: connection.peer)
        if stage == .open { sendClose(code, reason) }
        connection.finish(within: options.closeTimeout)
        over(.violation, code, reason)
    }

    func over(_ cause: SocketClosure.Cause, _ code: UInt16, _ reason: String) {
        guard stage != .closed else { return }
        stage = .closed
        timer = nil
        connection.stopKeeping()
        tell(SocketClosure(cause: cause, code: code, reason: reason))
    }

    func tell(_ closure: SocketClosure) {
        guard let last = receiver, !isMoving else {
            untold = closure
            return
        }
        receiver = nil
        last.closed(closure, on: self)
    }
}
