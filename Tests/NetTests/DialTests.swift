import TestThreads
import Testing
import Wire

@testable import Net

@Suite(.ownThread, .timeLimit(.minutes(1)))
struct DialTests {
    private static func dial(
        _ dialer: WebSocketDialer, _ address: String, _ loop: EventLoop,
        timeout: Duration = .seconds(20)
    ) async -> DialError? {
        do {
            _ = try await dialer.dial(WebAddress(address), timeout: timeout, on: loop)
            return nil
        } catch {
            return error as? DialError
        }
    }

    @Test func `a server that says no is heard out`() async throws {
        let house = try House(
            Answers { _, _ in
                .respond(HTTPResponse(status: 403, type: "text/plain", text: "not you\n"))
            })
        let port = try await house.open()
        let error = await Self.dial(house.dialer, "ws://127.0.0.1:\(port)/", house.pool.loops[0])
        guard case .refused(let status, let response) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(status == 403)
        #expect(response.body == Array("not you\n".utf8))
    }

    @Test(arguments: [
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Accept: wrong\r\n\r\n",
        "not HTTP at all\r\n\r\n", "",
    ])
    func `a server that speaks something else is no WebSocket`(_ answer: String) async throws {
        let pool = LoopPool(count: 1)
        let loop = pool.loops[0]
        let server = try await RawServer(on: loop)
        let dialer = WebSocketDialer(tls: try .client(extraCAFile: nil), resolver: Resolver())
        async let result = Self.dial(dialer, "ws://127.0.0.1:\(server.port)/", loop)
        let peer = try #require(await server.peer())
        #expect(await peer.hear("\r\n\r\n")?.hasPrefix("GET / HTTP/1.1\r\n") == true)
        await peer.send(answer)
        if answer.isEmpty { await peer.close() }
        guard case .handshake = await result else {
            Issue.record("no handshake error")
            return
        }
        pool.stop()
    }

    @Test func `a silent server is given up at the deadline`() async throws {
        let pool = LoopPool(count: 1)
        let server = try await RawServer(on: pool.loops[0])
        let dialer = WebSocketDialer(tls: try .client(extraCAFile: nil), resolver: Resolver())
        for scheme in ["ws", "wss"] {
            let error = await Self.dial(
                dialer, "\(scheme)://127.0.0.1:\(server.port)/", pool.loops[0],
                timeout: .milliseconds(30))
            #expect(error == .timedOut)
            // And the connection is closed, not forgotten.
            _ = await server.peer()?.hearAll()
        }
        pool.stop()
    }

    @Test func `a task that is cancelled dials no longer`() async throws {
        let pool = LoopPool(count: 1)
        let server = try await RawServer(on: pool.loops[0])
        let dialer = WebSocketDialer(tls: try .client(extraCAFile: nil), resolver: Resolver())
        let task = Task {
            await Self.dial(dialer, "ws://127.0.0.1:\(server.port)/", pool.loops[0])
        }
        let peer = try #require(await server.peer())
        task.cancel()
        #expect(await task.value == .cancelled)
        _ = await peer.hearAll()
        pool.stop()
    }

    @Test func `a loop that ends ends its dials`() async throws {
        let pool = LoopPool(count: 2)
        let server = try await RawServer(on: pool.loops[0])
        let dialer = WebSocketDialer(tls: try .client(extraCAFile: nil), resolver: Resolver())
        async let result = Self.dial(dialer, "ws://127.0.0.1:\(server.port)/", pool.loops[1])
        _ = await server.peer()
        pool.loops[1].stop()
        #expect(await result == .cancelled)
        pool.stop()
    }

    @Test func `nobody at home is told as such`() async throws {
        let pool = LoopPool(count: 1)
        let unused = try ListenSocket.open(.tcp(host: "127.0.0.1", port: 0))
        guard case .tcp(_, let port) = unused.address else { return }
        unused.close()
        let dialer = WebSocketDialer(tls: try .client(extraCAFile: nil), resolver: Resolver())
        let error = await Self.dial(dialer, "ws://127.0.0.1:\(port)/", pool.loops[0])
        #expect(error == .connect("127.0.0.1: Connection refused"))
        pool.stop()
    }

