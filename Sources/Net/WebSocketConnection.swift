import Instruments
package import Wire

/// A MessageSocket over a Connection.
///
///     Connection ─bytes─▶ WebSocketMachine ─event─▶ handler
///     owner ─sendText─▶ WebSocketFrame.seal, in the loop's buffer ─▶ Connection
///
///     open ──close()──▶ closing ──peer's close, time-out or loss──▶ closed
///       └────peer's close, violation, abort(), loss─────────────────▶
///
/// The handler is called from events of the loop only, never inside a call of its own. Delivery
/// needs a handler and is held back by `isReadingPaused`; nothing is read meanwhile.
package final class WebSocketConnection: MessageSocket, @unchecked Sendable {
    // Safe because every member is used on the socket's loop only; `move` hands it over to
    // another loop through the locks of both.

    private enum Stage: Equatable {
        case open
        /// We sent the first close frame.
        case closing(code: UInt16, reason: String)
        case closed
    }

    private let connection: Connection
    private let options: WebSocketOptions
    private let role: WebSocketMachine.Role
    private let observer: (any NetObserver)?
    private var machine: WebSocketMachine
    /// Bytes that came with the handshake.
    private var unread: [UInt8]
    private var stage = Stage.open
    private var receiver: (any MessageSocketHandler)?
    private var isPaused = false
    private var isMoving = false
    private var isResuming = false
    /// The end, when there was no handler to hear it.
    private var untold: SocketClosure?
    private var wasAboveHalf = false
    private var pulse = WebSocketPulse()
    private var timer: (any LoopTimer)?
    package private(set) var refusedMessages = 0

    /// Takes over a connection whose handshake is done; reading begins with a handler.
    init(
        _ connection: Connection, machine: WebSocketMachine, unread: [UInt8] = [],
        options: WebSocketOptions, observer: (any NetObserver)? = nil
    ) {
        self.connection = connection
        self.machine = machine
        role = machine.role
        self.unread = unread
        self.options = options
        self.observer = observer
        connection.isReading = false
        connection.owner = self
        startTimer()
    }

    package var handler: (any MessageSocketHandler)? {
        get { receiver }
        set {
            receiver = newValue
            if newValue != nil { resumeSoon() } else { connection.isReading = false }
        }
    }

    package var isOpen: Bool { stage == .open }

    package var queuedBytes: Int { connection.queue.count }

    package var isReadingPaused: Bool {
        get { isPaused }
        set {
            guard newValue != isPaused else { return }
            isPaused = newValue
            if newValue { connection.isReading = isDelivering } else { resumeSoon() }
        }
    }

    @discardableResult
    package func sendText(capacity: Int, _ write: (inout MessageWriter) -> Void) -> Bool {
        send(.text, capacity, write)
    }

    @discardableResult
    package func sendBinary(capacity: Int, _ write: (inout MessageWriter) -> Void) -> Bool {
        send(.binary, capacity, write)
    }

    package func ping() {
        guard stage == .open, !isMoving else { return }
        let number = pulse.beat(at: connection.loop.now)
        withUnsafeBytes(of: number.bigEndian) { payload in
            sendControl(.ping, payload)
        }
    }

    package func close(code: UInt16, reason: String) {
        guard stage == .open else { return }
        sendClose(code, reason)
        stage = .closing(code: code, reason: reason)
        startTimer()
        // What the peer sent before it answers is read and dropped, paused or not.
        resumeSoon()
    }

    package func abort() {
        guard stage != .closed else { return }
        connection.close()
        let closure = SocketClosure(
            cause: .us, code: WebSocketClose.lost, reason: "the connection was dropped")
        stage = .closed
        timer = nil
        connection.loop.run { [self] in tell(closure) }
    }

    package func move(
        to loop: any SerialExecutor, then arrived: @escaping @Sendable (any MessageSocket) -> Void
    ) {
        guard let target = loop as? EventLoop else {
            preconditionFailure("a socket lives on an EventLoop")
        }
        precondition(!isMoving, "a socket moves once at a time")
        isMoving = true
        receiver = nil
        timer = nil
        connection.isReading = false
        // Behind everything that is already waiting to happen to the socket on this loop.
        connection.loop.run { [self] in
            if stage != .closed { connection.detach() }
            target.run { [self] in arrive(on: target, arrived) }
        }
    }

    private func arrive(
        on loop: EventLoop, _ arrived: @Sendable (any MessageSocket) -> Void
    ) {
        isMoving = false
        if stage != .closed {
            if connection.attach(to: loop) {
                startTimer()
            } else {
                connection.close()
                over(.lost, WebSocketClose.lost, "its loop has ended")
            }
        }
        arrived(self)
    }
}

