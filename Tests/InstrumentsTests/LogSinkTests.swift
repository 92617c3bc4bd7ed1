import Glibc
import Instruments
import Testing

private struct FixedTime: TimeSource {
    var now: Duration { .zero }
    var wallClock: Duration { .seconds(1_772_446_500) + .milliseconds(120) }
}

@Suite struct LogSinkTests {
    private func said(
        _ text: String, _ level: LogLevel = .notice, event: String = "", _ fields: LogField...
    ) -> SaidLine {
        let line = LogLine(level: level, text: text, event: event, fields: fields)
        return SaidLine(line, at: FixedTime().wallClock)
    }

    @Test func `a line reads time, level, sentence, fields`() {
        let line = said("Call ended", event: "call.ended", .callSID("CA1"), .reason("caller left"))
        #expect(
            LineFormat().text(of: line)
                == "2026-03-02T10:15:00.120Z notice  Call ended"
                + "  EVENT=call.ended CALL_SID=CA1 REASON=\"caller left\"")
    }

    @Test func `a line without fields ends with its sentence`() {
        #expect(
            LineFormat().text(of: said("Ready", .info)) == "2026-03-02T10:15:00.120Z info    Ready")
    }

    @Test func `colour is only for those who asked`() {
        let plain = LineFormat(isColoured: false).text(of: said("Ready", .error, .agent("a")))
        let colour = LineFormat(isColoured: true).text(of: said("Ready", .error, .agent("a")))
        #expect(!plain.contains("\u{1B}"))
        #expect(colour.contains("\u{1B}[1;31merror  \u{1B}[0m"))
    }

    @Test(arguments: [
        ("two\nlines", "two\\nlines"), ("bell\u{7}", "bell\\u{7}"),
        ("esc\u{1B}[2J", "esc\\u{1b}[2J"), ("c1\u{9B}2J", "c1\\u{9b}2J"),
        ("turned\u{202E}txt", "turned\\u{202e}txt"), ("zoë 😀", "zoë 😀"),
    ])
    func `nothing a peer sent can forge a line or steer the terminal`(raw: String, shown: String) {
        #expect(LineFormat().text(of: said(raw)).hasSuffix(" " + shown))
        let field = LineFormat().text(of: said("x", .info, LogField("F", raw)))
        #expect(!field.contains { $0 == "\n" || $0 == "\u{1B}" || $0 == "\u{7}" })
    }

    @Test func `values with spaces or quotes are quoted`() {
        let line = LineFormat().text(
            of: said("x", .info, LogField("A", "say \"hi\""), LogField("B", "")))
        #expect(line.hasSuffix("A=\"say \\\"hi\\\"\" B=\"\""))
    }

    @Test func `standard error gets one whole line each`() throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        defer { ends.forEach { close($0) } }
        let sink = StandardErrorSink(descriptor: ends[1])
        #expect(sink.write(said("first", .info)))
        #expect(sink.write(said("second", .info)))
        var bytes = [UInt8](repeating: 0, count: 1_000)
        let count = read(ends[0], &bytes, bytes.count)
        let text = String(decoding: bytes[..<max(0, count)], as: UTF8.self)
        #expect(
            text == "2026-03-02T10:15:00.120Z info    first\n"
                + "2026-03-02T10:15:00.120Z info    second\n")
    }

    @Test func `a descriptor that is gone is a lost line`() {
        #expect(!StandardErrorSink(descriptor: -1).write(said("x")))
    }

    @Test func `the ring keeps the newest lines in order`() async {
        let ring = LogRing(linesMax: 3, time: FixedTime())
        let log = Log(to: ring)
        for number in 1...5 { log.write(.info, "n", verbatim: "\(number)") }
        for (count, texts) in [(10, ["3", "4", "5"]), (2, ["4", "5"])] {
            let lines = await ring.follow(last: count).next()?.lines
            #expect(lines?.map(\.line.text) == texts)
            #expect(lines?.first?.at == FixedTime().wallClock)
        }
        for none in [0, -1] {
            let follower = ring.follow(last: none)
            log.info("n", "6")
            #expect(await follower.next()?.lines.map(\.line.text) == ["6"])
        }
    }

    @Test func `a tee says a line to everybody`() {
        let (one, two) = (MemorySink(), MemorySink())
        let log = Log(to: LogTee(one, two), threshold: .notice).with(fields: [.callSID("CA1")])
        log.notice("call.began", "Call began", .agent("clara"))
        log.info("quiet", "Not worth it")
        #expect(one.lines == two.lines)
        #expect(one.lines(of: "call.began").map(\.text) == ["Call began"])
        #expect(one.lines.map(\.fields) == [[.callSID("CA1"), .agent("clara")]])
    }
}

@Suite struct UTCTimeTests {
    @Test(arguments: [
        (Duration.zero, "1970-01-01T00:00:00.000Z"),
        (.seconds(951_782_400), "2000-02-29T00:00:00.000Z"),
        (.milliseconds(4_102_444_799_999), "2099-12-31T23:59:59.999Z"),
        (.milliseconds(-1), "1969-12-31T23:59:59.999Z"),
        (.milliseconds(-1_000), "1969-12-31T23:59:59.000Z"),
    ])
    func `moments have their date`(moment: Duration, text: String) {
        #expect(UTCTime(moment).description == text)
    }
}
