import TestThreads
import Testing
import Wire

@testable import Net

@Suite(.ownThread, .timeLimit(.minutes(1)))
struct HTTPStreamTests {
    private static let head = HTTPResponse(status: 200, type: "text/event-stream", text: "first\n")

    private static func streaming(
        _ body: @escaping @Sendable (any HTTPBodyWriter) async -> Void
    ) -> Answers { Answers { _, _ in .stream(head, body) } }

    @Test func `a stream is sent in chunks, and the connection lives on`() async throws {
        let house = try House(
            Self.streaming { writer in
                #expect(await writer.write(Array("second\n".utf8)))
                #expect(await writer.write([]))
                #expect(await writer.write(Array("third\n".utf8)))
            })
        let peer = try await RawPeer.connect(to: try await house.open(), on: house.pool.loops[0])
        let request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
        // The second request is there before the first answer has begun.
        await peer.send(request + request)
        for _ in 0..<2 {
            let head = await peer.hear("\r\n\r\n")
            #expect(head?.contains("Transfer-Encoding: chunked\r\n") == true)
            let body = await peer.hear("0\r\n\r\n")
            #expect(body == "6\r\nfirst\n\r\n7\r\nsecond\n\r\n6\r\nthird\n\r\n0\r\n\r\n")
        }
    }

    @Test func `a request that comes during a stream is answered after it`() async throws {
        let gate = AsyncStream<Void>.makeStream()
        let house = try House(
            Self.streaming { writer in
                for await _ in gate.stream { break }
                _ = await writer.write(Array("late\n".utf8))
            })
        let peer = try await RawPeer.connect(to: try await house.open(), on: house.pool.loops[0])
        let request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
        await peer.send(request)
        #expect(await peer.hear("first\n\r\n") != nil)
        await peer.send(request)
        gate.continuation.yield()
        #expect(await peer.hear("late\n\r\n0\r\n\r\n") != nil)
        gate.continuation.yield()
        #expect(await peer.hear("late\n\r\n0\r\n\r\n") != nil)
    }

    @Test func `to HTTP 1.0 a stream ends with the connection`() async throws {
        let all = try await HTTPServerTests.answer(
            to: "GET / HTTP/1.0\r\n\r\n",
            Self.streaming { _ = await $0.write(Array("second\n".utf8)) })
        #expect(all.hasSuffix("\r\n\r\nfirst\nsecond\n"))
        #expect(!all.contains("chunked"))
    }

    @Test func `HEAD gets a stream's head alone`() async throws {
        let all = try await HTTPServerTests.answer(
            to: "HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
            Self.streaming { _ in Issue.record("the body was asked for") })
        #expect(all.hasSuffix("\r\n\r\n"))
    }

    @Test func `who writes waits for who reads`() async throws {
        let written = Guarded(0)
        let piece = [UInt8](repeating: 0x61, count: 100_000)
        let house = try House(
            Self.streaming { writer in
                for _ in 0..<200 {
                    guard await writer.write(piece) else { return }
                    written.withLock { $0 += 1 }
                }
            })
        let peer = try await RawPeer.connect(to: try await house.open(), on: house.pool.loops[1])
        await peer.setReading(false)
        await peer.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        // Once the writer stands still it has been held back: 20 MB fit in no socket's buffer.
        var before = -1
        while true {
            let now = written.withLock { $0 }
            if now > 0, now == before { break }
            before = now
            await turn(house.pool.loops[0], times: 16_000)
        }
        #expect(before < 200)
        await peer.setReading(true)
        // Counted, not looked at one by one, which takes a sanitizer a minute.
        #expect(await peer.hearBytes().count > 20_000_000)
        #expect(written.withLock { $0 } == 200)
    }

    @Test func `who writes to nobody is told and cancelled`() async throws {
        let ended = AsyncStream<Bool>.makeStream()
        let house = try House(
            Self.streaming { writer in
                // Ends when the task is cancelled.
                let never = AsyncStream<Void> { _ in }
                for await _ in never {}
                ended.continuation.yield(await writer.write([1]))
            })
        let peer = try await RawPeer.connect(to: try await house.open(), on: house.pool.loops[0])
        await peer.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(await peer.hear("first\n") != nil)
        await peer.close()
        for await wasSent in ended.stream {
            #expect(!wasSent)
            break
        }
    }
}
