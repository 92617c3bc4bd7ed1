import TestThreads
import Testing
import Wire

@testable import Net

@Suite(.ownThread, .timeLimit(.minutes(1)))
struct WebSocketTests {
    /// A server whose first socket's handler is an Ear, and that Ear.
    struct Pair {
        let house: House
        let port: UInt16
        private let ears = AsyncStream<Ear>.makeStream()

        init(
            _ options: WebSocketOptions = .init(), listening: Bool = true, secure: Bool = false
        ) async throws {
            let pipe = ears.continuation
            let loops = Loops()
            house = try House(
                trusting: Authority.shared.file,
                Answers.sockets(options) { socket in
                    pipe.yield(Ear(socket, loops.current, listening: listening))
                })
            loops.all = house.pool.loops
            port = try await house.open(tls: secure ? Authority.shared.server("good") : nil)
        }

        /// The server's next socket.
        func ear() async -> Ear? {
            for await ear in ears.stream { return ear }
            return nil
        }
    }

    /// Which loop a callback is on.
    final class Loops: @unchecked Sendable {
        // Safe because `all` is set before the server listens.
        var all: [EventLoop] = []
        var current: EventLoop { all.first { $0.isCurrent } ?? all[0] }
    }

    /// A raw client that has upgraded.
    static func upgraded(_ house: House, _ port: UInt16) async throws -> RawPeer {
        let peer = try await RawPeer.connect(to: port, on: house.pool.loops[0])
        await peer.send(
            """
            GET /socket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
            Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n
            """)
        #expect(await peer.hear("\r\n\r\n")?.contains("101") == true)
        return peer
    }

    static func frame(
        _ opcode: WebSocketOpcode, _ text: String, isFinal: Bool = true
    ) -> [UInt8] {
        WebSocketFrame.bytes(opcode, payload: Array(text.utf8), mask: 0x1234_5678, isFinal: isFinal)
    }

