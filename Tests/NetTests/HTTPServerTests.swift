import TestThreads
import Testing
import Wire

@testable import Net

@Suite(.ownThread, .timeLimit(.minutes(1)))
struct HTTPServerTests {
    /// Says what was asked.
    static let mirror = Answers(limit: 1000) { request, _ in
        let body = String(decoding: request.body, as: UTF8.self)
        return .respond(
            HTTPResponse(
                status: 200, type: "text/plain",
                text: "\(request.method) \(request.target) [\(body)]\n"))
    }

    /// What a server with this handler says to these bytes until it closes.
    static func answer(
        to text: String, limits: HTTPServerLimits = .init(), _ handler: Answers = mirror
    ) async throws -> String {
        let house = try House(limits: limits, handler)
        let peer = try await RawPeer.connect(to: try await house.open(), on: house.pool.loops[0])
        await peer.send(text)
        return await peer.hearAll()
    }

    @Test func `requests on one connection are answered in their order`() async throws {
        let all = try await Self.answer(
            to: """
                GET /one HTTP/1.1\r\nHost: x\r\n\r\n\
                POST /two HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc\
                GET /three?a=%2F HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n
                """)
        let first = try #require(all.range(of: "GET /one []\n"))
        let second = try #require(all.range(of: "POST /two [abc]\n"))
        #expect(first.upperBound < second.lowerBound)
        #expect(all.hasSuffix("GET /three?a=%2F []\n"))
        #expect(all.contains("Connection: close\r\n"))
        #expect(all.contains("Date: "))
    }

    @Test func `a target with an authority is its path, and an asterisk the server`() async throws {
        let all = try await Self.answer(
            to: """
                OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n\
                GET http://x/one?a HTTP/1.1\r\nHost: y\r\n\r\n\
                CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n
                """)
        #expect(all.hasPrefix("HTTP/1.1 204 No Content\r\n"))
        #expect(all.contains("\r\n\r\nGET /one?a []\nHTTP/1.1 501 "))
    }

    @Test func `a chunked body is read`() async throws {
        let all = try await Self.answer(
            to: """
                POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\
                \r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n
                """)
        #expect(all.hasSuffix("POST / [abcde]\n"))
    }

