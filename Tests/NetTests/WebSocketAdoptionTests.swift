import Glibc
import TestThreads
import Testing
import Wire

@testable import Net

@Suite(.ownThread, .timeLimit(.minutes(1)))
struct WebSocketAdoptionTests {
    @Test func `a successor goes on in the middle of a message`() async throws {
        let pair = try await WebSocketTests.Pair()
        let peer = try await WebSocketTests.upgraded(pair.house, pair.port)
        let server = try #require(await pair.ear())
        let whole = WebSocketTests.frame(.text, "half and half")
        await peer.send(WebSocketTests.frame(.text, "first") + whole.prefix(10))
        #expect(await server.next() == .text("first"))
        // The old owner goes without closing the connection, as a process that dies does.
        let handed = await server.act { socket -> (Int32, [UInt8])? in
            guard let socket = socket as? WebSocketConnection, let state = socket.snapshot else {
                return nil
            }
            defer { socket.abort() }
            return (dup(socket.descriptor), state)
        }
        let (descriptor, state) = try #require(handed)
        let machine = try #require(WebSocketMachine(snapshot: state))
        let loop = try #require(pair.house.pool.loops.first { $0 !== server.loop })
        let remains = StreamRemains(machine: machine, unread: [], unsent: [], isGuess: false)
        let heir = await Self.ear(descriptor, remains, nil, loop)
        await peer.send(Array(whole.dropFirst(10)))
        #expect(await heir.next() == .text("half and half"))
        #expect(await heir.say("and on"))
        #expect(await peer.hear("and on") != nil)
    }

    @Test func `an heir goes on where its page says, in the middle of a frame`() async throws {
        let pair = try await WebSocketTests.Pair()
        let peer = try await WebSocketTests.upgraded(pair.house, pair.port)
        let server = try #require(await pair.ear())
        let kept = await server.act { socket in
            (socket as? WebSocketConnection)?.keep(label: Array("who".utf8)) {}
        }
        let whole = WebSocketTests.frame(.text, "half and half")
        await peer.send(WebSocketTests.frame(.text, "first") + whole.prefix(10))
        #expect(await server.next() == .text("first"))
        #expect(await server.say("before"))
        #expect(await peer.hear("before") != nil)
        // As if the process were dead: nothing of it moves any more.
        await server.act { $0.handler = nil }
        await peer.send(Array(whole.dropFirst(10).prefix(2)))

        let (socket, memory) = try #require(kept)
        let page = try #require(StreamPage(opening: memory))
        #expect(page.label == Array("who".utf8))
        let remains = try page.recover(from: socket)
        #expect(!remains.isGuess)
        let loop = try #require(pair.house.pool.loops.first { $0 !== server.loop })
        let heir = await Self.ear(socket, remains, page, loop)
        await peer.send(Array(whole.dropFirst(12)))
        #expect(await heir.next() == .text("half and half"))
        #expect(await heir.say("and on"))
        #expect(await peer.hear("and on") != nil)
        close(memory)
    }

    @Test func `an heir goes on with a Unix socket, whose bytes nobody counts`() async throws {
        let house = try House(trusting: Authority.shared.file, Answers.echo())
        var ends: [Int32] = [0, 0]
        #expect(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
        let (ours, theirs) = (ends[0], ends[1])
        defer { close(theirs) }
        let fresh = StreamRemains(
            machine: WebSocketMachine(role: .server, messageBytesMax: 4_096), unread: [],
            unsent: [], isGuess: false)
        let first = await Self.ear(ours, fresh, nil, house.pool.loops[0])
        let kept = await first.act { socket in
            (socket as? WebSocketConnection)?.keep(label: [1]) {}
        }
        let (socket, memory) = try #require(kept)
        let whole = WebSocketTests.frame(.text, "half and half")
        Self.write(WebSocketTests.frame(.text, "first") + whole.prefix(10), to: theirs)
        #expect(await first.next() == .text("first"))
        #expect(await first.say("before"))
        await first.act { $0.handler = nil }

        let page = try #require(StreamPage(opening: memory))
        close(memory)
        let remains = try page.recover(from: socket)
        #expect(!remains.isGuess)
        let heir = await Self.ear(socket, remains, page, house.pool.loops[0])
        Self.write(Array(whole.dropFirst(10)), to: theirs)
        #expect(await heir.next() == .text("half and half"))
        #expect(await heir.say("and on"))
        var heard = [UInt8](repeating: 0, count: 64)
        #expect(read(theirs, &heard, heard.count) > 0)
        #expect(heard.prefix(2) == [0x81, 6])
    }

    private static func ear(
        _ descriptor: Int32, _ remains: StreamRemains, _ page: StreamPage?, _ loop: EventLoop
    ) async -> Ear {
        await withCheckedContinuation { continuation in
            WebSocketConnection.adopt(
                descriptor, remains, page: page, options: WebSocketOptions(), on: loop
            ) { socket in continuation.resume(returning: Ear(socket, loop)) }
        }
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) {
        #expect(Glibc.write(descriptor, bytes, bytes.count) == bytes.count)
    }

    @Test func `what cannot be handed over says so`() async throws {
        let house = try House(trusting: Authority.shared.file, Answers.echo())
        let port = try await house.open(tls: Authority.shared.server("good"))
        let ear = try await house.dial(port, scheme: "wss")
        let state = await ear.act { ($0 as? WebSocketConnection)?.snapshot }
        #expect(state == nil)
    }
}