    @Test func `a name that nobody knows is told as such`() async throws {
        let pool = LoopPool(count: 1)
        let dialer = WebSocketDialer(
            tls: try .client(extraCAFile: nil),
            resolver: Resolver { _, _, found in found(.failure(.init(reason: "unknown"))) })
        let error = await Self.dial(dialer, "ws://nobody.example/", pool.loops[0])
        #expect(error == .resolve("unknown"))
        pool.stop()
    }

    @Test func `an address that refuses does not stand for all`() async throws {
        let house = try House(Answers.echo())
        let port = try await house.open()
        let found = ["::1", "127.0.0.2", "127.0.0.1"].compactMap {
            SocketAddress(digits: $0, port: 0)
        }
        let dialer = WebSocketDialer(
            tls: try .client(extraCAFile: nil),
            resolver: Resolver { _, _, told in told(.success(found)) })
        let loop = house.pool.loops[0]
        let socket = try await dialer.dial(
            WebAddress("ws://many.example:\(port)/"), timeout: .seconds(20), on: loop)
        let ear = await onLoop(loop) { Ear(socket, loop) }
        await ear.say("hello")
        #expect(await ear.next() == .text("hello"))
    }

    @Test(
        arguments: [
            ("good", true, "localhost", nil),
            ("good", false, "localhost", "unable to get local issuer certificate"),
            ("stranger", true, "localhost", "unable to get local issuer certificate"),
            ("expired", true, "localhost", "certificate has expired"),
            ("elsewhere", true, "localhost", "hostname mismatch"),
            ("elsewhere", true, "127.0.0.1", "IP address mismatch"),
        ] as [(String, Bool, String, String?)])
    func `a certificate is checked: who signed it, until when, for whom`(
        _ certificate: String, _ trusts: Bool, _ host: String, _ reason: String?
    ) async throws {
        let house = try House(
            trusting: trusts ? Authority.shared.file : nil, Answers.echo())
        let port = try await house.open(tls: Authority.shared.server(certificate))
        let error = await Self.dial(
            house.dialer, "wss://\(host):\(port)/", house.pool.loops[0])
        #expect(error == reason.map { .tls($0) })
    }

    @Test func `a server is asked for the right fields`() async throws {
        let asked = AsyncStream<HTTPRequest>.makeStream()
        let house = try House(
            Answers { request, _ in
                asked.continuation.yield(request)
                return .webSocket(WebSocketAcceptance(subprotocol: "b", accepted: { _ in }))
            })
        let port = try await house.open()
        let loop = house.pool.loops[0]
        _ = try await house.dialer.dial(
            WebAddress("ws://127.0.0.1:\(port)/a?b=c"), fields: ["X-Key": "k"],
            subprotocols: ["a", "b"], timeout: .seconds(20), on: loop)
        for await request in asked.stream {
            #expect(request.target == "/a?b=c")
            #expect(request.fields["X-Key"] == "k")
            #expect(request.fields["Host"] == "127.0.0.1:\(port)")
            #expect(request.fields["Sec-WebSocket-Protocol"] == "a, b")
            break
        }
    }

    @Test func `families take turns`() {
        let addresses = ["::1", "::2", "127.0.0.1", "127.0.0.2", "127.0.0.3"].compactMap {
            SocketAddress(digits: $0, port: 1)
        }
        #expect(
            Connector.interleaved(addresses).map(\.host)
                == ["::1", "127.0.0.1", "::2", "127.0.0.2", "127.0.0.3"])
        #expect(Connector.interleaved([]) == [])
    }

    @Test func `unusable certificates are told by name`() {
        let missing = #expect(throws: TLSError.self) {
            try TLSContext.client(extraCAFile: "/nowhere/ca.crt")
        }
        #expect(missing?.reason.contains("/nowhere/ca.crt") == true)
        let folder = Authority.shared.folder
        let other = #expect(throws: TLSError.self) {
            try TLSContext.server(
                certificateFile: "\(folder)/good.crt", keyFile: "\(folder)/expired.key")
        }
        #expect(other?.reason.contains("expired.key") == true)
    }
}