    @Test func `HEAD is answered without a body`() async throws {
        let all = try await Self.answer(
            to: "HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        #expect(all.contains("Content-Length: 10\r\n"))
        #expect(all.hasSuffix("\r\n\r\n"))
    }

    @Test func `a client that waits for 100 is asked for its body`() async throws {
        let house = try House(Self.mirror)
        let peer = try await RawPeer.connect(to: try await house.open(), on: house.pool.loops[0])
        await peer.send(
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
        #expect(await peer.hear("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
        await peer.send("ok")
        #expect(await peer.hear("[ok]\n")?.hasPrefix("HTTP/1.1 200 OK\r\n") == true)
    }

    @Test func `a client that waits for 100 with too much is refused before it sends`()
        async throws
    {
        let all = try await Self.answer(
            to: "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\nExpect: 100-continue\r\n\r\n"
        )
        #expect(all.hasPrefix("HTTP/1.1 413 "))
    }

    @Test func `a body beyond its route's limit is 413, counted or chunked`() async throws {
        let counted = try await Self.answer(
            to: "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n")
        #expect(counted.hasPrefix("HTTP/1.1 413 "))
        let piece = String(repeating: "x", count: 0x3F0)
        let chunked = try await Self.answer(
            to: "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "3f0\r\n\(piece)\r\n3f0\r\n\(piece)\r\n0\r\n\r\n")
        #expect(chunked.hasPrefix("HTTP/1.1 413 "))
    }

    @Test func `a head beyond its limit is 431`() async throws {
        let all = try await Self.answer(
            to: "GET / HTTP/1.1\r\nHost: x\r\nX: \(String(repeating: "y", count: 20_000))\r\n\r\n")
        #expect(all.hasPrefix("HTTP/1.1 431 "))
    }

    @Test func `what is no HTTP is 400 and counted`() async throws {
        let house = try House(Self.mirror)
        let peer = try await RawPeer.connect(to: try await house.open(), on: house.pool.loops[0])
        await peer.send("GET / HTTP/1.1\r\nHost : x\r\n\r\n")
        #expect(await peer.hearAll().hasPrefix("HTTP/1.1 400 "))
        #expect(house.faults.list.map(\.name) == ["request_400"])
    }

    @Test(arguments: [
        ("GET / HTTP/1.1\r\nHost : x\r\n\r\n", 400, "Bad Request"),
        ("GET / HTTP/2.0\r\nHost: x\r\n\r\n", 505, "HTTP Version Not Supported"),
        (
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n", 413,
            "Payload Too Large"
        ),
        ("BREW / HTTP/1.1\r\nHost: x\r\n\r\n", 501, "Not Implemented"),
        ("POST / HTTP/1.1\r\nHost: x\r\nExpect: tea\r\n\r\n", 417, "Expectation Failed"),
    ])
    func `a refusal is a problem as JSON`(_ request: String, _ status: Int64, _ title: String)
        async throws
    {
        let all = try await Self.answer(to: request)
        #expect(all.contains("\r\nContent-Type: application/problem+json\r\n"))
        let end = try #require(all.firstRange(of: "\r\n\r\n"))
        let problem = try JSON(parsing: Array(all[end.upperBound...].utf8))
        #expect(problem["status"] == .integer(status))
        #expect(problem["title"] == .string(title))
        #expect(problem["detail"]?.text?.isEmpty == false)
    }

    @Test func `a handler that writes nonsense is 500 and said so`() async throws {
        let house = try House(
            Answers { _, _ in
                .respond(HTTPResponse(status: 200, fields: ["X": "a\r\nSet-Cookie: b"]))
            })
        let peer = try await RawPeer.connect(to: try await house.open(), on: house.pool.loops[0])
        await peer.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(await peer.hearAll().hasPrefix("HTTP/1.1 500 "))
        #expect(house.faults.list.map(\.name) == ["answer_unusable"])
    }

    @Test func `a handler can end the connection`() async throws {
        let all = try await Self.answer(
            to: "GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n",
            Answers { _, _ in
                .respond(HTTPResponse(status: 204, fields: ["Connection": "close"]))
            })
        #expect(all.components("HTTP/1.1 204") == 1)
    }

    @Test func `a connection has its last request`() async throws {
        var limits = HTTPServerLimits()
        limits.requestsPerConnectionMax = 2
        let one = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
        let all = try await Self.answer(to: one + one + one, limits: limits)
        #expect(all.components("HTTP/1.1 200") == 2)
    }

    @Test func `a large answer reaches a slow reader`() async throws {
        let text = String(repeating: "z", count: 8_000_000)
        // The answer is bounded by the peer's progress, not by the time for last words.
        var limits = HTTPServerLimits()
        limits.lingering = .milliseconds(1)
        let house = try House(
            limits: limits,
            Answers { _, _ in .respond(HTTPResponse(status: 200, type: "text/plain", text: text)) })
        let peer = try await RawPeer.connect(to: try await house.open(), on: house.pool.loops[0])
        await peer.setReading(false)
        await peer.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        await peer.setReading(true)
        let bytes = await peer.hearBytes()
        #expect(bytes.suffix(8_000_000).elementsEqual(text.utf8))
    }

    @Test(arguments: [
        ("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 426),
        (
            "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: upgrade, close\r\n"
                + "Sec-WebSocket-Version: 12\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
            426
        ),
        (
            "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: upgrade, close\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: short\r\n\r\n", 400
        ),
    ])
    func `a WebSocket that is asked for wrongly is refused`(_ request: String, _ status: Int)
        async throws
    {
        let all = try await Self.answer(to: request, Answers.echo())
        #expect(all.hasPrefix("HTTP/1.1 \(status) "))
        #expect(all.contains("\r\nContent-Type: application/problem+json\r\n"))
    }

    @Test func `the server names the peer`() async throws {
        let all = try await Self.answer(
            to: "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
            Answers { request, loop in
                let isThere = loop.isCurrent
                return .respond(
                    HTTPResponse(
                        status: 200, type: "text/plain", text: "\(request.peer) \(isThere)"))
            })
        #expect(all.hasSuffix("127.0.0.1 true"))
    }
}

extension String {
    /// Where another text lies in this one.
    func range(of part: String) -> Range<String.Index>? {
        for start in indices where self[start...].hasPrefix(part) {
            return start..<index(start, offsetBy: part.count)
        }
        return nil
    }

    /// How often another text is in this one.
    func components(_ part: String) -> Int {
        var count = 0
        var rest = self
        while let range = rest.range(of: part) {
            count += 1
            rest = String(rest[range.upperBound...])
        }
        return count
    }
}
