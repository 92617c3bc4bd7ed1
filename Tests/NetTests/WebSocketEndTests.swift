import TestThreads
import Testing
import Wire

@testable import Net

@Suite(.ownThread, .timeLimit(.minutes(1)))
struct WebSocketEndTests {
    typealias Pair = WebSocketTests.Pair

    @Test func `who closes says why, and the other hears it`() async throws {
        let pair = try await Pair()
        let client = try await pair.house.dial(pair.port)
        let server = try #require(await pair.ear())
        await client.act { $0.close(code: 4001, reason: "enough") }
        #expect(
            await server.next()
                == .closed(SocketClosure(cause: .peer, code: 4001, reason: "enough")))
        #expect(
            await client.next() == .closed(SocketClosure(cause: .us, code: 4001, reason: "enough"))
        )
        #expect(await server.act { $0.isOpen } == false)
        #expect(await client.say("too late") == false)
    }

    @Test func `a server closes too, and sends what it had queued first`() async throws {
        let pair = try await Pair()
        let client = try await pair.house.dial(pair.port)
        let server = try #require(await pair.ear())
        await client.act { $0.isReadingPaused = true }
        let text = String(repeating: "y", count: 100_000)
        let sent = await server.act { socket in
            var sent = 0
            while socket.queuedBytes == 0, socket.sendText(capacity: 100_000, { $0.append(text) }) {
                sent += 1
            }
            socket.close(code: 1001, reason: "down")
            return sent
        }
        await client.act { $0.isReadingPaused = false }
        for _ in 0..<sent { #expect(await client.next() == .text(text)) }
        #expect(
            await client.next() == .closed(SocketClosure(cause: .peer, code: 1001, reason: "down")))
        #expect(
            await server.closure() == SocketClosure(cause: .us, code: 1001, reason: "down"))
    }

    @Test func `who has heard the other's goodbye keeps no descriptor`() async throws {
        // Whoever waited for more than the peer's end would wait for an hour.
        let patient = WebSocketOptions(closeTimeout: .seconds(3600))
        let pair = try await Pair(patient)
        let client = try await pair.house.dial(pair.port, options: patient)
        let server = try #require(await pair.ear())
        await server.act { $0.close(code: 1000, reason: "") }
        #expect(await client.closure()?.code == 1000)
        #expect(await server.closure()?.code == 1000)
        while pair.house.server.openConnections > 0, !Task.isCancelled {
            await server.act { _ in }
        }
        #expect(pair.house.server.openConnections == 0)
    }

    @Test func `a peer that never answers a close is dropped`() async throws {
        let pair = try await Pair(WebSocketOptions(closeTimeout: .milliseconds(30)))
        let peer = try await WebSocketTests.upgraded(pair.house, pair.port)
        let server = try #require(await pair.ear())
        await server.act { $0.close(code: 1000, reason: "") }
        #expect(
            await server.next()
                == .closed(
                    SocketClosure(cause: .us, code: 1006, reason: "no close frame came in time")))
        #expect(pair.house.faults.list.contains(.timedOut(.close)))
        _ = await peer.hearAll()
    }

    @Test func `an aborted socket is lost for the other side`() async throws {
        let pair = try await Pair()
        let client = try await pair.house.dial(pair.port)
        let server = try #require(await pair.ear())
        await server.act { $0.abort() }
        let ours = try #require(await server.closure())
        #expect(ours.cause == .us && ours.code == 1006)
        let theirs = try #require(await client.closure())
        #expect(theirs.cause == .lost && theirs.code == 1006)
    }

    @Test func `a peer that goes without a word is lost`() async throws {
        let pair = try await Pair()
        let peer = try await WebSocketTests.upgraded(pair.house, pair.port)
        let server = try #require(await pair.ear())
        await peer.close()
        let closure = try #require(await server.closure())
        #expect(closure.cause == .lost && closure.code == 1006)
    }

    @Test func `a half-open peer is noticed by its silence`() async throws {
        let pair = try await Pair(WebSocketOptions(pingEvery: .milliseconds(20)))
        let peer = try await WebSocketTests.upgraded(pair.house, pair.port)
        let server = try #require(await pair.ear())
        #expect(
            await server.next()
                == .closed(SocketClosure(cause: .lost, code: 1006, reason: "no answer to a ping")))
        #expect(pair.house.faults.list.contains(.timedOut(.pong)))
        _ = await peer.hearAll()
    }

    @Test func `a peer that answers pings is kept`() async throws {
        let pair = try await Pair(WebSocketOptions(pingEvery: .seconds(2)))
        let client = try await pair.house.dial(pair.port)
        let server = try #require(await pair.ear())
        #expect(await server.next() == .ponged)
        await client.act { $0.close(code: 1000, reason: "") }
        #expect(await server.closure()?.cause == .peer)
    }

    @Test(
        arguments: [
            // Not masked; a reserved bit; a control frame in fragments; a text that is no UTF-8.
            ([0x81, 0x01, 0x61], 1002), ([0xC1, 0x80, 0, 0, 0, 0], 1002),
            ([0x09, 0x80, 0, 0, 0, 0], 1002), ([0x81, 0x81, 0, 0, 0, 0, 0xFF], 1007),
            // A message that is declared larger than the limit.
            ([0x82, 0xFE, 0x10, 0x00, 0, 0, 0, 0], 1009),
        ] as [([UInt8], UInt16)])
    func `a peer that breaks the protocol is told how`(_ bytes: [UInt8], _ code: UInt16)
        async throws
    {
        let pair = try await Pair(WebSocketOptions(messageBytesMax: 1000))
        let peer = try await WebSocketTests.upgraded(pair.house, pair.port)
        let server = try #require(await pair.ear())
        await peer.send(bytes)
        let closure = try #require(await server.closure())
        #expect(closure.cause == .violation && closure.code == code)
        let fault = NetFault.protocolViolation(code: code, reason: closure.reason)
        #expect(pair.house.faults.list.contains(fault))
        // A close frame with the code, then the end.
        let said = await peer.hearBytes()
        #expect(said.first == 0x88)
        #expect(said.dropFirst(2).prefix(2).elementsEqual([UInt8(code >> 8), UInt8(code & 0xFF)]))
    }

    @Test func `sockets end with their loop, and nothing of them is left`() async throws {
        weak var socket: WebSocketConnection?
        var ear: Ear?
        do {
            let pair = try await Pair()
            let client = try await pair.house.dial(pair.port)
            _ = await pair.ear()
            socket = client.socket as? WebSocketConnection
            #expect(socket != nil)
            ear = client
            pair.house.pool.stop()
        }
        let closure = await ear?.closure()
        #expect(closure?.cause == .lost)
        ear = nil
        #expect(socket == nil)
    }
}
