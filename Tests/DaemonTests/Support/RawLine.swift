import Glibc
import Instruments
import Synchronization

@testable import Net

/// A plain connection to the daemon over which a test says any bytes it likes.
final class RawLine: ConnectionOwner, @unchecked Sendable {
    // Safe because `connection` is used on its loop only, and the rest lies under locks.
    private let connection: Connection
    private let house: LiveHouse
    private let heard = Mutex<[UInt8]>([])
    private let isOver = Mutex(false)

    private init(_ descriptor: Int32, _ house: LiveHouse) {
        self.house = house
        connection = Connection(descriptor: descriptor, tls: nil, loop: house.loop)
        connection.owner = self
        connection.start()
        connection.isReading = true
    }

    /// Connects to where the daemon listens.
    static func open(to house: LiveHouse) async throws -> RawLine {
        guard let address = SocketAddress(digits: "127.0.0.1", port: house.port) else {
            throw Overdue(description: "no address")
        }
        let descriptor = Socket.make(AF_INET)
        _ = address.withPointer { connect(descriptor, $0, $1) }
        return await onLoop(house.loop) { RawLine(descriptor, house) }
    }

    func say(_ bytes: [UInt8]) async {
        await onLoop(house.loop) { [connection] in
            bytes.withUnsafeBytes { _ = connection.send($0) }
        }
    }

    func say(_ text: String) async { await say(Array(text.utf8)) }

    /// Goes without a word.
    func hangUp() async { await onLoop(house.loop) { [connection] in connection.close() } }

    /// Everything heard so far.
    var bytes: [UInt8] { heard.withLock { $0 } }
    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Waits for the connection's end; everything heard until then.
    func all() async throws -> [UInt8] {
        try await house.until("the connection ended") { isOver.withLock { $0 } }
        return bytes
    }

    func connectionOpened() {}
    func connectionReceived(_ bytes: UnsafeMutableRawBufferPointer) {
        heard.withLock { $0 += bytes }
    }
    func connectionWrote() {}
    func connectionEnded(_ end: ConnectionEnd) { isOver.withLock { $0 = true } }
}
