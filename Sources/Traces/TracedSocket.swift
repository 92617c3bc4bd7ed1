import Synchronization
import Wire

/// A socket that writes down what passes through it.
final class TracedSocket: MessageSocket, MessageSocketHandler {
    private let socket: any MessageSocket
    private let number: Int
    private let recorder: TraceRecorder
    private let listener = Mutex<(any MessageSocketHandler)?>(nil)

    init(_ socket: any MessageSocket, _ number: Int, _ recorder: TraceRecorder) {
        self.socket = socket
        self.number = number
        self.recorder = recorder
    }

    var handler: (any MessageSocketHandler)? {
        get { listener.withLock { $0 } }
        set {
            listener.withLock { $0 = newValue }
            socket.handler = newValue == nil ? nil : self
        }
    }

    var isOpen: Bool { socket.isOpen }
    var queuedBytes: Int { socket.queuedBytes }
    var refusedMessages: Int { socket.refusedMessages }
    var isReadingPaused: Bool {
        get { socket.isReadingPaused }
        set {
            recorder.write(.paused(socket: number, newValue))
            socket.isReadingPaused = newValue
        }
    }

    @discardableResult
    func sendText(capacity: Int, _ write: (inout MessageWriter) -> Void) -> Bool {
        passOn(capacity, write) { socket.sendText(capacity: $0, $1) }
    }

    @discardableResult
    func sendBinary(capacity: Int, _ write: (inout MessageWriter) -> Void) -> Bool {
        passOn(capacity, write) { socket.sendBinary(capacity: $0, $1) }
    }

    /// Sends what is written, and notes it with what became of it.
    private func passOn(
        _ capacity: Int, _ write: (inout MessageWriter) -> Void,
        by send: (Int, (inout MessageWriter) -> Void) -> Bool
    ) -> Bool {
        let message = MessageWriter.written(capacity, write)
        let isTaken = send(message.count) { writer in
            message.withUnsafeBytes { writer.append($0) }
        }
        note(message, isTaken)
        return isTaken
    }

    private func note(_ message: [UInt8], _ isTaken: Bool) {
        recorder.write(
            .sent(
                socket: number, isTaken: isTaken, bytes: message.count,
                hash: TraceRecord.hash(message)))
    }

    func ping() {
        recorder.write(.pinged(socket: number))
        socket.ping()
    }

    func close(code: UInt16, reason: String) {
        recorder.write(.closing(socket: number, code: code, reason: reason))
        socket.close(code: code, reason: reason)
    }

    func abort() {
        recorder.write(.aborted(socket: number))
        socket.abort()
    }

    func move(
        to loop: any SerialExecutor, then arrived: @escaping @Sendable (any MessageSocket) -> Void
    ) {
        socket.move(to: loop) { _ in arrived(self) }
    }

    func received(text: RawSpan, on socket: any MessageSocket) {
        recorder.write(.text(socket: number, text.withUnsafeBytes { Array($0) }))
        handler?.received(text: text, on: self)
    }

    func received(binary: RawSpan, on socket: any MessageSocket) {
        recorder.write(.binary(socket: number, binary.withUnsafeBytes { Array($0) }))
        handler?.received(binary: binary, on: self)
    }

    func ponged(roundTrip: Duration, on socket: any MessageSocket) {
        recorder.write(.ponged(socket: number, roundTrip))
        handler?.ponged(roundTrip: roundTrip, on: self)
    }

    func drained(_ socket: any MessageSocket) {
        recorder.write(.drained(socket: number))
        handler?.drained(self)
    }

    func closed(_ closure: SocketClosure, on socket: any MessageSocket) {
        recorder.write(.closed(socket: number, closure))
        let told = handler
        listener.withLock { $0 = nil }
        told?.closed(closure, on: self)
    }
}
