package import Wire

/// One thing that went into a call or came out of it.
///
/// A trace is what a call lived through, in order, so exactly that the call can be run again.
///
///     file     "cbtrace1", then records to its end
///     record   kind (1 byte), length of the rest (varint), the rest
///     varint   7 bits a byte, lowest first, the high bit says that more follow; signed ones are
///              zigzag
///
/// The digit of the file's name for itself is the format's version; a reader takes its own only.
/// In, with their kinds: 1 the ticket and the limits (JSON), 2 a look at the loop's clock and 3 at
/// the wall clock (nanoseconds since the last such look, zigzag), 4 a timer fired (its number, in
/// the order they were made), 5 a question, order, dial or tool (JSON), and of a socket (its
/// number, in the order they came, first) 6 a text, 7 a binary message, 8 a pong and its round
/// trip, 9 room again, 10 its end (cause, code, reason).
/// Out: 20 a message (socket; 1 when it was taken; bytes; FNV-1a of them), 21 a ping, 22 a close,
/// 23 a connection dropped, 24 reading paused or resumed, 25 what Twilio was told, 26 what was told
/// of the call. 30 is the end, with 1 when nothing is missing.
///
/// A trace holds the caller's voice, and what was said, in full: see `TraceRedaction`.
package enum TraceRecord: Sendable, Equatable {
    case header(JSON)
    case now(Duration)
    case wallClock(Duration)
    case fired(timer: Int)
    case input(JSON)
    case text(socket: Int, [UInt8])
    case binary(socket: Int, [UInt8])
    case ponged(socket: Int, Duration)
    case drained(socket: Int)
    case closed(socket: Int, SocketClosure)
    case sent(socket: Int, isTaken: Bool, bytes: Int, hash: UInt64)
    case pinged(socket: Int)
    case closing(socket: Int, code: UInt16, reason: String)
    case aborted(socket: Int)
    case paused(socket: Int, Bool)
    case answered(String)
    case told(String)
    case end(isComplete: Bool)

    /// True for what comes in by itself; everything else follows from it.
    package var isCause: Bool {
        switch self {
        case .fired, .input, .text, .binary, .ponged, .drained, .closed: true
        default: false
        }
    }

    /// FNV-1a, 64 bits: tells one message from another, and nothing of what is in it.
    package static func hash(_ bytes: some Sequence<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return hash
    }
}

/// What is wrong with a trace.
package enum TraceFault: Error, Sendable, Equatable {
    /// It is none, or of another version.
    case notATrace
    /// A record breaks off, or says what cannot be, at this byte.
    case malformed(at: Int)
    /// It has no beginning, or one that cannot be used, and why.
    case unusable(String)
}