    static func exchange(with ear: Ear) async {
        #expect(await ear.say("hello"))
        #expect(await ear.next() == .text("hello"))
        let bytes = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        #expect(await ear.say(bytes))
        #expect(await ear.next() == .binary(bytes))
        await ear.act { $0.ping() }
        #expect(await ear.next() == .ponged)
        await ear.act { $0.close(code: 1000, reason: "bye") }
        #expect(
            await ear.next() == .closed(SocketClosure(cause: .us, code: 1000, reason: "bye")))
    }

    @Test func `what is said comes back`() async throws {
        let house = try House(Answers.echo())
        await Self.exchange(with: try await house.dial(try await house.open()))
    }

    @Test func `what is said comes back through TLS`() async throws {
        let house = try House(trusting: Authority.shared.file, Answers.echo())
        let port = try await house.open(tls: Authority.shared.server("good"))
        await Self.exchange(with: try await house.dial(port, scheme: "wss"))
        await Self.exchange(with: try await house.dial(port, scheme: "wss", host: "localhost"))
    }

    @Test func `what is said comes back through a Unix socket`() async throws {
        let house = try House(Answers.echo())
        let path = "\(Authority.shared.folder)/echo.sock"
        try await house.server.listen(.unix(path: path))
        let loop = house.pool.loops[1]
        let socket = try await house.dialer.dial(
            WebAddress("ws://callbridge/socket"), timeout: .seconds(20), on: loop, through: path)
        await Self.exchange(with: await onLoop(loop) { Ear(socket, loop) })
    }

    @Test func `a message in fragments, with a ping between them, arrives whole`() async throws {
        let pair = try await Pair()
        let peer = try await Self.upgraded(pair.house, pair.port)
        let bytes =
            Self.frame(.text, "al", isFinal: false) + Self.frame(.ping, "now")
            + Self.frame(.continuation, "lô", isFinal: false) + Self.frame(.continuation, "!")
        for byte in bytes { await peer.send([byte]) }
        let ear = try #require(await pair.ear())
        #expect(await ear.next() == .text("allô!"))
        #expect(await peer.hear("now")?.hasSuffix("\u{3}now") == true)
    }

    @Test func `bytes that came with the upgrade are delivered`() async throws {
        let pair = try await Pair()
        let peer = try await RawPeer.connect(to: pair.port, on: pair.house.pool.loops[0])
        let request =
            """
            GET /socket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
            Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n
            """
        await peer.send(Array(request.utf8) + Self.frame(.text, "early") + Self.frame(.text, "2"))
        let ear = try #require(await pair.ear())
        #expect(await ear.next() == .text("early"))
        #expect(await ear.next() == .text("2"))
    }

    @Test func `nothing is delivered before there is a handler`() async throws {
        let pair = try await Pair(listening: false)
        let client = try await pair.house.dial(pair.port)
        let server = try #require(await pair.ear())
        await client.say("patience")
        await client.act { $0.close(code: 1000, reason: "") }
        await server.act { [server] socket in socket.handler = server }
        #expect(await server.next() == .text("patience"))
        #expect(
            await server.next() == .closed(SocketClosure(cause: .peer, code: 1000, reason: "")))
    }

    @Test(arguments: [false, true])
    func `a slow peer fills the queue, refusals are counted, and it drains`(_ secure: Bool)
        async throws
    {
        let pair = try await Pair(WebSocketOptions(queueBytesMax: 100_000), secure: secure)
        let client = try await pair.house.dial(pair.port, scheme: secure ? "wss" : "ws")
        let server = try #require(await pair.ear())
        await client.act { $0.isReadingPaused = true }
        let text = String(repeating: "x", count: 9_000)
        let sent = await server.act { socket in
            var sent = 0
            while socket.sendText(
                capacity: 9_006,
                {
                    $0.append("\(100_000 + sent)")
                    $0.append(text)
                })
            { sent += 1 }
            return sent
        }
        let state = await server.act { ($0.queuedBytes, $0.refusedMessages, $0.isOpen) }
        #expect(state.0 > 50_000 && state.0 <= 100_000)
        #expect(state.1 == 1)
        #expect(state.2)
        #expect(pair.house.faults.list.contains(.messageRefused))
        await client.act { $0.isReadingPaused = false }
        #expect(await server.next() == .drained)
        for number in 0..<sent {
            #expect(await client.next() == .text("\(100_000 + number)" + text))
        }
        #expect(await server.act { $0.queuedBytes } == 0)
    }

    @Test func `a socket paused while it delivers keeps the rest for later`() async throws {
        let pair = try await Pair(listening: false)
        let peer = try await Self.upgraded(pair.house, pair.port)
        let server = try #require(await pair.ear())
        let shy = Shy()
        await server.act { $0.handler = shy }
        await peer.send(
            Self.frame(.text, "one") + Self.frame(.text, "two") + Self.frame(.text, "three"))
        var heard: [String] = []
        for _ in 0..<3 {
            heard.append(await shy.next() ?? "")
            // The one that was heard paused the socket; only now may the next come.
            #expect(await server.act { $0.isReadingPaused })
            await server.act { $0.isReadingPaused = false }
        }
        #expect(heard == ["one", "two", "three"])
    }

    /// Pauses its socket at every message.
    final class Shy: MessageSocketHandler {
        private let pipe = AsyncStream<String>.makeStream()

        func next() async -> String? {
            for await text in pipe.stream { return text }
            return nil
        }

        func received(text: RawSpan, on socket: any MessageSocket) {
            let words = text.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
            pipe.continuation.yield(socket.isReadingPaused ? "not paused" : words)
            socket.isReadingPaused = true
        }

        func closed(_ closure: SocketClosure, on socket: any MessageSocket) {}
    }

    @Test func `a large message that pauses nobody arrives in spite of a small read buffer`()
        async throws
    {
        let pair = try await Pair()
        let client = try await pair.house.dial(pair.port)
        let server = try #require(await pair.ear())
        let text = String(repeating: "long ", count: 150_000)
        await client.say(text)
        #expect(await server.next() == .text(text))
    }
}
