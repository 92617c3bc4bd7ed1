@testable import Net

/// A server that says any bytes it likes: its peers come as RawPeers.
final class RawServer: Sendable {
    let port: UInt16
    private let peers = AsyncStream<RawPeer>.makeStream()

    init(on loop: EventLoop) async throws {
        let socket = try ListenSocket.open(.tcp(host: "127.0.0.1", port: 0))
        guard case .tcp(_, let port) = socket.address else { throw ListenError(reason: "") }
        self.port = port
        let pipe = peers.continuation
        let listener = Listener(
            socket, on: loop, accepted: { pipe.yield(RawPeer($0, loop)) }, failed: { _ in })
        _ = await onLoop(loop) { listener.start() }
    }

    /// Waits for the next who connects.
    func peer() async -> RawPeer? {
        for await peer in peers.stream { return peer }
        return nil
    }
}
