import Instruments
package import Wire

/// A MessageSocket over a Connection.
///
///     Connection ─bytes─▶ WebSocketMachine ─event─▶ handler
///     owner ─sendText─▶ WebSocketFrame.build, in the loop's buffer ─▶ Connection
///
///     open ──close()──▶ closing ──peer's close, time-out or loss──▶ closed
///       └────peer's close, violation, abort(), loss─────────────────▶
///
/// The handler is called from events of the loop only, never inside a call of its own. Delivery
/// needs a handler and is held back by `isReadingPaused`; nothing is read meanwhile.
package final class WebSocketConnection: MessageSocket, @unchecked Sendable {
    // Safe because every member is used on the socket's loop only; `move` hands it over to
    // another loop through the locks of both.

    enum Stage: Equatable {
        case open
        /// We sent the first close frame.
        case closing
        case closed
    }

    let connection: Connection
    let options: WebSocketOptions
    /// We are the side that masks.
    let isClient: Bool
    /// Room to leave before each payload.
    let headBytes = WebSocketFrame.headerBytesMax
    let observer: (any NetObserver)?
    var machine: WebSocketMachine
    /// Bytes that came with the handshake.
    var unread: [UInt8]
    var stage = Stage.open
    /// What our close frame said.
    var lastWords: (code: UInt16, reason: String) = (0, "")
    var receiver: (any MessageSocketHandler)? { didSet { hasReceiver = receiver != nil } }
    /// Asked for every frame, without counting a reference up and down.
    private(set) var hasReceiver = false
    var isPaused = false
    var isMoving = false
    var isResuming = false
    /// The end, when there was no handler to hear it.
    var untold: SocketClosure?
    var wasAboveHalf = false
    var pulse = WebSocketPulse()
    var timer: (any LoopTimer)?
    package internal(set) var refusedMessages = 0

    /// Takes over a connection whose handshake is done; reading begins with a handler.
    init(
        _ connection: Connection, machine: WebSocketMachine, unread: [UInt8] = [],
        options: WebSocketOptions, observer: (any NetObserver)? = nil
    ) {
        self.connection = connection
        self.machine = machine
        isClient = machine.role == .client
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

    package var queuedBytes: Int { connection.queuedBytes }

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
        connection.stopKeeping()
        stage = .closing
        lastWords = (code, reason)
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
