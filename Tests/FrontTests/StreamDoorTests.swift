import Calls
import Instruments
import Switchboard
import Synchronization
import TestThreads
import Testing
import Twilio
import Wire

@testable import Front

@Suite(.ownThread) struct StreamDoorTests {
    private static let call = "CA00000000000000000000000000000001"
    private static let stream = "MZ00000000000000000000000000000001"

    /// A socket that remembers how it was closed.
    final class Ending: MessageSocket {
        private struct State {
            var handler: (any MessageSocketHandler)?
            var code: UInt16?
            var hasMoved = false
        }

        private let state = Mutex(State())
        private let arrives: Bool
        private let closing: @Sendable (UInt16) -> Void

        init(arrives: Bool = false, closing: @escaping @Sendable (UInt16) -> Void = { _ in }) {
            self.arrives = arrives
            self.closing = closing
        }

        var handler: (any MessageSocketHandler)? {
            get { state.withLock { $0.handler } }
            set { state.withLock { $0.handler = newValue } }
        }
        var code: UInt16? { state.withLock { $0.code } }
        var hasMoved: Bool { state.withLock { $0.hasMoved } }
        var isOpen: Bool { code == nil }
        var queuedBytes: Int { 0 }
        var refusedMessages: Int { 0 }
        var isReadingPaused: Bool {
            get { false }
            set {}
        }

        func sendText(capacity: Int, _ write: (inout MessageWriter) -> Void) -> Bool { true }
        func sendBinary(capacity: Int, _ write: (inout MessageWriter) -> Void) -> Bool { true }
        func ping() {}
        func close(code: UInt16, reason: String) {
            state.withLock { $0.code = code }
            closing(code)
        }
        func abort() {}
        func move(
            to loop: any SerialExecutor,
            then arrived: @escaping @Sendable (any MessageSocket) -> Void
        ) {
            state.withLock { $0.hasMoved = true }
            guard arrives, let loop = loop as? any Loop else { return }
            loop.run { arrived(self) }
        }

        func hear(_ text: String) {
            handler?.received(text: Array(text.utf8).span.bytes, on: self)
        }
    }

    private static func start(_ token: String, format: String) -> String {
        """
        {"event":"start","streamSid":"\(stream)","start":{"streamSid":"\(stream)",\
        "accountSid":"AC00000000000000000000000000000001","callSid":"\(call)",\
        "tracks":["inbound"],"mediaFormat":\(format),"customParameters":{"token":"\(token)"}}}
        """
    }

    private static let telephone = #"{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1}"#

    /// A door with a socket before it, the token that opens it, and what is counted there.
    private static func door(
        remembering memories: [CallMemory]? = nil
    ) async throws -> (Ending, String, FrontHouse, MetricBoard) {
        let board = MetricBoard()
        let house = try FrontHouse(board: board, memories: memories ?? [])
        if memories == nil { _ = await house.post("/api/twilio/voice", FrontHouse.voice) }
        let token = house.tickets.issue(
            for: try #require(CallSID(call)), wallClock: SystemTime().wallClock
        ).text
        let socket = Ending()
        let desk = house.desk
        let loop = house.loops.loops[0]
        await withCheckedContinuation { continuation in
            loop.run {
                StreamDoor.open(socket, on: loop, desk: desk, client: "192.0.2.1")
                continuation.resume()
            }
        }
        return (socket, token, house, board)
    }

