import TestThreads
import Testing
import Wire

@testable import Net

/// Whoever takes too long at any stage is cut; nobody takes more than there is.
@Suite(.ownThread, .timeLimit(.minutes(1)))
struct HTTPServerPatienceTests {
    private static func house(
        _ handler: Answers = HTTPServerTests.mirror,
        _ change: (inout HTTPServerLimits) -> Void
    ) async throws -> (House, UInt16) {
        var limits = HTTPServerLimits()
        change(&limits)
        let house = try House(limits: limits, handler)
        return (house, try await house.open())
    }

    private static func peer(_ house: House, _ port: UInt16) async throws -> RawPeer {
        try await RawPeer.connect(to: port, on: house.pool.loops[0])
    }

    @Test func `a head that drips is cut, however steadily it drips`() async throws {
        let (house, port) = try await Self.house {
            $0.head = .seconds(1)
            $0.messages.headBytesMax = .max
        }
        let peer = try await Self.peer(house, port)
        await peer.send("GET / HTTP/1.1\r\n")
        // A byte with every turn of the loop: no idle time-out would ever end this.
        let drip = Task { while !Task.isCancelled { await peer.send("X") } }
        #expect(await house.faults.first("timeout_head") != nil)
        drip.cancel()
        // On a busy machine the time may be over before the first byte is there.
        let all = await peer.hearAll()
        #expect(all.isEmpty || all.hasPrefix("HTTP/1.1 408 "))
    }

    @Test func `a peer that says nothing is cut without a word`() async throws {
        let (house, port) = try await Self.house { $0.head = .milliseconds(20) }
        let peer = try await Self.peer(house, port)
        #expect(await peer.hearAll() == "")
        #expect(house.faults.list == [.timedOut(.head)])
    }

    @Test func `a body that does not come is 408`() async throws {
        let (house, port) = try await Self.house { $0.body = .milliseconds(20) }
        let peer = try await Self.peer(house, port)
        await peer.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nab")
        #expect(await peer.hearAll().hasPrefix("HTTP/1.1 408 "))
        #expect(house.faults.list == [.timedOut(.body)])
    }

    @Test func `a handler that does not answer is cancelled, and the peer gets 503`()
        async throws
    {
        let cancelled = AsyncStream<Void>.makeStream()
        let (house, port) = try await Self.house(
            Answers { _, _ in
                // Waits until it is cancelled.
                for await _ in AsyncStream<Void>(unfolding: { await Self.untilCancelled() }) {}
                cancelled.continuation.yield()
                return .respond(HTTPResponse(status: 200))
            }
        ) { $0.answer = .milliseconds(20) }
        let peer = try await Self.peer(house, port)
        await peer.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(await peer.hearAll().hasPrefix("HTTP/1.1 503 "))
        for await _ in cancelled.stream { break }
        #expect(house.faults.list == [.timedOut(.answer)])
    }

    private static func untilCancelled() async -> Void? {
        let never = AsyncStream<Void> { _ in }
        for await _ in never {}
        return nil
    }

    @Test func `an idle connection is closed, politely`() async throws {
        let (house, port) = try await Self.house { $0.keepAlive = .milliseconds(20) }
        let peer = try await Self.peer(house, port)
        await peer.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(await peer.hearAll().hasSuffix("GET / []\n"))
        #expect(house.faults.list == [])
    }

    @Test func `a peer that does not read its answer is cut`() async throws {
        let text = String(repeating: "z", count: 20_000_000)
        let (house, port) = try await Self.house(
            Answers { _, _ in .respond(HTTPResponse(status: 200, type: "text/plain", text: text)) }
        ) { $0.write = .milliseconds(50) }
        let peer = try await Self.peer(house, port)
        await peer.setReading(false)
        await peer.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(await house.faults.first("timeout_write") != nil)
    }

