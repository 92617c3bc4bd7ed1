import Instruments
import Testing

@Suite struct LogFollowerTests {
    private func line(_ number: Int) -> LogLine {
        LogLine(level: .info, text: "\(number)", event: "")
    }

    private func texts(_ batch: LogFollower.Batch?) -> [String]? { batch?.lines.map(\.line.text) }

    @Test func `a follower has the last lines, then every later one`() async {
        let ring = LogRing(linesMax: 3)
        for number in 1...5 { ring.write(line(number)) }
        let follower = ring.follow(last: 2)
        ring.write(line(6))
        #expect(texts(await follower.next()) == ["4", "5", "6"])
        ring.write(line(7))
        #expect(texts(await follower.next()) == ["7"])
        #expect(texts(await ring.follow(last: 9).next()) == ["5", "6", "7"])
    }

    @Test func `who reads too slowly is told how many lines are lost, and where`() async {
        let ring = LogRing()
        let follower = ring.follow(last: 0)
        for number in 1...LogFollower.waitingMax + 7 { ring.write(line(number)) }
        let batch = await follower.next()
        #expect(batch?.lines.count == LogFollower.waitingMax)
        #expect(batch?.lost == 7)
        ring.write(line(0))
        #expect(await follower.next()?.lost == 0)
    }

    @Test func `who has left hears no more`() async {
        let ring = LogRing()
        let follower = ring.follow(last: 0)
        ring.write(line(1))
        ring.leave(follower)
        ring.write(line(2))
        #expect(texts(await follower.next()) == ["1"])
    }

    @Test func `a reader that is cancelled does not wait for ever`() async {
        let follower = LogRing().follow(last: 0)
        let reader = Task { await follower.next() }
        reader.cancel()
        #expect(await reader.value == nil)
    }

    @Test func `a dial turns a log and all its copies`() {
        let sink = MemorySink()
        let dial = LogDial(.notice)
        let log = Log(to: sink, dial: dial)
        let copy = log.with(fields: [.callSID("CA1")])
        copy.info("a.b", "not said")
        dial.level = .info
        copy.info("a.b", "said")
        log.debug("a.b", "not said")
        #expect(sink.lines.map(\.text) == ["said"])
        #expect(log.threshold == .info)
    }
}
