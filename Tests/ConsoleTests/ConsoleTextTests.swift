import Console
import Testing

@Suite struct DurationTextTests {
    @Test(arguments: [
        ("400ms", Duration.milliseconds(400)), ("2s", .seconds(2)), ("15m", .seconds(900)),
        ("4h", .seconds(14_400)), ("1d", .seconds(86_400)), ("1.5s", .milliseconds(1_500)),
        ("250us", .microseconds(250)), ("0s", .zero), ("0.25ms", .microseconds(250)),
        ("007s", .seconds(7)), ("36525d", .seconds(36_525 * 86_400)),
    ])
    func `a number with its unit is a duration`(text: String, duration: Duration) {
        #expect(Duration(written: text) == duration)
    }

    @Test(arguments: [
        "", "5", "s", "-1s", "+1s", " 1s", "1 s", "1S", "1sec", "1h30m", "1..5s", ".5s", "5.s",
        "1,5s", "1e3s", "36526d", "999999999d", "9999999999s", "١s", "1s ", "0x1s", "1.1.1s",
    ])
    func `anything else is none`(text: String) {
        #expect(Duration(written: text) == nil)
    }

    @Test(arguments: [
        (Duration.milliseconds(400), "400ms"), (.seconds(2), "2s"), (.seconds(90), "90s"),
        (.seconds(900), "15m"), (.seconds(14_400), "4h"), (.seconds(86_400), "24h"),
        (.zero, "0s"), (.microseconds(1_500), "1500us"),
        (.seconds(1_000_000) + .microseconds(1), "1000000000001us"),
    ])
    func `a duration is written in its largest whole unit`(duration: Duration, text: String) {
        #expect(duration.written == text)
        #expect(Duration(written: text) == duration)
    }

    @Test(arguments: [
        (Duration.zero, "0"), (.nanoseconds(7), "7.00 ns"), (.nanoseconds(312_400), "312 µs"),
        (.microseconds(1_944), "1.94 ms"), (.microseconds(9_996), "10.0 ms"),
        (.milliseconds(20_300), "20.3 s"), (.microseconds(999_600), "1.00 s"),
        (.milliseconds(1_005), "1.00 s"), (.seconds(4_000), "4000 s"),
        (.milliseconds(-15), "-15.0 ms"), (.microseconds(1_050), "1.05 ms"),
    ])
    func `a measurement has three digits`(duration: Duration, text: String) {
        #expect(duration.figure == text)
    }
}

@Suite struct TextTableTests {
    @Test func `columns stand under their heads`() {
        var table = TextTable(.left("what"), .right("p50"), .left("note"))
        table.add("added", "0.3 ms", "both ways")
        table.add("barge-in", "12 ms")
        #expect(
            table.text == """
                what         p50  note
                added     0.3 ms  both ways
                barge-in   12 ms

                """)
    }

    @Test func `a table without heads has none`() {
        var table = TextTable(.left(""), .left(""))
        table.add("a", "b", "too many")
        table.add(["ab"])
        #expect(table.text == "a   b\nab\n")
    }

    @Test func `cells cannot break the line or steer the terminal`() {
        var table = TextTable(.left("name"))
        table.add("a\nb\u{1B}[2Jc\u{202E}d")
        #expect(table.text == "name\na b [2Jc d\n")
    }

    @Test func `letters of several bytes are one column wide`() {
        var table = TextTable(.left("é"), .left("x"))
        table.add("ñandú", "1")
        table.add("o", "2")
        #expect(table.text == "é      x\nñandú  1\no      2\n")
    }
}

@Suite struct NearestNameTests {
    private let names = ["ELEVENLABS_API_KEY", "ELEVENLABS_AGENT_ID", "PORT", "HOST", "serve"]

    @Test(arguments: [
        ("ELEVENLABS_API_KY", "ELEVENLABS_API_KEY"), ("ELEVENLABS_APIKEY", "ELEVENLABS_API_KEY"),
        ("elevenlabs_api_key", "ELEVENLABS_API_KEY"), ("PROT", "PORT"), ("POTR", "PORT"),
        ("HOTS", "HOST"), ("sevre", "serve"), ("ELEVENLABS_AGENTID", "ELEVENLABS_AGENT_ID"),
    ])
    func `a slip of the finger is understood`(wrong: String, meant: String) {
        #expect(NearestName.to(wrong, among: names) == meant)
    }

    @Test(arguments: ["", "X", "DATABASE", "PO", String(repeating: "A", count: 10_000)])
    func `no guess is made from too little`(wrong: String) {
        #expect(NearestName.to(wrong, among: names) == nil)
    }
}

@Suite struct ExitCodeTests {
    @Test func `the numbers are those of sysexits`() {
        #expect(ExitCode.allCases.map(\.rawValue) == [0, 1, 64, 69, 70, 74, 78])
    }
}