    @Test(arguments: [
        ("GET / HT", "cut_head"),
        ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nab", "cut_body"),
    ])
    func `a peer that leaves in the middle of what it says is counted`(
        said: String, name: String
    ) async throws {
        let (house, port) = try await Self.house { _ in }
        let peer = try await Self.peer(house, port)
        await peer.send(said)
        await peer.close()
        #expect(await house.faults.first(name) != nil)
    }

    @Test func `a peer that leaves before its answer is written is counted`() async throws {
        let text = String(repeating: "z", count: 20_000_000)
        let asked = AsyncStream<Void>.makeStream()
        let (house, port) = try await Self.house(
            Answers { _, _ in
                asked.continuation.yield()
                return .respond(HTTPResponse(status: 200, type: "text/plain", text: text))
            }
        ) { _ in }
        let peer = try await Self.peer(house, port)
        // One that reads might have all of it before it leaves.
        await peer.setReading(false)
        await peer.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        for await _ in asked.stream { break }
        await peer.close()
        #expect(await house.faults.first("cut_write") != nil)
    }

    @Test func `a peer that leaves with nothing asked is no fault`() async throws {
        let (house, port) = try await Self.house { _ in }
        let (mute, heard) = (
            try await Self.peer(house, port), try await Self.peer(house, port)
        )
        await heard.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(await heard.hear("[]\n") != nil)
        await mute.close()
        await heard.close()
        while house.server.openConnections > 0 { await Task.yield() }
        #expect(house.faults.list == [])
    }

    @Test func `a TLS handshake that does not go on is cut`() async throws {
        var limits = HTTPServerLimits()
        limits.tlsHandshake = .milliseconds(20)
        let house = try House(limits: limits, HTTPServerTests.mirror)
        let port = try await house.open(tls: Authority.shared.server("good"))
        let peer = try await Self.peer(house, port)
        #expect(await peer.hearAll() == "")
        #expect(house.faults.list == [.timedOut(.tlsHandshake)])
    }

    @Test func `a peer that speaks no TLS is refused and counted`() async throws {
        let house = try House(HTTPServerTests.mirror)
        let port = try await house.open(tls: Authority.shared.server("good"))
        let peer = try await Self.peer(house, port)
        await peer.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        _ = await peer.hearAll()
        #expect(house.faults.list.map(\.name) == ["tls_handshake"])
    }

    @Test func `one connection too many is told 503, and there is room again later`()
        async throws
    {
        let (house, port) = try await Self.house(.echo()) { $0.connectionsMax = 1 }
        let first = try await house.dial(port)
        let second = try await Self.peer(house, port)
        #expect(await second.hearAll().hasPrefix("HTTP/1.1 503 "))
        #expect(house.faults.list == [.tooManyConnections])
        await first.act { $0.close(code: 1000, reason: "") }
        // The server counts a connection out when it has closed it, which is a moment later.
        while house.server.openConnections > 0 { await Task.yield() }
        _ = try await house.dial(port)
        #expect(house.server.openConnections == 1)
    }

    @Test func `to one connection too many, who has kept us waiting longest gives way`()
        async throws
    {
        let (house, port) = try await Self.house { $0.connectionsMax = 2 }
        let idle = try await Self.peer(house, port)
        await idle.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(await idle.hear("[]\n") != nil)
        let slow = try await Self.peer(house, port)
        await slow.send("GET / HTTP/1.1\r\n")
        var all: [RawPeer] = []
        for number in 1...5 {
            let next = try await Self.peer(house, port)
            all.append(next)
            await next.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(await next.hear("[]\n")?.hasPrefix("HTTP/1.1 200 ") == true)
            #expect(house.faults.list == Array(repeating: .gaveWay, count: number))
        }
        #expect(await idle.hearAll() == "")
        #expect(await slow.hearAll() == "")
    }

    @Test func `an answer reaches a peer that is still sending what nobody reads`() async throws {
        let (house, port) = try await Self.house { _ in }
        let peer = try await Self.peer(house, port)
        let body = String(repeating: "b", count: 3_000_000)
        await peer.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3000000\r\n\r\n" + body)
        #expect(await peer.hearAll().hasPrefix("HTTP/1.1 413 "))
    }
}
