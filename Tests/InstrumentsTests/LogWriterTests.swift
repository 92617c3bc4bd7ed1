import Glibc
import Instruments
import Synchronization
import Testing

/// A sink whose reader can be stopped, as a stalled journal is.
private final class StubbornSink: SlowLogSink {
    private struct State {
        var isStalled = false
        var refuses = false
        var isHeld = false
        var lines: [LogLine] = []
    }

    private let state = Monitor(State())

    func write(_ line: SaidLine) -> Bool {
        state.withLock { $0.isHeld = $0.isStalled }
        state.ring()
        return state.wait { state -> Bool? in
            guard !state.isStalled else { return nil }
            guard !state.refuses else { return false }
            state.lines.append(line.line)
            return true
        } ?? false
    }

    func stall(_ isStalled: Bool) {
        state.withLock { $0.isStalled = isStalled }
        state.ring()
    }

    func refuse(_ refuses: Bool) { state.withLock { $0.refuses = refuses } }

    /// Returns once the writer's thread hangs in `write`.
    func waitUntilHeld() { _ = state.wait { $0.isHeld ? true : nil } }

    var lines: [LogLine] { state.withLock { $0.lines } }
}

private let patience = Duration.seconds(30)

@Suite struct LogWriterTests {
    private func line(_ number: Int, _ level: LogLevel = .info) -> LogLine {
        LogLine(level: level, text: "line", event: "test", fields: [LogField("N", "\(number)")])
    }

    @Test func `lines arrive in the order they were said`() {
        let sink = StubbornSink()
        let writer = LogWriter(to: sink)
        for number in 0..<500 { writer.write(line(number)) }
        #expect(writer.flush(timeout: patience))
        #expect(sink.lines == (0..<500).map { line($0) })
        #expect(writer.dropped == 0)
    }

    @Test func `a stalled sink holds nobody up and what was dropped is said in its place`() {
        let sink = StubbornSink()
        let writer = LogWriter(to: sink, limits: .init(linesMax: 80))
        sink.stall(true)
        writer.write(line(0))
        sink.waitUntilHeld()
        for number in 1...1_000 { writer.write(line(number)) }
        #expect(!writer.flush(timeout: .zero))
        #expect(writer.dropped == 930)
        sink.stall(false)
        #expect(writer.flush(timeout: patience))
        writer.write(line(1_001))
        #expect(writer.flush(timeout: patience))
        let said = sink.lines
        #expect(said.count == 73)
        #expect(said.prefix(71) == (0...70).map { line($0) }[...])
        #expect(said[71].event == "log.dropped")
        #expect(said[71].level == .warning)
        #expect(said[71].fields == [LogField("DROPPED", "930")])
        #expect(said[72] == line(1_001))
    }

    @Test func `notices and worse still find room when chatter has filled the queue`() {
        let sink = StubbornSink()
        let writer = LogWriter(to: sink, limits: .init(linesMax: 80))
        sink.stall(true)
        writer.write(line(0))
        sink.waitUntilHeld()
        for number in 1...100 { writer.write(line(number)) }
        for number in 1...20 { writer.write(line(number, .notice)) }
        sink.stall(false)
        #expect(writer.flush(timeout: patience))
        #expect(sink.lines.filter { $0.level == .notice }.count == 10)
        #expect(writer.dropped == 30 + 10)
    }

    @Test func `the bytes that wait are bounded too`() {
        let sink = StubbornSink()
        let writer = LogWriter(to: sink, limits: .init(bytesMax: 10_000))
        sink.stall(true)
        writer.write(line(0))
        sink.waitUntilHeld()
        let long = LogLine(
            level: .error, text: String(repeating: "x", count: 996), event: "test", fields: [])
        for _ in 0..<20 { writer.write(long) }
        #expect(writer.dropped == 10)
        sink.stall(false)
        #expect(writer.flush(timeout: patience))
    }

    @Test func `lines a sink refuses are counted and said when it takes lines again`() {
        let sink = StubbornSink()
        let writer = LogWriter(to: sink)
        sink.refuse(true)
        for number in 0..<3 { writer.write(line(number)) }
        #expect(writer.flush(timeout: patience))
        #expect(writer.dropped == 3)
        sink.refuse(false)
        writer.write(line(3))
        #expect(writer.flush(timeout: patience))
        writer.write(line(4))
        #expect(writer.flush(timeout: patience))
        #expect(sink.lines.map(\.event) == ["test", "log.dropped", "test"])
        #expect(sink.lines[1].fields == [LogField("DROPPED", "3")])
    }

    @Test func `a closed writer still writes what it had taken`() {
        let sink = StubbornSink()
        let writer = LogWriter(to: sink)
        sink.stall(true)
        writer.write(line(1))
        writer.close()
        writer.write(line(2))
        sink.stall(false)
        #expect(writer.flush(timeout: patience))
        #expect(sink.lines.first == line(1))
        #expect(writer.dropped == 1)
    }

    @Test func `many threads may write at once and nothing is lost or doubled`() {
        let sink = StubbornSink()
        let writer = LogWriter(to: sink)
        let threads = (0..<4).compactMap { first in
            OwnThread("writer") {
                for number in 0..<250 { writer.write(line(first * 250 + number)) }
            }
        }
        threads.forEach { $0.join() }
        #expect(threads.count == 4)
        #expect(writer.flush(timeout: patience))
        let numbers = sink.lines.compactMap { Int($0.fields[0].value) }
        #expect(numbers.sorted() == Array(0..<1_000))
        for first in 0..<4 {
            let own = numbers.filter { $0 / 250 == first }
            #expect(own == own.sorted())
        }
    }
}

@Suite struct LogLimitsTests {
    @Test func `an ordinary line is left as it is`() {
        let line = LogLine(level: .info, text: "hello", event: "e", fields: [.agent("clara")])
        #expect(line.limited == line)
        #expect(line.bytes == 16)
    }

    @Test func `an enormous line is cut to its limits and says so`() {
        let line = LogLine(
            level: .info, text: String(repeating: "é", count: 100_000), event: "e",
            fields: (0..<100).map { number in
                LogField("F\(number)", String(repeating: "v", count: 500))
            })
        let cut: LogLine = line.limited
        #expect(cut.bytes <= LogLimits.lineBytesMax)
        #expect(cut.text.hasSuffix("é…"))
        #expect(cut.text.utf8.count <= LogLimits.textBytesKept + 3)
        #expect(cut.fields.count == LogLimits.fieldsKept)
        #expect(cut.fields[0].value == String(repeating: "v", count: 128) + "…")
    }

    @Test func `text in many bytes per character is cut between characters`() {
        let line = LogLine(
            level: .info, text: "a" + String(repeating: "😀", count: 10_000), event: "", fields: [])
        let cut = line.limited.text
        #expect(cut.dropLast().unicodeScalars.dropFirst().allSatisfy { $0 == "😀" })
        #expect(cut.last == "…")
    }
}
