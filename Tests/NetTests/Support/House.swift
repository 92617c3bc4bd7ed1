import Instruments
import Wire

@testable import Net

/// Two loops, a server on a free loopback port, and a dialer; all of it stopped at the end.
final class House: Sendable {
    let pool = LoopPool(count: 2)
    let faults = FaultList()
    let server: HTTPServer
    let dialer: WebSocketDialer

    init(
        limits: HTTPServerLimits = .init(), trusting authority: String? = nil,
        _ handler: any HTTPHandler
    ) throws {
        server = HTTPServer(
            loops: pool, limits: limits, log: Log(to: Silence()), handler: handler,
            observer: faults)
        dialer = WebSocketDialer(
            tls: try .client(extraCAFile: authority), resolver: Resolver())
    }

    /// Listens on a free port and returns it.
    func open(tls: TLSContext? = nil) async throws -> UInt16 {
        let bound = try await server.listen(.tcp(host: "127.0.0.1", port: 0), tls: tls)
        guard case .tcp(_, let port) = bound else { return 0 }
        return port
    }

    /// Dials the server's WebSocket and sets a handler that notes everything.
    func dial(
        _ port: UInt16, scheme: String = "ws", host: String = "127.0.0.1",
        options: WebSocketOptions = .init(), on loop: EventLoop? = nil
    ) async throws -> Ear {
        let loop = loop ?? pool.loops[0]
        let socket = try await dialer.dial(
            WebAddress("\(scheme)://\(host):\(port)/socket"), options: options,
            timeout: .seconds(20), on: loop)
        return await onLoop(loop) { Ear(socket, loop) }
    }

    deinit { pool.stop() }
}

/// Waits while a loop runs that many jobs, one after the other, and looks at its sockets between
/// them: a thousand turns of a thread with itself, where going there and back a thousand times would
/// be two thousand waits for a processor.
func turn(_ loop: EventLoop, times: Int) async {
    @Sendable func go(_ left: Int, _ done: CheckedContinuation<Void, Never>) {
        left == 0 ? done.resume() : loop.run { go(left - 1, done) }
    }
    await withCheckedContinuation { go(times, $0) }
}

/// Hears every fault.
final class FaultList: NetObserver {
    private let all = Guarded<[NetFault]>([])
    private let pipe = AsyncStream<NetFault>.makeStream()

    func saw(_ fault: NetFault, from peer: String) {
        all.withLock { $0.append(fault) }
        pipe.continuation.yield(fault)
    }

    var list: [NetFault] { all.withLock { $0 } }

    /// Waits for a fault of this name.
    func first(_ name: String) async -> NetFault? {
        for await fault in pipe.stream where fault.name == name { return fault }
        return nil
    }
}

/// Says nothing.
struct Silence: LogSink {
    func write(_ line: LogLine) {}
}

/// Answers every request by a closure.
struct Answers: HTTPHandler {
    var limit = 1 << 20
    var answer: @Sendable (HTTPRequest, any Loop) async -> HTTPAnswer

    init(
        limit: Int = 1 << 20,
        _ answer: @escaping @Sendable (HTTPRequest, any Loop) async -> HTTPAnswer
    ) {
        self.limit = limit
        self.answer = answer
    }

    func bodyLimit(_ request: HTTPRequest) -> Int { limit }

    func answer(_ request: HTTPRequest, on loop: any Loop) async -> HTTPAnswer {
        await answer(request, loop)
    }

    /// Accepts every WebSocket and gives it to `accepted`, on its loop.
    static func sockets(
        _ options: WebSocketOptions = .init(),
        _ accepted: @escaping @Sendable (any MessageSocket) -> Void
    ) -> Answers {
        Answers { _, _ in .webSocket(WebSocketAcceptance(options: options, accepted: accepted)) }
    }

    /// Accepts every WebSocket and sends back what it says.
    static func echo(_ options: WebSocketOptions = .init()) -> Answers {
        sockets(options) { $0.handler = Echo() }
    }
}

/// Sends every message back.
final class Echo: MessageSocketHandler {
    func received(text: RawSpan, on socket: any MessageSocket) {
        socket.sendText(capacity: text.byteCount) { $0.append(text) }
    }

    func received(binary: RawSpan, on socket: any MessageSocket) {
        socket.sendBinary(capacity: binary.byteCount) { $0.append(binary) }
    }

    func closed(_ closure: SocketClosure, on socket: any MessageSocket) {}
}
