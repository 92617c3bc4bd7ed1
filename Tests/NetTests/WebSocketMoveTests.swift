import Foundation
import TestThreads
import Testing
import Wire

@testable import Net

@Suite(.ownThread, .timeLimit(.minutes(1)))
struct WebSocketMoveTests {
    /// Echoes, and moves its socket to the other loop at every `every`th message.
    final class Wanderer: MessageSocketHandler {
        private let loops: [EventLoop]
        private let every: Int
        private let count: Int

        init(_ loops: [EventLoop], every: Int, count: Int = 0) {
            self.loops = loops
            self.every = every
            self.count = count
        }

        func received(text: RawSpan, on socket: any MessageSocket) {
            socket.sendText(capacity: text.byteCount) { $0.append(text) }
            let next = Wanderer(loops, every: every, count: count + 1)
            guard next.count % every == 0 else {
                socket.handler = next
                return
            }
            guard let target = loops.first(where: { !$0.isCurrent }) else { return }
            socket.move(to: target) { arrived in
                target.checkIsolated()
                arrived.handler = next
            }
        }

        func closed(_ closure: SocketClosure, on socket: any MessageSocket) {}
    }

    @Test(arguments: [false, true])
    func `a socket moves between loops under traffic and loses nothing`(_ secure: Bool)
        async throws
    {
        let loops = Guarded<[EventLoop]>([])
        let house = try House(
            trusting: Authority.shared.file,
            Answers.sockets { $0.handler = Wanderer(loops.withLock { $0 }, every: 3) })
        loops.withLock { $0 = house.pool.loops }
        let port = try await house.open(tls: secure ? Authority.shared.server("good") : nil)
        let ear = try await house.dial(port, scheme: secure ? "wss" : "ws")
        let count = 600
        for number in 0..<count {
            // In bursts, so that bytes are unread when the socket moves.
            await ear.act { socket in
                for part in 0..<4 {
                    let text = "\(number).\(part)"
                    socket.sendText(capacity: text.utf8.count) { $0.append(text) }
                }
            }
        }
        for number in 0..<count {
            for part in 0..<4 { #expect(await ear.next() == .text("\(number).\(part)")) }
        }
    }

    @Test func `a socket that is lost while it moves says so where it arrives`() async throws {
        let pair = try await WebSocketTests.Pair()
        let client = try await pair.house.dial(pair.port)
        let server = try #require(await pair.ear())
        let loops = pair.house.pool.loops
        let target = try #require(loops.first { $0 !== server.loop })
        // Paused, so that the loss is not heard before the move.
        await server.act { $0.isReadingPaused = true }
        await client.act { $0.abort() }
        let arrived = await withCheckedContinuation { continuation in
            server.loop.run {
                server.socket.move(to: target) { socket in
                    socket.isReadingPaused = false
                    continuation.resume(returning: Ear(socket, target))
                }
            }
        }
        let closure = try #require(await arrived.closure())
        #expect(closure.cause == .lost)
    }

    @Test func `a closing handshake goes on where the socket arrives`() async throws {
        let pair = try await WebSocketTests.Pair()
        let client = try await pair.house.dial(pair.port)
        let server = try #require(await pair.ear())
        let target = try #require(pair.house.pool.loops.first { $0 !== server.loop })
        let arrived = await withCheckedContinuation { continuation in
            server.loop.run {
                server.socket.close(code: 4002, reason: "moved")
                server.socket.move(to: target) { socket in
                    continuation.resume(returning: Ear(socket, target))
                }
            }
        }
        #expect(await client.closure()?.code == 4002)
        #expect(
            await arrived.closure() == SocketClosure(cause: .us, code: 4002, reason: "moved"))
    }

    @Test func `a failure that is found while a socket moves is told where it arrives`()
        async throws
    {
        let pair = try await WebSocketTests.Pair()
        let client = try await pair.house.dial(pair.port)
        let server = try #require(await pair.ear())
        let target = try #require(pair.house.pool.loops.first { $0 !== server.loop })
        await server.act { $0.isReadingPaused = true }
        await client.act { $0.abort() }
        let closedAtTarget = Guarded<Bool?>(nil)
        let (gate, holding) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let arrived = await withCheckedContinuation { continuation in
            server.loop.run {
                guard let socket = server.socket as? WebSocketConnection else { return }
                // The kernel hears of the reset before it is asked to send.
                [0].withUnsafeBytes { while socket.connection.transmit($0) > 0 {} }
                socket.connection.whenClosed = { closedAtTarget.withLock { $0 = target.isCurrent } }
                // The new loop is held up until the old one has done all that was asked of it.
                target.run {
                    holding.signal()
                    gate.wait()
                }
                holding.wait()
                socket.connection.failure = nil
                socket.move(to: target) { continuation.resume(returning: Ear($0, target)) }
                socket.close(code: 1000, reason: "gone")
                server.loop.run { server.loop.run { gate.signal() } }
            }
        }
        _ = await arrived.closure()
        #expect(closedAtTarget.withLock { $0 } == true)
    }
}
