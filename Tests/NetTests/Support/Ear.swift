import Instruments
import Wire

@testable import Net

/// A handler that notes all it hears, to be waited for.
final class Ear: MessageSocketHandler {
    enum Sound: Equatable, Sendable {
        case text(String)
        case binary([UInt8])
        case ponged
        case drained
        case closed(SocketClosure)
    }

    let socket: any MessageSocket
    let loop: EventLoop
    private let pipe = AsyncStream<Sound>.makeStream()

    /// On the socket's loop: becomes its handler.
    init(_ socket: any MessageSocket, _ loop: EventLoop, listening: Bool = true) {
        self.socket = socket
        self.loop = loop
        if listening { socket.handler = self }
    }

    /// The next thing heard.
    func next() async -> Sound? {
        for await sound in pipe.stream { return sound }
        return nil
    }

    /// The end, whatever comes before it.
    func closure() async -> SocketClosure? {
        for await sound in pipe.stream {
            if case .closed(let closure) = sound { return closure }
        }
        return nil
    }

    /// Does something with the socket, on its loop.
    @discardableResult
    func act<Result: Sendable>(
        _ body: @escaping @Sendable (any MessageSocket) -> Result
    ) async -> Result {
        await onLoop(loop) { [socket] in body(socket) }
    }

    @discardableResult
    func say(_ text: String) async -> Bool {
        await act { $0.sendText(capacity: text.utf8.count) { $0.append(text) } }
    }

    @discardableResult
    func say(_ bytes: [UInt8]) async -> Bool {
        await act { socket in
            socket.sendBinary(capacity: bytes.count) { writer in
                bytes.withUnsafeBytes { writer.append($0) }
            }
        }
    }

    private func hear(_ sound: Sound) {
        precondition(loop.isCurrent, "heard on another thread")
        pipe.continuation.yield(sound)
    }

    func received(text: RawSpan, on socket: any MessageSocket) {
        hear(.text(text.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }))
    }

    func received(binary: RawSpan, on socket: any MessageSocket) {
        hear(.binary(binary.withUnsafeBytes { Array($0) }))
    }

    func ponged(roundTrip: Duration, on socket: any MessageSocket) { hear(.ponged) }

    func drained(_ socket: any MessageSocket) { hear(.drained) }

    func closed(_ closure: SocketClosure, on socket: any MessageSocket) {
        hear(.closed(closure))
    }
}