    @Test func `an event nobody knows is counted, and the start behind it is taken`() async throws {
        let (socket, token, _, board) = try await Self.door()
        socket.hear(#"{"event":"connected","protocol":"Call","version":"1.0.0"}"#)
        socket.hear(#"{"event":"weather","weather":"fine"}"#)
        #expect(socket.isOpen)
        #expect(board.render().contains("callbridge_stream_surprises_total 1"))
        socket.hear(Self.start(token, format: Self.telephone))
        #expect(socket.hasMoved && socket.isOpen)
    }

    @Test func `who does not say which call it is does not stay`() async throws {
        let house = try FrontHouse(doorPatience: .milliseconds(1))
        let (codes, teller) = AsyncStream.makeStream(of: UInt16.self)
        let socket = Ending { teller.yield($0) }
        let desk = house.desk
        let loop = house.loops.loops[0]
        loop.run { StreamDoor.open(socket, on: loop, desk: desk, client: "192.0.2.1") }
        var closed = codes.makeAsyncIterator()
        let code = await closed.next()
        #expect(code == 1008)
        let lines = house.sink.lines(of: "stream.refused")
        #expect(lines.count == 1)
        #expect(lines.first?.fields.contains(LogField("PEER", "192.0.2.1")) == true)
    }

    @Test func `a stream that another process asked for finds its call, or nobody`() async throws {
        let now = SystemTime().wallClock
        let ticket = CallTicket(
            call: try #require(CallSID(Self.call)), session: "session_20260101_000000_00001",
            plan: CallPlan(), direction: .inbound, from: PhoneNumber("+15550100001"),
            to: PhoneNumber("+15550100002"))
        let memory = CallMemory(ticket: ticket, startedAt: now, rememberedAt: now)
        for memories in [[memory], []] {
            let (socket, token, house, board) = try await Self.door(remembering: memories)
            socket.hear(Self.start(token, format: Self.telephone))
            while socket.isOpen, !socket.hasMoved { await Task.yield() }
            #expect(socket.hasMoved == !memories.isEmpty)
            #expect(house.registry.active == memories.count)
            let refused = board.render().contains(#"streams_refused_total{cause="no_call"} 1"#)
            #expect(refused == memories.isEmpty)
        }
    }

    @Test func `a token that a process before this one took is refused`() async throws {
        let now = SystemTime().wallClock
        let sid = try #require(CallSID(Self.call))
        let ticket = CallTicket(
            call: sid, session: "session_20260101_000000_00001", plan: CallPlan(),
            direction: .inbound, from: PhoneNumber("+15550100001"),
            to: PhoneNumber("+15550100002"))
        let board = MetricBoard()
        let spent = TicketBook(key: Array("a key of at least 16 bytes".utf8))
            .issue(for: sid, wallClock: now)
        let house = try FrontHouse(
            board: board,
            memories: [
                CallMemory(
                    ticket: ticket, startedAt: now, rememberedAt: now, streams: [spent.nonce])
            ])
        let (codes, teller) = AsyncStream.makeStream(of: UInt16.self)
        let socket = Ending(arrives: true) { teller.yield($0) }
        let desk = house.desk
        let loop = house.loops.loops[0]
        let start = Self.start(spent.text, format: Self.telephone)
        loop.run {
            StreamDoor.open(socket, on: loop, desk: desk, client: "192.0.2.1")
            socket.hear(start)
        }
        var closed = codes.makeAsyncIterator()
        #expect(await closed.next() == 1008)
        #expect(board.render().contains(#"streams_refused_total{cause="token_replayed"} 1"#))
        #expect(house.registry.active == 1)
    }

    @Test func `media before the start is refused`() async throws {
        let (socket, _, _, board) = try await Self.door()
        socket.hear(
            #"{"event":"media","streamSid":"\#(Self.stream)","media":{"payload":"//8="}}"#)
        #expect(socket.code == 1008)
        #expect(board.render().contains(#"streams_refused_total{cause="early"} 1"#))
    }

    @Test(arguments: [
        #"{"encoding":"audio/x-l16","sampleRate":8000,"channels":1}"#,
        #"{"encoding":"audio/x-mulaw","sampleRate":16000,"channels":1}"#,
        #"{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":2}"#,
    ])
    func `what is no telephone audio is refused and said`(_ format: String) async throws {
        let (socket, token, house, board) = try await Self.door()
        socket.hear(Self.start(token, format: format))
        #expect(socket.code == 1003 && !socket.hasMoved)
        #expect(board.render().contains(#"streams_refused_total{cause="format"} 1"#))
        #expect(house.sink.lines(of: "stream.refused").count == 1)
    }
}
