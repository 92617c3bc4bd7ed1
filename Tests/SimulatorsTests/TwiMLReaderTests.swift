import Testing

@testable import Simulators

private func read(_ text: String, type: String? = "text/xml") throws -> TwiMLScript {
    try TwiMLReader.read(Array(text.utf8), contentType: type)
}

private func code(_ text: String, type: String? = "text/xml") -> Int? {
    do {
        _ = try read(text, type: type)
        return nil
    } catch let entry as DebuggerEntry {
        return entry.code
    } catch {
        return -1
    }
}

struct TwiMLReaderTests {
    @Test func `a stream with parameters is read as the documentation shows it`() throws {
        let script = try read(
            """
            <?xml version="1.0" encoding="UTF-8"?>
            <!-- the bridge -->
            <Response>
              <Connect action="https://bridge.example.net/after" method="POST">
                <Stream url="wss://bridge.example.net/media" name='main'
                        statusCallback="https://bridge.example.net/status">
                  <Parameter name="t" value="4f1c"/>
                  <Parameter name="from" value="a &amp; &#x3C;b&#62;"/>
                </Stream>
              </Connect>
              <Hangup/>
            </Response>
            """, type: "text/xml; charset=utf-8")
        #expect(script.entries == [])
        #expect(
            script.verbs == [
                .connect(
                    .init(
                        action: .init(url: "https://bridge.example.net/after", method: "POST"),
                        url: "wss://bridge.example.net/media", name: "main",
                        statusCallback: .init(
                            url: "https://bridge.example.net/status", method: "POST"),
                        parameters: [
                            .init(name: "t", value: "4f1c"),
                            .init(name: "from", value: "a & <b>"),
                        ], fault: nil)),
                .hangup,
            ])
    }

    @Test func `speech, music, pauses, dials and keys are read`() throws {
        let script = try read(
            """
            <Response>
            <Say language="de-DE" voice="Polly.Vicki">Guten <emphasis>Tag</emphasis>!</Say>
            <Play loop="0">https://example.net/a.wav</Play><Play digits="1w#"/><Pause length="3"/>
            <Gather numDigits="1" timeout="4" action="/keys"><Say>Press one.</Say></Gather>
            <Dial callerId="+15550100006" timeout="20" action="/done"><Number>+15550100020</Number>
            <Conference>room</Conference></Dial><Dial>+15550100021</Dial>
            <Redirect method="GET">/next</Redirect></Response>
            """)
        #expect(script.entries == [])
        #expect(script.verbs.count == 8)
        #expect(
            script.verbs[0]
                == .say(
                    .init(text: "Guten Tag!", voice: "Polly.Vicki", language: "de-DE", loops: 1)))
        #expect(script.verbs[2] == .playDigits("1w#"))
        #expect(script.verbs[7] == .redirect(.init(url: "/next", method: "GET")))
    }

    @Test(arguments: [
        (11770, ""), (12100, "hello"), (12100, "<Response>"), (12100, "<Response></Respons>"),
        (12100, "<Response><Say>a & b</Say></Response>"),
        (12100, "<Response><Say x=1>a</Say></Response>"),
        (12100, "<Response><Say x=\"1\" x=\"2\">a</Say></Response>"),
        (12100, "<Response/><Response/>"),
        (12100, "<!DOCTYPE x [<!ENTITY a \"b\">]><Response/>"),
        (12100, " <?xml version=\"1.0\"?><Response/>"),
        (12100, "<Response><!-- a -- b --></Response>"),
        (12100, "<Response>&#0;</Response>"), (12100, "<Response>&nbsp;</Response>"),
        (12101, "<?xml version=\"1.1\"?><Response/>"),
        (12102, "<response/>"), (12102, "<html></html>"),
    ])
    func `what Twilio cannot read has Twilio's number`(expected: Int, text: String) {
        #expect(code(text) == expected)
    }

    @Test func `type, size and encoding are minded`() {
        #expect(code("<Response/>", type: nil) == 12300)
        #expect(code("<Response/>", type: "application/json") == 12300)
        #expect(code("<Response/>", type: "Application/XML") == nil)
        #expect(code("<Response>" + String(repeating: " ", count: 66000) + "</Response>") == 11750)
        #expect(throws: DebuggerEntry.self) {
            try TwiMLReader.read([0x3C, 0x52, 0xFF, 0x2F, 0x3E], contentType: "text/xml")
        }
        let deep = String(repeating: "<a>", count: 40) + String(repeating: "</a>", count: 40)
        #expect(code(deep) == 12100)
    }

    @Test(arguments: [
        (31920, "wss://h.example/media?token=1"), (31922, "ws://h.example/media"),
        (31922, "https://h.example/media"), (31923, ""), (31923, "wss://"),
        (31923, "wss://h.example/m#rc=2"),
    ])
    func `a stream that cannot be opened is known before it is tried`(
        expected: Int, url: String
    ) throws {
        let script = try read("<Response><Connect><Stream url=\"\(url)\"/></Connect></Response>")
        guard case .connect(let connect) = script.verbs.first else {
            Issue.record("no connect")
            return
        }
        #expect(connect.fault?.code == expected)
    }

    @Test func `a plain socket to this machine is allowed in development only`() throws {
        let text = "<Response><Connect><Stream url=\"ws://127.0.0.1:3000/m\"/></Connect></Response>"
        for allows in [true, false] {
            let script = try TwiMLReader.read(
                Array(text.utf8), contentType: "text/xml", allowsLoopback: allows)
            guard case .connect(let connect) = script.verbs.first else { return }
            #expect((connect.fault == nil) == allows)
        }
    }

    @Test(arguments: [
        "<say>hello</say>", "<Connect><stream url=\"wss://h/m\"/></Connect>", "<Connect/>",
        "<Connect><Stream url=\"wss://h.example/m\"/><Stream url=\"wss://h.example/n\"/></Connect>",
        "<Hangup reason=\"x\"/>", "<Pause length=\"soon\"/>", "<Pause/><Reject/>", "stray",
        "<Play/>", "<Dial/>", "<Gather><Dial>+15550100020</Dial></Gather>",
        "<Redirect method=\"post\">/x</Redirect>",
        "<Connect><Stream url=\"wss://h.example/m\"><Parameter name=\"a\"/></Stream></Connect>",
        "<Connect><Stream url=\"wss://h.example/m\"><Parameter name=\"a\" value=\""
            + String(repeating: "x", count: 499) + "\"/></Stream></Connect>",
    ])
    func `deviations are warned of and the rest still runs`(verb: String) throws {
        let script = try read("<Response>\(verb)<Say>still here</Say></Response>")
        #expect(script.entries.map(\.code) == [12200])
        #expect(
            script.verbs.last
                == .say(.init(text: "still here", voice: nil, language: "en-US", loops: 1)))
    }

    @Test func `no bytes whatever bring the reader down`() {
        let whole = Array(
            #"""
            <?xml version="1.0"?><Response><Connect action='a'><Stream url="wss://h/m">
            <Parameter name="n" value="&amp;&#65;"/></Stream></Connect>
            <!-- c --><Say><![CDATA[x]]></Say></Response>
            """#
            .utf8)
        for seed in UInt64(1)...3000 {
            var random = SeededRandom(seed: seed)
            var bytes = whole
            for _ in 0..<Int.random(in: 1...6, using: &random) where !bytes.isEmpty {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: place)
                case 2: bytes = Array(bytes.prefix(place + 1))
                default: bytes.insert(contentsOf: bytes[place...].prefix(9), at: place)
                }
            }
            _ = try? TwiMLReader.read(bytes, contentType: "text/xml")
        }
    }
}