// What arrives.
extension WebSocketConnection: ConnectionOwner {
    func connectionOpened() {}

    func connectionReceived(_ bytes: UnsafeMutableRawBufferPointer) {
        pulse.hear()
        machine.receive(bytes) { take($0) }
        connection.isReading = isDelivering
    }

    func connectionWrote() {
        guard wasAboveHalf, connection.queue.count <= options.queueBytesMax / 2 else { return }
        wasAboveHalf = false
        receiver?.drained(self)
    }

    func connectionEnded(_ end: ConnectionEnd) {
        let reason =
            switch end {
            case .endOfFile: "the peer ended the connection without a close frame"
            case .lost(let why), .refusedTLS(let why): why
            case .loopStopped: "its loop has ended"
            }
        if case .closing = stage {
            over(.us, WebSocketClose.lost, reason)
        } else {
            over(.lost, WebSocketClose.lost, reason)
        }
    }

    /// Whether bytes may be read: to be handed out, or to find the answer to our close frame.
    private var isDelivering: Bool {
        switch stage {
        case .open: receiver != nil && !isPaused && !isMoving
        case .closing: !isMoving
        case .closed: false
        }
    }

    private func resumeSoon() {
        guard !isResuming, !isMoving else { return }
        isResuming = true
        connection.loop.run { [self] in
            isResuming = false
            resume()
        }
    }

    private func resume() {
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
        connection.isReading = isDelivering
    }

    /// One event of the machine, which must not be touched meanwhile; false stops it.
    private func take(_ event: WebSocketEvent) -> Bool {
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

    private func peerClosed(_ code: UInt16, _ reason: String) {
        if case .closing(let ours, let why) = stage {
            connection.finish(within: options.closeTimeout)
            return over(.us, ours, why)
        }
        guard stage == .open else { return }
        sendClose(code, "")
        connection.finish(within: options.closeTimeout)
        over(.peer, code, reason)
    }

    private func peerViolated(_ code: UInt16, _ reason: String) {
        observer?.saw(.protocolViolation(code: code, reason: reason), from: connection.peer)
        if stage == .open { sendClose(code, reason) }
        connection.finish(within: options.closeTimeout)
        over(.violation, code, reason)
    }

    private func over(_ cause: SocketClosure.Cause, _ code: UInt16, _ reason: String) {
        guard stage != .closed else { return }
        stage = .closed
        timer = nil
        tell(SocketClosure(cause: cause, code: code, reason: reason))
    }

    private func tell(_ closure: SocketClosure) {
        guard let last = receiver, !isMoving else {
            untold = closure
            return
        }
        receiver = nil
        last.closed(closure, on: self)
    }
}

// What is sent.
extension WebSocketConnection {
    @inline(__always)
    private func send(
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
    private func hasRoom(for capacity: Int) -> Bool {
        let waiting = connection.queue.count
        return waiting == 0
            || waiting + WebSocketFrame.headerBytesMax + capacity <= options.queueBytesMax
    }

    @inline(__always)
    private func sendFrame(
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

    private func sendControl(_ opcode: WebSocketOpcode, _ payload: UnsafeRawBufferPointer) {
        _ = sendFrame(opcode, payload.count) { memory in
            memory.copyMemory(from: payload)
            return payload.count
        }
    }

    private func sendClose(_ code: UInt16, _ reason: String) {
        WebSocketClose.payload(code: code, reason: reason).withUnsafeBytes {
            sendControl(.close, $0)
        }
    }

    /// The timer waits for the next ping, or for the answer to our close frame.
    private func startTimer() {
        let now = connection.loop.now
        let deadline: Duration
        switch stage {
        case .open:
            guard let every = options.pingEvery else { return }
            deadline = now + every
        case .closing: deadline = now + options.closeTimeout
        case .closed: return
        }
        let timer = timer ?? connection.loop.makeTimer { [weak self] in self?.alarm() }
        timer.arm(at: deadline)
        self.timer = timer
    }

    private func alarm() {
        switch stage {
        case .open:
            if pulse.isSilent, !isPaused, receiver != nil {
                observer?.saw(.timedOut(.pong), from: connection.peer)
                connection.close()
                return over(.lost, WebSocketClose.lost, "no answer to a ping")
            }
            ping()
            startTimer()
        case .closing:
            observer?.saw(.timedOut(.close), from: connection.peer)
            connection.close()
            over(.us, WebSocketClose.lost, "no close frame came in time")
        case .closed: break
        }
    }
}
