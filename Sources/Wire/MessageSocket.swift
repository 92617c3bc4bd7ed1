/// The one shape of a WebSocket that other rooms know.
///
/// A socket lives on one loop: every member is to be used on that loop's thread only, and the
/// handler is called there. A socket delivers nothing until its handler is set, and exactly one
/// `closed` is the last thing it says.
package protocol MessageSocket: AnyObject, Sendable {
    /// Who hears the socket's messages; setting it begins delivery. Released after `closed`.
    var handler: (any MessageSocketHandler)? { get set }
    /// True until a close was asked for, received, or the connection was lost.
    var isOpen: Bool { get }
    /// Bytes accepted by `send…` that the kernel has not taken yet.
    var queuedBytes: Int { get }
    /// Messages refused by `send…` because the queue stood at its limit.
    var refusedMessages: Int { get }

    /// Sends one text message of at most `capacity` bytes, written by `write` straight into the
    /// outgoing buffer (UTF-8). Returns false, and sends nothing, when the socket is closed or
    /// its queue is at its limit.
    @discardableResult
    func sendText(capacity: Int, _ write: (inout MessageWriter) -> Void) -> Bool
    /// Sends one binary message; the same rules.
    @discardableResult
    func sendBinary(capacity: Int, _ write: (inout MessageWriter) -> Void) -> Bool
    /// Sends a ping (RFC 6455 section 5.5.2); its answer arrives as `ponged`.
    func ping()
    /// Begins the close handshake (RFC 6455 section 7): what is queued is sent first, and
    /// `closed` follows, at the latest when the peer has not answered in time.
    func close(code: UInt16, reason: String)
    /// Drops the connection at once; `closed` follows.
    func abort()
    /// Stops and resumes reading: back-pressure towards the peer.
    var isReadingPaused: Bool { get set }
    /// Moves the socket to another loop: nothing more is delivered here, the handler is taken
    /// off, and `arrived` is called on the new loop, where a new handler is to be set.
    /// May be called inside `received`; unread bytes travel along.
    func move(
        to loop: any SerialExecutor, then arrived: @escaping @Sendable (any MessageSocket) -> Void)
}

/// What a socket tells its owner, always on the socket's loop.
package protocol MessageSocketHandler: AnyObject, Sendable {
    /// One whole text message, UTF-8 checked; the bytes are gone when the call returns.
    func received(text: RawSpan, on socket: any MessageSocket)
    /// One whole binary message; the bytes are gone when the call returns.
    func received(binary: RawSpan, on socket: any MessageSocket)
    /// The peer answered a ping; round trip as measured by the socket.
    func ponged(roundTrip: Duration, on socket: any MessageSocket)
    /// The queue went from above half its limit to below it: sending may go on.
    func drained(_ socket: any MessageSocket)
    /// The end: said once, after which the socket is of no use.
    func closed(_ closure: SocketClosure, on socket: any MessageSocket)
}

extension MessageSocketHandler {
    package func received(binary: RawSpan, on socket: any MessageSocket) {}
    package func ponged(roundTrip: Duration, on socket: any MessageSocket) {}
    package func drained(_ socket: any MessageSocket) {}
}

/// How a socket ended.
package struct SocketClosure: Sendable, Equatable {
    /// Who or what ended it.
    package enum Cause: Sendable, Equatable {
        /// The peer sent the first close frame.
        case peer
        /// We sent the first close frame, or aborted.
        case us
        /// The connection ended without a close frame: reset, end of file, TLS failure.
        case lost
        /// The peer broke the protocol; we closed with `code` (1002, 1003, 1007, 1009).
        case violation
    }

    /// Who or what ended it.
    package var cause: Cause
    /// Close code (RFC 6455 section 7.4.1); 1005 when the frame held none, 1006 when none came.
    package var code: UInt16
    /// The frame's reason, or what went wrong, for people. May hold the peer's words.
    package var reason: String

    package init(cause: Cause, code: UInt16, reason: String) {
        self.cause = cause
        self.code = code
        self.reason = reason
    }
}
