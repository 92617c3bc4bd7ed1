import Glibc
import Wire

@testable import Net

/// A peer that sends any bytes it likes over a plain socket, and notes what comes back.
final class RawPeer: ConnectionOwner, @unchecked Sendable {
    // Safe because it is used on its loop only; `pipe` is thread-safe.
    private let connection: Connection
    private let loop: EventLoop
    private let pipe = AsyncStream<[UInt8]?>.makeStream()
    private var heard = ""

    /// Connects to a port of this machine.
    static func connect(to port: UInt16, on loop: EventLoop) async throws -> RawPeer {
        struct NoConnection: Error {}
        guard let address = SocketAddress(digits: "127.0.0.1", port: port) else {
            throw NoConnection()
        }
        let descriptor = Socket.make(AF_INET)
        _ = address.withPointer { Glibc.connect(descriptor, $0, $1) }
        var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        poll(&ready, 1, 10_000)
        guard Socket.pendingError(descriptor) == 0 else { throw NoConnection() }
        return await onLoop(loop) { RawPeer(descriptor, loop) }
    }

    init(_ descriptor: Int32, _ loop: EventLoop) {
        self.loop = loop
        connection = Connection(descriptor: descriptor, tls: nil, loop: loop)
        connection.owner = self
        connection.start()
        connection.isReading = true
    }

    func send(_ bytes: [UInt8]) async {
        await onLoop(loop) { [self] in bytes.withUnsafeBytes { _ = connection.send($0) } }
    }

    func send(_ text: String) async { await send(Array(text.utf8)) }

    /// Sends no more, but still reads.
    func halfClose() async {
        _ = await onLoop(loop) { [self] in shutdown(connection.descriptor, Int32(SHUT_WR)) }
    }

    /// Stops or resumes reading.
    func setReading(_ isReading: Bool) async {
        await onLoop(loop) { [self] in connection.isReading = isReading }
    }

    /// Goes without a word.
    func close() async { await onLoop(loop) { [self] in connection.close() } }

    /// Waits until what was heard contains this, and takes it out up to and including it.
    func hear(_ end: String) async -> String? {
        while true {
            if let range = Self.range(of: end, in: heard) {
                defer { heard = String(heard[range.upperBound...]) }
                return String(heard[..<range.upperBound])
            }
            guard let bytes = await next() else { return nil }
            heard += String(decoding: bytes, as: UTF8.self)
        }
    }

    /// Waits for the connection's end; everything heard until then.
    func hearAll() async -> String {
        while let bytes = await next() { heard += String(decoding: bytes, as: UTF8.self) }
        return heard
    }

    /// Waits for the connection's end; the bytes heard until then.
    func hearBytes() async -> [UInt8] {
        var all = Array(heard.utf8)
        while let bytes = await next() { all += bytes }
        return all
    }

    private func next() async -> [UInt8]? {
        for await bytes in pipe.stream { return bytes }
        return nil
    }

    private static func range(of part: String, in text: String) -> Range<String.Index>? {
        let text8 = Array(text.utf8)
        let part8 = Array(part.utf8)
        guard part8.count <= text8.count else { return nil }
        for start in 0...(text8.count - part8.count)
        where Array(text8[start..<(start + part8.count)]) == part8 {
            let from = text.utf8.index(text.startIndex, offsetBy: start)
            return from..<text.utf8.index(from, offsetBy: part8.count)
        }
        return nil
    }

    func connectionOpened() {}
    func connectionReceived(_ bytes: UnsafeMutableRawBufferPointer) {
        pipe.continuation.yield(Array(bytes))
    }
    func connectionWrote() {}
    func connectionEnded(_ end: ConnectionEnd) { pipe.continuation.finish() }
}
