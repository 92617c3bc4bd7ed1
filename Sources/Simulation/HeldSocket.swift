import Simulators
import Wire

/// A socket as one process holds it: dead, the process hears and says nothing, whatever becomes
/// of the connection.
///
///     process ── HeldSocket ── MemorySocket ══ the other side
///                    ╳ died: broken, or left for the next process
// Safe because a house lives on the one thread that runs its loop.
final class HeldSocket: MessageSocket, MessageSocketHandler, @unchecked Sendable {
    typealias Line = MemorySocket

    let line: MemorySocket
    private var listener: (any MessageSocketHandler)?
    private var isDead = false

    init(_ line: MemorySocket) { self.line = line }

    /// Its process dies; a connection that is kept waits for the next.
    func die(isKept: Bool) {
        guard !isDead else { return }
        isDead = true
        listener = nil
        if isKept {
            line.handler = nil
            line.isReadingPaused = false
        } else {
            line.abort()
        }
    }

    var handler: (any MessageSocketHandler)? {
        get { listener }
        set {
            guard !isDead else { return }
            listener = newValue
            line.handler = newValue == nil ? nil : self
        }
    }
    var isOpen: Bool { !isDead && line.isOpen }
    var queuedBytes: Int { isDead ? 0 : line.queuedBytes }
    var refusedMessages: Int { line.refusedMessages }
    var isReadingPaused: Bool {
        get { line.isReadingPaused }
        set { if !isDead { line.isReadingPaused = newValue } }
    }

    @discardableResult
    func sendText(capacity: Int, _ write: (inout MessageWriter) -> Void) -> Bool {
        !isDead && line.sendText(capacity: capacity, write)
    }

    @discardableResult
    func sendBinary(capacity: Int, _ write: (inout MessageWriter) -> Void) -> Bool {
        !isDead && line.sendBinary(capacity: capacity, write)
    }

    func ping() { if !isDead { line.ping() } }

    func close(code: UInt16, reason: String) {
        if !isDead { line.close(code: code, reason: reason) }
    }

    func abort() { if !isDead { line.abort() } }

    func move(
        to loop: any SerialExecutor, then arrived: @escaping @Sendable (any MessageSocket) -> Void
    ) {
        listener = nil
        line.move(to: loop) { [self] _ in if !isDead { arrived(self) } }
    }

    func received(text: RawSpan, on socket: any MessageSocket) {
        listener?.received(text: text, on: self)
    }

    func received(binary: RawSpan, on socket: any MessageSocket) {
        listener?.received(binary: binary, on: self)
    }

    func ponged(roundTrip: Duration, on socket: any MessageSocket) {
        listener?.ponged(roundTrip: roundTrip, on: self)
    }

    func drained(_ socket: any MessageSocket) { listener?.drained(self) }

    func closed(_ closure: SocketClosure, on socket: any MessageSocket) {
        let told = listener
        listener = nil
        told?.closed(closure, on: self)
    }
}
