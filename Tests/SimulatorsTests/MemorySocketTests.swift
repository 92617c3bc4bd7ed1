import Synchronization
import Testing
import Wire

@testable import Simulators

/// Writes down what one end of a socket hears.
final class Listener: MessageSocketHandler {
    private let words = Mutex<[String]>([])
    var heard: [String] { words.withLock { $0 } }
    private func note(_ word: String) { words.withLock { $0.append(word) } }

    func received(text: RawSpan, on socket: any MessageSocket) {
        note(text.withUnsafeBytes { String(decoding: $0, as: UTF8.self) })
    }
    func received(binary: RawSpan, on socket: any MessageSocket) {
        note("\(binary.byteCount) bytes")
    }
    func ponged(roundTrip: Duration, on socket: any MessageSocket) {
        note("pong after \(roundTrip.milliseconds) ms")
    }
    func drained(_ socket: any MessageSocket) { note("drained") }
    func closed(_ closure: SocketClosure, on socket: any MessageSocket) {
        note("closed \(closure.cause) \(closure.code)")
    }
}

extension MessageSocket {
    func say(_ text: String) { sendText(capacity: text.utf8.count) { $0.append(text) } }
}

struct MemorySocketTests {
    private let loop = SimulatedLoop(order: .drawn(SeededRandom(seed: 11)))
    private let ear = Listener()

    @Test func `messages wait for a handler and arrive whole, in order, after the delay`() {
        var weather = LineConditions()
        weather.delay = .milliseconds(30)
        weather.jitter = .milliseconds(50)
        let (a, b) = MemorySocket.pair(on: loop, there: weather)
        defer { a.letGo() }
        for index in 0..<50 { a.say("\(index)") }
        loop.run(for: .seconds(1))
        b.handler = ear
        #expect(ear.heard == [])
        loop.settle()
        #expect(ear.heard == (0..<50).map(String.init))
        a.say("late")
        loop.run(for: .milliseconds(29))
        #expect(ear.heard.count == 50)
        loop.run(for: .milliseconds(60))
        #expect(ear.heard.last == "late")
    }

    @Test func `a close is agreed on and each side hears of it once`() {
        let (a, b) = MemorySocket.pair(on: loop)
        defer { a.letGo() }
        let other = Listener()
        a.handler = other
        b.handler = ear
        a.say("last words")
        a.close(code: 1000, reason: "done")
        #expect(!a.isOpen)
        loop.run(for: .seconds(10))
        #expect(ear.heard == ["last words", "closed peer 1000"])
        #expect(other.heard == ["closed us 1000"])
        #expect(!b.isOpen)
    }

    @Test func `a broken line is a loss for both`() {
        var weather = LineConditions()
        weather.breaksAfter = .seconds(3)
        let (a, b) = MemorySocket.pair(on: loop, there: weather)
        defer { a.letGo() }
        let other = Listener()
        a.handler = other
        b.handler = ear
        loop.run(for: .seconds(5))
        #expect(ear.heard == ["closed lost 1006"])
        #expect(other.heard == ["closed lost 1006"])
    }

    @Test func `a silent line swallows everything and our close gives up waiting`() {
        var weather = LineConditions()
        weather.silentAfter = .seconds(1)
        let (a, b) = MemorySocket.pair(on: loop, there: weather)
        defer { a.letGo() }
        let other = Listener()
        a.handler = other
        b.handler = ear
        loop.run(for: .seconds(2))
        a.say("nobody hears this")
        a.close(code: 1000, reason: "")
        loop.run(for: .seconds(10))
        #expect(ear.heard == [])
        #expect(other.heard == ["closed us 1006"])
    }

    @Test func `a reader that pauses fills its sender's queue, and its return drains it`() {
        let (a, b) = MemorySocket.pair(on: loop, queueBytesMax: 20_000)
        defer { a.letGo() }
        let other = Listener()
        a.handler = other
        b.handler = ear
        b.isReadingPaused = true
        let block = String(repeating: "x", count: 1000)
        for _ in 0..<100 { a.say(block) }
        loop.run(for: .seconds(1))
        #expect(a.refusedMessages == 100 - (MemorySocket.windowBytes + 20_000) / 1000)
        #expect(a.queuedBytes > 10_000)
        b.isReadingPaused = false
        loop.run(for: .seconds(1))
        #expect(other.heard == ["drained"])
        #expect(ear.heard.count == 100 - a.refusedMessages)
    }

    @Test func `an abort reaches the other side as a loss`() {
        let (a, b) = MemorySocket.pair(on: loop)
        defer { a.letGo() }
        let other = Listener()
        a.handler = other
        b.handler = ear
        a.abort()
        loop.run(for: .seconds(1))
        #expect(ear.heard == ["closed lost 1006"])
        #expect(other.heard == ["closed us 1006"])
    }

    @Test func `a ping tells the round trip`() {
        var weather = LineConditions()
        weather.delay = .milliseconds(40)
        let (a, b) = MemorySocket.pair(on: loop, there: weather, back: weather)
        defer { a.letGo() }
        a.handler = ear
        b.handler = Listener()
        a.ping()
        loop.run(for: .seconds(1))
        #expect(ear.heard == ["pong after 80 ms"])
    }

    @Test func `a socket that moves takes its unread messages along`() {
        let (a, b) = MemorySocket.pair(on: loop)
        defer { a.letGo() }
        b.handler = Listener()
        let target = loop
        let newEar = ear
        b.move(to: target) { $0.handler = newEar }
        a.say("hello")
        loop.run(for: .seconds(1))
        #expect(ear.heard == ["hello"])
    }
}
