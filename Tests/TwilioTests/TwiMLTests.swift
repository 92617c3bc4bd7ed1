import Testing

@testable import Twilio

struct TwiMLTests {
    private static let head = #"<?xml version="1.0" encoding="UTF-8"?>"#

    @Test func `a bridge is Connect and Stream with their callbacks and parameters`() throws {
        let document = TwiML(
            .connect(
                TwiML.Connect(
                    url: "wss://bridge.example.net/media",
                    action: "https://bridge.example.net/after?a=1&b=2",
                    statusCallback: "https://bridge.example.net/stream-status",
                    parameters: [
                        TwiML.Parameter("t", "a9f30c77"),
                        TwiML.Parameter("from", "+15550100001"),
                    ])))
        let expected = """
            <Response><Connect action="https://bridge.example.net/after?a=1&amp;b=2" method="POST">\
            <Stream url="wss://bridge.example.net/media" \
            statusCallback="https://bridge.example.net/stream-status" statusCallbackMethod="POST">\
            <Parameter name="t" value="a9f30c77"/><Parameter name="from" value="+15550100001"/>\
            </Stream></Connect></Response>
            """
        #expect(try document.text() == Self.head + expected)
    }

    @Test func `every verb is written as Twilio spells it`() throws {
        var gather = TwiML.Gather(.say(TwiML.Say("Taste?", language: "de-DE")), action: "/keys")
        gather.input = .both
        gather.digitsMax = 1
        gather.finishOnKey = ""
        gather.language = "de-DE"
        gather.asksWhenEmpty = true
        let document = TwiML(
            .say(TwiML.Say("Hello", language: "en-GB", voice: "Polly.Amy")),
            .play(url: "https://media.example.net/a.wav"), .play(url: "/b.mp3", loop: 0),
            .playDigits("1w2#"), .pause(seconds: 2), .gather(gather), .redirect(url: "/next"),
            .hangup)
        let expected = """
            <Response><Say language="en-GB" voice="Polly.Amy">Hello</Say>\
            <Play>https://media.example.net/a.wav</Play><Play loop="0">/b.mp3</Play>\
            <Play digits="1w2#"/><Pause length="2"/>\
            <Gather action="/keys" method="POST" input="dtmf speech" timeout="5" numDigits="1" \
            finishOnKey="" language="de-DE" actionOnEmptyResult="true">\
            <Say language="de-DE">Taste?</Say></Gather>\
            <Redirect method="POST">/next</Redirect><Hangup/></Response>
            """
        #expect(try document.text() == Self.head + expected)
        #expect(try TwiML().text() == Self.head + "<Response></Response>")
    }

    @Test func `a transfer dials numbers with a whisper, or a room`() throws {
        var number = TwiML.Number(
            PhoneNumber("+15550100020"), url: "https://h.example/whisper", digits: "ww1")
        number.statusCallback = "https://h.example/leg"
        number.statusEvents = ["answered", "completed"]
        var dial = TwiML.Dial(
            number, TwiML.Number(PhoneNumber("+15550100021")), action: "/dialled",
            timeoutSeconds: 20,
            callerID: PhoneNumber("+15550100006"))
        dial.limitSeconds = 600
        dial.answersOnBridge = true
        let expected = """
            <Response><Dial action="/dialled" method="POST" timeout="20" callerId="+15550100006" \
            timeLimit="600" answerOnBridge="true">\
            <Number url="https://h.example/whisper" sendDigits="ww1" \
            statusCallback="https://h.example/leg" statusCallbackEvent="answered completed">\
            +15550100020</Number><Number>+15550100021</Number></Dial></Response>
            """
        #expect(try TwiML(.dial(dial)).text() == Self.head + expected)
        #expect(!"\(dial)".contains("5550100"))
        dial.callerID = PhoneNumber("anonymous")
        #expect(try !TwiML(.dial(dial)).text().contains("callerId"))

        var room = TwiML.Conference("room-1")
        room.endsOnExit = true
        room.beeps = false
        room.waitURL = ""
        let meeting = """
            <Response><Dial><Conference startConferenceOnEnter="true" endConferenceOnExit="true" \
            beep="false" muted="false" waitUrl="">room-1</Conference></Dial></Response>
            """
        #expect(try TwiML(.dial(TwiML.Dial(room))).text() == Self.head + meeting)
    }

    @Test func `a caller's words cannot leave their place`() throws {
        let evil = "\"/><Dial>+1900</Dial>'&\u{0}\u{8}\n\u{E4}\u{1F600}\u{FFFF}"
        let text = try TwiML(.say(TwiML.Say(evil, voice: evil))).text()
        let escaped =
            "&quot;/&gt;&lt;Dial&gt;+1900&lt;/Dial&gt;&apos;&amp;&#xA;&#xE4;&#x1F600;"
        #expect(
            text == Self.head
                + "<Response><Say voice=\"\(escaped)\">\(escaped)</Say></Response>")
    }

    @Test func `what Twilio would refuse is refused here`() {
        func connect(_ url: String, _ parameters: [TwiML.Parameter] = []) -> TwiML {
            TwiML(.connect(TwiML.Connect(url: url, parameters: parameters)))
        }
        let long = TwiML.Parameter("name", String(repeating: "\u{E4}", count: 496))
        let fits = TwiML.Parameter("name", String(repeating: "\u{E4}", count: 495))
        #expect(throws: TwiMLFault.parameterTooLong(name: "name")) {
            try connect("wss://h.example/m", [long]).text()
        }
        #expect(throws: Never.self) { try connect("wss://h.example/m", [fits]).text() }
        #expect(throws: TwiMLFault.streamURL) { try connect("wss://h.example/m?t=1").text() }
        #expect(throws: TwiMLFault.streamURL) { try connect("https://h.example/m").text() }
        #expect(throws: TwiMLFault.nested) { try TwiML(.gather(TwiML.Gather(.hangup))).text() }
        #expect(throws: TwiMLFault.nobodyToDial) { try TwiML(.dial(TwiML.Dial())).text() }
        #expect(throws: TwiMLFault.nobodyToDial) {
            try TwiML(.dial(TwiML.Dial(TwiML.Number(PhoneNumber("anonymous"))))).text()
        }
        #expect(throws: TwiMLFault.nobodyToDial) {
            try TwiML(.dial(TwiML.Dial(TwiML.Conference("")))).text()
        }
    }

    @Test func `a document above its limit is refused with both figures`() throws {
        let envelope = try TwiML(.say(TwiML.Say(""))).text().utf8.count
        let fits = TwiML(.say(TwiML.Say(String(repeating: "a", count: 65_536 - envelope))))
        #expect(try fits.text().utf8.count == TwiML.documentBytesMax)
        let long = TwiML(.say(TwiML.Say(String(repeating: "a", count: 65_537 - envelope))))
        #expect(throws: TwiMLFault.tooLong(bytes: 65_537, limit: 65_536)) { try long.text() }
        #expect(throws: TwiMLFault.tooLong(bytes: 65_536, limit: 4_000)) {
            try fits.text(bytesMax: TwiML.inlineCharactersMax)
        }
    }
}
