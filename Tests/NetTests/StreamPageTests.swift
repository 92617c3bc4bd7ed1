import Glibc
import Testing
import Wire

@testable import Net

/// A process is killed after each step in turn; its page must always tell how to go on.
@Suite struct StreamPageTests {
    /// Twilio's side: what it sends, and how much of it the kernel handed out.
    private struct Peer {
        var bytes: [UInt8] = []
        var messages: [String] = []
        var dice: SystemRandomNumberGenerator

        init(messages count: Int) {
            dice = SystemRandomNumberGenerator()
            for number in 0..<count {
                let text = "\(number) " + String(repeating: "x", count: .random(in: 0...700))
                messages.append(text)
                let payload = Array(text.utf8)
                let mask = UInt32.random(in: .min ... .max)
                let cut = number % 5 == 0 ? payload.count / 2 : payload.count
                bytes += WebSocketFrame.bytes(
                    .text, payload: Array(payload[..<cut]), mask: mask,
                    isFinal: cut == payload.count)
                guard cut < payload.count else { continue }
                bytes += WebSocketFrame.bytes(
                    .continuation, payload: Array(payload[cut...]), mask: ~mask)
            }
        }
    }

    private static func page(_ counters: StreamCounters?) throws -> StreamPage {
        let made = try #require(
            StreamPage.make(label: [1, 2], messageBytesMax: 4_096, counters: counters))
        close(made.descriptor)
        return made.page
    }

    /// A page that was left as this one is now.
    private static func left(_ page: StreamPage) throws -> StreamPage {
        let copy = try Self.page(
            page.isCounted ? StreamCounters(received: 0, written: 0) : nil)
        copy.memory.copyMemory(from: page.memory, byteCount: StreamPage.bytes)
        return copy
    }

    private static func read(
        _ machine: inout WebSocketMachine, _ bytes: [UInt8], _ into: inout [String]
    ) {
        var bytes = bytes
        bytes.withUnsafeMutableBytes {
            machine.receive($0) { event in
                if case .text(let text) = event {
                    into.append(String(decoding: text, as: UTF8.self))
                }
                return true
            }
        }
    }

    @Test(arguments: [true, false])
    func `no byte that came is lost, whenever the process dies`(isCounted: Bool) throws {
        var peer = Peer(messages: 150)
        let start: UInt64 = 77
        let page = try Self.page(isCounted ? StreamCounters(received: start, written: 0) : nil)
        var machine = WebSocketMachine(role: .server, messageBytesMax: 4_096)
        var heard: [String] = []
        var taken = 0
        page.settle(machine)

        func die() throws {
            let page = try Self.left(page)
            let counters = StreamCounters(received: start + UInt64(taken), written: 0)
            var remains = try page.recover(isCounted ? counters : nil)
            var again: [String] = []
            Self.read(&remains.machine, remains.unread + Array(peer.bytes[taken...]), &again)
            let isSuffix = again == Array(peer.messages.suffix(again.count))
            #expect(isSuffix)
            #expect(again.count + heard.count >= peer.messages.count)
            #expect(remains.unread.count <= StreamPage.inboundBytes)
        }

        while taken < peer.bytes.count {
            let count = min(.random(in: 1...900, using: &peer.dice), peer.bytes.count - taken)
            let bytes = Array(peer.bytes[taken..<(taken + count)])
            page.willRead()
            try die()
            page.inbound.copyBytes(from: bytes)
            taken += count
            // Where the kernel counts nothing, it takes its note with the bytes.
            page.notedBytes = isCounted ? 0 : UInt32(count)
            try die()
            page.didRead(count)
            try die()
            Self.read(&machine, bytes, &heard)
            try die()
            page.settle(machine)
            try die()
        }
        #expect(heard.count == peer.messages.count)
    }

    @Test(arguments: [true, false])
    func `no frame is cut on its way out, whenever the process dies`(isCounted: Bool) throws {
        let start: UInt64 = 5
        let page = try Self.page(isCounted ? StreamCounters(received: 0, written: start) : nil)
        page.settle(WebSocketMachine(role: .server, messageBytesMax: 4_096))
        var all: [UInt8] = []
        var boundaries: Set<Int> = [0]
        var taken = 0
        var isWriting = false

        func die() throws {
            let page = try Self.left(page)
            let counters = StreamCounters(received: 0, written: start + UInt64(taken))
            let remains = try page.recover(isCounted ? counters : nil)
            // Nobody counted a write under way: then all of it counts as taken.
            let from = remains.isGuess ? all.count - remains.unsent.count : taken
            let isRight =
                Array(all[from..<min(from + remains.unsent.count, all.count)])
                == remains.unsent
            #expect(isRight)
            #expect(boundaries.contains(from + remains.unsent.count))
            #expect(!remains.isGuess || isWriting)
        }

        for number in 0..<400 {
            let frame = WebSocketFrame.bytes(
                .text, payload: Array(repeating: UInt8(number & 127), count: 100 + number),
                mask: nil)
            boundaries.insert(all.count + frame.count)
            all += frame
            frame.withUnsafeBytes { page.add($0) }
            try die()
            page.willWrite()
            isWriting = true
            try die()
            // Now and then the kernel is full; a Unix socket takes all or nothing.
            let waiting = all.count - taken
            let isFull = number % 3 == 0
            let isPart = isCounted && number % 7 > 0
            let count = isFull ? 0 : isPart ? .random(in: 0...waiting) : waiting
            taken += count
            try die()
            page.didWrite(count)
            isWriting = false
            if taken == all.count { page.drained() }
            try die()
        }
    }

    @Test func `more than a page holds is not sent, and cuts no frame`() throws {
        let page = try Self.page(StreamCounters(received: 0, written: 0))
        page.settle(WebSocketMachine(role: .server, messageBytesMax: 4_096))
        let frame = [UInt8](repeating: 7, count: 1_000)
        for _ in 0..<50 { frame.withUnsafeBytes { page.add($0) } }
        let few = try Self.left(page).recover(StreamCounters(received: 0, written: 500))
        #expect(few.unsent.count == 31_500)
        // Beyond what it holds nobody knows where a frame ends.
        #expect(throws: StreamRemainsFault.tooMuch) {
            try Self.left(page).recover(StreamCounters(received: 0, written: 40_500))
        }
        page.didWrite(50_000)
        page.drained()
        frame.withUnsafeBytes { page.add($0) }
        let next = try Self.left(page).recover(StreamCounters(received: 0, written: 50_400))
        #expect(next.unsent.count == 600)
    }

    @Test func `why a stream is not gone on with is told in words`() {
        let faults: [StreamRemainsFault] = [.unknown, .tooMuch, .damaged]
        #expect(faults.allSatisfy { "\($0)".contains(" ") })
    }

    @Test func `of a Unix socket the kernel itself notes what a read took`() throws {
        let page = try Self.page(nil)
        page.settle(WebSocketMachine(role: .server, messageBytesMax: 4_096))
        var ends: [Int32] = [0, 0]
        #expect(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
        let (ours, theirs) = (ends[0], ends[1])
        defer { close(ours) }
        for bytes in [[1, 2, 3], [4]] as [[UInt8]] {
            #expect(write(theirs, bytes, bytes.count) == bytes.count)
            page.willRead()
            #expect(try Self.left(page).recover(nil).unread.isEmpty)
            #expect(page.receive(from: ours) == bytes.count)
            // Nobody lived to say so.
            #expect(try Self.left(page).recover(nil).unread == bytes)
            page.didRead(bytes.count)
            #expect(try Self.left(page).recover(nil).unread == bytes)
            page.settle(WebSocketMachine(role: .server, messageBytesMax: 4_096))
        }
        _ = fcntl(ours, F_SETFL, O_NONBLOCK)
        page.willRead()
        #expect(page.receive(from: ours) == -1 && errno == EAGAIN)
        #expect(try Self.left(page).recover(nil).unread.isEmpty)
        close(theirs)
        #expect(page.receive(from: ours) == 0)
        #expect(try Self.left(page).recover(nil).unread.isEmpty)
        // More than there is room for.
        page.notedBytes = .max
        #expect(throws: StreamRemainsFault.damaged) { try Self.left(page).recover(nil) }
    }

    @Test func `a stream whose processes die is not adopted for ever`() throws {
        let page = try Self.page(nil)
        for second in 1...3 { #expect(page.noteAdoption(at: .seconds(second * 10))) }
        #expect(!page.noteAdoption(at: .seconds(69)))
        #expect(page.noteAdoption(at: .seconds(71)))
        #expect(!page.noteAdoption(at: .seconds(72)))
        #expect(page.adoptions == 4)
    }

    @Test func `what is no page is none`() throws {
        let name = "/tmp/callbridge-no-page-\(getpid())"
        let file = open(name, O_CREAT | O_RDWR, 0o600)
        defer { close(file) }
        unlink(name)
        ftruncate(file, StreamPage.bytes)
        #expect(StreamPage(opening: file) == nil)
        #expect(StreamPage(opening: -1) == nil)
    }
}
