import Glibc
import Instruments
import Testing

@testable import Systemd

private func said(_ text: String, _ fields: LogField..., at moment: Duration = .zero) -> SaidLine {
    SaidLine(LogLine(level: .notice, text: text, event: "call.ended", fields: fields), at: moment)
}

private func value(_ name: String, in entry: [UInt8]?) -> String? {
    entry.flatMap { fields(of: $0) }?.first { $0.name == name }?.value
}

@Suite struct JournalEntryTests {
    @Test func `an entry has the fields an operator looks for`() {
        let entry = JournalEntry(
            said("Call ended", .callSID("CA1"), .reason("caller left")), identifier: "callbridge",
            sentAt: .zero)
        #expect(
            String(decoding: entry.bytes, as: UTF8.self)
                == "MESSAGE=Call ended  REASON=\"caller left\"\nPRIORITY=5\nSYSLOG_IDENTIFIER=callbridge\n"
                + "EVENT=call.ended\nMESSAGE_ID=\(MessageCatalogue.id(of: "call.ended") ?? "")\n"
                + "CALL_SID=CA1\nREASON=caller left\n")
    }

    @Test func `a value with line ends cannot add a field`() {
        let entry = JournalEntry(
            said("one\nPRIORITY=0", .reason("a\n\nb")), identifier: "i", sentAt: .zero)
        let read = fields(of: entry.bytes)
        #expect(
            read?.map(\.name) == [
                "MESSAGE", "PRIORITY", "SYSLOG_IDENTIFIER", "EVENT", "MESSAGE_ID", "REASON",
            ])
        #expect(value("MESSAGE", in: entry.bytes) == "one\nPRIORITY=0  REASON=\"a\\n\\nb\"")
        #expect(value("PRIORITY", in: entry.bytes) == "5")
        #expect(value("REASON", in: entry.bytes) == "a\n\nb")
    }

    @Test func `a line that had to wait tells when it was said`() {
        let late = JournalEntry(said("x"), identifier: "i", sentAt: .milliseconds(1_001))
        let soon = JournalEntry(said("x"), identifier: "i", sentAt: .milliseconds(1_000))
        #expect(value("SYSLOG_TIMESTAMP", in: late.bytes) == "1970-01-01T00:00:00.000Z")
        #expect(value("SYSLOG_TIMESTAMP", in: soon.bytes) == nil)
    }

    @Test(arguments: [
        ("call.id", "CALL_ID"), ("CALL_SID", "CALL_SID"), ("_PID", "PID"), ("9lives", "LIVES"),
        ("turn-gap ms", "TURN_GAP_MS"), ("", "FIELD"), ("__", "FIELD"), ("é", "FIELD"),
        ("a=b\nc", "A_B_C"),
    ])
    func `every name becomes one that journald keeps`(name: String, kept: String) {
        #expect(JournalEntry.name(from: name) == kept)
    }

    @Test func `a name is never longer than journald allows`() {
        #expect(JournalEntry.name(from: String(repeating: "x", count: 200)).utf8.count == 64)
    }
}

@Suite struct JournalSinkTests {
    @Test func `a line arrives with its fields`() throws {
        let journal = try #require(DatagramReader())
        let sink = JournalSink(identifier: "callbridge", path: journal.path)
        let now = SystemTime().wallClock
        #expect(sink.write(said("Call ended", .callSID("CA1"), at: now)))
        let entry = journal.next()
        #expect(value("MESSAGE", in: entry) == "Call ended")
        #expect(value("CALL_SID", in: entry) == "CA1")
        #expect(value("SYSLOG_IDENTIFIER", in: entry) == "callbridge")
    }

    @Test func `the largest line the limits allow fits one datagram`() throws {
        let journal = try #require(DatagramReader())
        let sink = JournalSink(identifier: "callbridge", path: journal.path)
        let line = LogLine(
            level: .info, text: String(repeating: "x\n", count: LogLimits.lineBytesMax / 2),
            event: "", fields: [])
        #expect(line.limited == line)
        #expect(sink.write(SaidLine(line, at: .zero)))
        #expect(value("MESSAGE", in: journal.next()) == line.text)
    }

    @Test func `a journal that has been restarted is found again`() throws {
        let directory = try #require(TestDirectory())
        let path = directory.path + "/socket"
        let first = try #require(DatagramReader(path: path, in: directory))
        let sink = JournalSink(identifier: "i", path: path)
        #expect(sink.write(said("one")))
        first.die()
        unlink(path)
        let second = try #require(DatagramReader(path: path, in: directory))
        #expect(sink.write(said("two")))
        #expect(value("MESSAGE", in: second.next()) == "two")
    }

    @Test func `without a journal a line is lost, not waited for`() {
        let sink = JournalSink(identifier: "i", path: "/tmp/callbridge-no-such-journal/socket")
        #expect(!sink.write(said("one")))
        #expect(!JournalSink(identifier: "i", path: "relative").write(said("one")))
    }

    @Test func `a stalled journal holds no writer up, and the gap is said when it reads again`()
        throws
    {
        let journal = try #require(DatagramReader())
        let sink = JournalSink(identifier: "i", path: journal.path)
        let writer = LogWriter(to: sink, limits: .init(linesMax: 64))
        let log = Log(to: writer)
        let total = 5_000
        for number in 0..<total { log.info("n", "line", LogField("N", String(number))) }
        #expect(!writer.flush(timeout: .zero))
        let dropped = writer.dropped
        #expect(dropped > 0)

        var entries: [[UInt8]] = []
        var saidDropped = 0
        while saidDropped < dropped, let entry = journal.next() {
            saidDropped += value("DROPPED", in: entry).flatMap { Int($0) } ?? 0
            entries.append(entry)
        }
        #expect(saidDropped == dropped)
        let numbers = entries.compactMap { value("N", in: $0).flatMap { Int($0) } }
        #expect(numbers.count == total - dropped)
        #expect(numbers == numbers.sorted())
        #expect(writer.flush(timeout: .seconds(30)))
    }

    @Test func `the journal is used only when standard error is it`() throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        defer { ends.forEach { close($0) } }
        var status = stat()
        fstat(ends[1], &status)
        let stream = "\(status.st_dev):\(status.st_ino)"
        let isIt = Journal.isAvailable(
            environment: ["JOURNAL_STREAM": stream], descriptor: ends[1])
        #expect(isIt)
        #expect(!Journal.isAvailable(environment: [:], descriptor: ends[1]))
        for other in ["", "8:1", stream + "0", "junk"] {
            #expect(
                !Journal.isAvailable(environment: ["JOURNAL_STREAM": other], descriptor: ends[1]))
        }
        #expect(!Journal.isAvailable(environment: ["JOURNAL_STREAM": stream], descriptor: -1))
    }
}
