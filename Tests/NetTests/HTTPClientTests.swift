import Glibc
import TestThreads
import Testing
import Wire

@testable import Net

@Suite(.ownThread, .timeLimit(.minutes(1)))
struct HTTPClientTests {
    private static func client(_ house: House, trusting file: String? = nil) -> HTTPClient {
        HTTPClient(loop: house.pool.loops[0], extraCAFile: file, log: .init(to: Silence()))
    }

    private static func error(
        _ client: HTTPClient, _ request: HTTPRequest, _ address: String,
        timeout: Duration = .seconds(20), bodyBytesMax: Int = 1000
    ) async -> HTTPClientError? {
        do {
            _ = try await client.send(
                request, to: WebAddress(address), timeout: timeout, bodyBytesMax: bodyBytesMax)
            return nil
        } catch {
            return error as? HTTPClientError
        }
    }

    private static let get = HTTPRequest(method: "GET", target: "/")

    @Test func `requests of every kind are answered`() async throws {
        let house = try House(HTTPServerTests.mirror)
        let client = Self.client(house)
        let address = try WebAddress("http://127.0.0.1:\(await house.open())/ignored")
        for (method, body) in [
            ("GET", ""), ("POST", "abc"), ("POST", ""), ("PUT", "x"), ("DELETE", ""),
        ] {
            let response = try await client.send(
                HTTPRequest(method: method, target: "/a/../b?c=%2F", body: Array(body.utf8)),
                to: address, timeout: .seconds(20))
            #expect(response.status == 200)
            #expect(response.fields["content-type"] == "text/plain")
            #expect(
                String(decoding: response.body, as: UTF8.self)
                    == "\(method) /a/../b?c=%2F [\(body)]\n")
        }
        let head = try await client.send(
            HTTPRequest(method: "HEAD", target: "/"), to: address, timeout: .seconds(20))
        #expect(head.fields["Content-Length"] == "10")
        #expect(head.body == [])
    }

    @Test func `fields go as they are, and none is added to a body`() async throws {
        let asked = Guarded<[HTTPFields]>([])
        let house = try House(
            Answers { request, _ in
                asked.withLock { $0.append(request.fields) }
                return .respond(HTTPResponse(status: 204))
            })
        let address = try WebAddress("http://127.0.0.1:\(await house.open())/")
        let request = HTTPRequest(
            method: "POST", target: "/", fields: ["X-Key": "v", "X-Empty": ""], body: [1, 2])
        _ = try await Self.client(house).send(request, to: address, timeout: .seconds(20))
        let fields = try #require(asked.withLock { $0.first })
        #expect(fields["X-Key"] == "v")
        #expect(fields["X-Empty"] == "")
        #expect(fields["Content-Type"] == nil)
        #expect(fields["Expect"] == nil)
        #expect(fields["Content-Length"] == "2")
    }

    @Test func `a connection is used again`() async throws {
        let house = try House(HTTPServerTests.mirror)
        let client = Self.client(house)
        let address = try WebAddress("http://127.0.0.1:\(await house.open())/")
        for _ in 0..<3 {
            _ = try await client.send(Self.get, to: address, timeout: .seconds(20))
            #expect(house.server.openConnections == 1)
        }
    }

    @Test func `https trusts whom it was told to trust`() async throws {
        let house = try House(HTTPServerTests.mirror)
        let port = try await house.open(tls: Authority.shared.server("good"))
        let trusting = Self.client(house, trusting: Authority.shared.file)
        for host in ["localhost", "127.0.0.1"] {
            let response = try await trusting.send(
                Self.get, to: WebAddress("https://\(host):\(port)/"), timeout: .seconds(20))
            #expect(response.status == 200)
        }
        let strict = Self.client(house)
        guard case .tls = await Self.error(strict, Self.get, "https://localhost:\(port)/") else {
            Issue.record("an unknown authority was trusted")
            return
        }
        let wrong = try await house.open(tls: Authority.shared.server("elsewhere"))
        guard case .tls = await Self.error(trusting, Self.get, "https://localhost:\(wrong)/") else {
            Issue.record("another host's certificate was taken")
            return
        }
    }

    @Test func `an authority that cannot be read fails https and no more`() async throws {
        let house = try House(HTTPServerTests.mirror)
        let client = Self.client(house, trusting: "/nowhere/ca.crt")
        let port = try await house.open()
        #expect(await Self.error(client, Self.get, "http://127.0.0.1:\(port)/") == nil)
        guard case .unusable = await Self.error(client, Self.get, "https://127.0.0.1:\(port)/")
        else {
            Issue.record("https without its authority")
            return
        }
    }

    @Test func `a silent server is given up at the deadline`() async throws {
        let house = try House(HTTPServerTests.mirror)
        let server = try await RawServer(on: house.pool.loops[1])
        let client = Self.client(house)
        for scheme in ["http", "https"] {
            let error = await Self.error(
                client, Self.get, "\(scheme)://127.0.0.1:\(server.port)/",
                timeout: .milliseconds(50))
            #expect(error == .timedOut)
            _ = await server.peer()?.hearAll()
        }
    }

    @Test func `an answer larger than allowed is not taken`() async throws {
        let house = try House(
            Answers { _, _ in
                .respond(
                    HTTPResponse(
                        status: 200, type: "text/plain", text: String(repeating: "x", count: 1001)))
            })
        let address = "http://127.0.0.1:\(try await house.open())/"
        let client = Self.client(house)
        #expect(await Self.error(client, Self.get, address) == .tooLarge)
        #expect(await Self.error(client, Self.get, address, bodyBytesMax: 1001) == nil)
    }

    @Test func `no redirect is followed and no proxy asked`() async throws {
        // Nobody listens there: a request that used it would fail.
        setenv("http_proxy", "http://127.0.0.1:1/", 1)
        defer { unsetenv("http_proxy") }
        let house = try House(
            Answers { _, _ in
                .respond(HTTPResponse(status: 302, fields: ["Location": "http://127.0.0.1:1/"]))
            })
        let response = try await Self.client(house).send(
            Self.get, to: WebAddress("http://127.0.0.1:\(await house.open())/"),
            timeout: .seconds(20))
        #expect(response.status == 302)
    }

    @Test func `a task that is cancelled asks no longer`() async throws {
        let house = try House(HTTPServerTests.mirror)
        let server = try await RawServer(on: house.pool.loops[1])
        let client = Self.client(house)
        let task = Task {
            await Self.error(client, Self.get, "http://127.0.0.1:\(server.port)/")
        }
        let peer = try #require(await server.peer())
        task.cancel()
        #expect(await task.value == .cancelled)
        _ = await peer.hearAll()
    }

    @Test func `what cannot be reached, found or written is told apart`() async throws {
        let house = try House(HTTPServerTests.mirror)
        let client = HTTPClient(
            loop: house.pool.loops[0], extraCAFile: nil, log: .init(to: Silence()),
            resolver: Resolver { _, _, found in found(.failure(.init(reason: "unknown"))) })
        #expect(
            await Self.error(client, Self.get, "http://nobody.example/") == .resolve("unknown"))
        let unused = try ListenSocket.open(.tcp(host: "127.0.0.1", port: 0))
        guard case .tcp(_, let port) = unused.address else { return }
        unused.close()
        guard case .connect = await Self.error(client, Self.get, "http://127.0.0.1:\(port)/") else {
            Issue.record("reached nobody")
            return
        }
        let forged = HTTPRequest(method: "GET", target: "/", fields: ["X": "a\r\nY: b"])
        guard case .unusable = await Self.error(client, forged, "http://127.0.0.1:\(port)/") else {
            Issue.record("a forged field was sent")
            return
        }
    }

    @Test(arguments: ["HTTP/1.1 200 ", "HTTP/1.1 200 OK\r\nX-Long: ", "HTTP/1.1 200 OK\r\n"])
    func `a head without an end is told as such`(_ start: String) async throws {
        let house = try House(HTTPServerTests.mirror)
        let server = try await RawServer(on: house.pool.loops[1])
        let client = Self.client(house)
        async let result = Self.error(client, Self.get, "http://127.0.0.1:\(server.port)/")
        let peer = try #require(await server.peer())
        _ = await peer.hear("\r\n\r\n")
        let more = start.hasSuffix("\n") ? "X-Short: x\r\n" : "xxxxxxxxxxxx"
        // Beyond the 100 KiB that libcurl takes of one line.
        await peer.send(start + String(repeating: more, count: 10_000))
        #expect(await result == .headTooLarge)
        #expect("\(HTTPClientError.headTooLarge)" == "the answer's head is larger than 64 KiB")
        await peer.close()
    }

    @Test func `a server that breaks off is told as such`() async throws {
        let house = try House(HTTPServerTests.mirror)
        let server = try await RawServer(on: house.pool.loops[1])
        let client = Self.client(house)
        async let result = Self.error(client, Self.get, "http://127.0.0.1:\(server.port)/")
        let peer = try #require(await server.peer())
        _ = await peer.hear("\r\n\r\n")
        await peer.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab")
        await peer.close()
        guard case .exchange = await result else {
            Issue.record("half an answer was taken")
            return
        }
    }

    @Test func `names are found by the resolver it was given`() async throws {
        let house = try House(HTTPServerTests.mirror)
        let port = try await house.open()
        let found = ["::1", "127.0.0.1"].compactMap { SocketAddress(digits: $0, port: 0) }
        let client = HTTPClient(
            loop: house.pool.loops[0], extraCAFile: nil, log: .init(to: Silence()),
            resolver: Resolver { _, _, told in told(.success(found)) })
        let response = try await client.send(
            Self.get, to: WebAddress("http://some.example:\(port)/"), timeout: .seconds(20))
        #expect(response.status == 200)
    }
}
