import TestDice
import Testing
import Wire

@testable import Twilio

/// A reading without pointers, to be compared.
enum Read: Equatable {
    case media(chunk: Int64, milliseconds: Int64, sequence: Int64, ours: Bool, payload: String)
    case message(TwilioMessage)
    case malformed(TwilioFault)

    init(_ bytes: [UInt8], stream: StreamSID?) {
        self.init(TwilioReading(bytes.span.bytes, stream: stream))
    }

    init(_ reading: TwilioReading) {
        switch reading {
        case .media(let media):
            let (seconds, attoseconds) = media.timestamp.components
            self = .media(
                chunk: media.chunk,
                milliseconds: seconds * 1_000 + attoseconds / 1_000_000_000_000_000,
                sequence: media.sequenceNumber, ours: media.isOurs,
                payload: media.base64.lend { String(decoding: $0, as: UTF8.self) })
        case .message(let message): self = .message(message)
        case .malformed(let fault): self = .malformed(fault)
        }
    }
}

enum Line {
    static let sid = "MZ00000000000000000000000000000001"
    static let stream = StreamSID(sid)
    static let connected = #"{"event":"connected","protocol":"Call","version":"1.0.0"}"#
    static let start = """
        {"event":"start","sequenceNumber":"1","start":{"accountSid":\
        "AC00000000000000000000000000000001","streamSid":"\(sid)",\
        "callSid":"CA00000000000000000000000000000001","tracks":["inbound"],\
        "mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1},\
        "customParameters":{"t":"a9f3","from":"+15550100001"}},"streamSid":"\(sid)"}
        """
    static let payload = String(repeating: "/", count: 213) + "w=="
    static let media = """
        {"event":"media","sequenceNumber":"2","media":{"track":"inbound","chunk":"1",\
        "timestamp":"155","payload":"\(payload)"},"streamSid":"\(sid)"}
        """
    static let dtmf = """
        {"event":"dtmf","streamSid":"\(sid)","sequenceNumber":"412",\
        "dtmf":{"track":"inbound_track","digit":"5"}}
        """
    static let mark = """
        {"event":"mark","sequenceNumber":"87","streamSid":"\(sid)","mark":{"name":"turn4/2"}}
        """
    static let stop = """
        {"event":"stop","sequenceNumber":"517","streamSid":"\(sid)",\
        "stop":{"accountSid":"AC00000000000000000000000000000001",\
        "callSid":"CA00000000000000000000000000000001"}}
        """
}

struct TwilioReadingTests {
    private static func read(_ text: String, stream: StreamSID? = Line.stream) -> Read {
        Read(Array(text.utf8), stream: stream)
    }

    private static let firstFrame = Read.media(
        chunk: 1, milliseconds: 155, sequence: 2, ours: true, payload: Line.payload)

    @Test func `of two bodies the first counts, whichever way it is read`() {
        if case .media = Self.read(#"{"media":{},"# + Line.media.dropFirst()) {
            Issue.record("the second one was taken")
        }
    }

    @Test func `a call is told from connected to stop`() throws {
        #expect(Self.read(Line.connected, stream: nil) == .message(.connected(version: "1.0.0")))
        let start = TwilioStart(
            account: try #require(AccountSID("AC00000000000000000000000000000001")),
            call: try #require(CallSID("CA00000000000000000000000000000001")),
            stream: try #require(Line.stream),
            parameters: ["t": "a9f3", "from": "+15550100001"])
        #expect(Self.read(Line.start, stream: nil) == .message(.start(start)))
        #expect(start.isTelephoneAudio)
        #expect(Self.read(Line.media) == Self.firstFrame)
        #expect(Self.read(Line.dtmf) == .message(.dtmf(digit: "5")))
        #expect(Self.read(Line.mark) == .message(.mark(name: "turn4/2")))
        #expect(Self.read(Line.stop) == .message(.stop(call: start.call)))
    }

    @Test(arguments: [
        """
        {"streamSid":"\(Line.sid)","media":{"payload":"\(Line.payload)","timestamp":"155",\
        "chunk":"1","track":"inbound"},"sequenceNumber":"2","event":"media"}
        """,
        """
         { "event" : "media" , "new" : [ {"a":null}, 1.5, true ], "sequenceNumber":"2",
        "media": { "payload" : "\(Line.payload)", "x":{}, "chunk":"1", "timestamp":"155" },
        "streamSid":"\(Line.sid)" }\n
        """,
        """
        {"event":"media","sequenceNumber":2,"media":{"chunk":1,"timestamp":155,\
        "payload":"\(Line.payload)"},"streamSid":"\(Line.sid)"}
        """,
        """
        {"event":"media","sequenceNumber":"2","media":{"chunk":"1","timestamp":"155","payload":"\
        \(Line.payload.replacing("/", with: "\\/").replacing("=", with: "\\u003d"))"},\
        "streamSid":"\(Line.sid)"}
        """,
        """
        {"\\u0065vent":"media","sequenceNumber":"2","media":{"chunk":"1","timestamp":"155",\
        "payload":"\(Line.payload)"},"streamSid":"\(Line.sid)"}
        """,
    ])
    func `order, blanks, unknown keys, plain numbers and escapes do not matter`(_ text: String) {
        #expect(Self.read(text) == Self.firstFrame)
    }

    @Test func `media of another stream says so`() {
        let other = StreamSID("MZ00000000000000000000000000000002")
        let bare = #"{"event":"media","media":{"payload":"/w=="}}"#
        for (text, stream, isOurs) in [
            (Line.media, other, false), (Line.media, nil, true), (bare, other, false),
            (bare, nil, true), (bare.replacing("/", with: "\\/"), other, false),
        ] {
            guard case .media(_, _, _, let ours, _) = Self.read(text, stream: stream) else {
                Issue.record("no media: \(text)")
                continue
            }
            #expect(ours == isOurs, "\(text)")
        }
        #expect(Self.read(Line.mark, stream: other) == .malformed(.wrongStream))
        #expect(Self.read(Line.stop, stream: other) == .malformed(.wrongStream))
    }

    @Test func `any length of audio is audio, and the other direction is told apart`() {
        for payload in ["AA==", "AAA=", "AAAA", String(repeating: "AAAA", count: 20_000)] {
            let text = Line.media.replacing(Line.payload, with: payload)
            guard case .media(_, _, _, _, let read) = Self.read(text) else {
                Issue.record("no media of \(payload.count)")
                continue
            }
            #expect(read == payload)
        }
        let outbound = Array(Line.media.replacing("\"inbound\"", with: "\"outbound\"").utf8)
        guard case .media(let media) = TwilioReading(outbound.span.bytes, stream: nil) else {
            Issue.record("no media")
            return
        }
        #expect(!media.isInbound)
    }

    @Test(arguments: [
        ("", TwilioFault.notJSON), ("nonsense", .notJSON), ("[]", .notJSON), ("7", .notJSON),
        (#"{"event":"media""#, .notJSON), (Line.media + "x", .notJSON),
        (#"{"event":"media"}"#, .missing("media.payload")),
        (#"{"event":"media","media":{"payload":7}}"#, .missing("media.payload")),
        (#"{"event":"media","media":{"payload":""}}"#, .notBase64),
        (#"{"event":"media","media":{"payload":"AAA"}}"#, .notBase64),
        (#"{"event":"start"}"#, .missing("start.accountSid")),
        (Line.start.replacing("CA0", with: "XX0"), .missing("start.callSid")),
        (Line.start.replacing("MZ0", with: "XX0"), .missing("start.streamSid")),
        (
            Line.start.replacing("}},\"streamSid\":\"MZ0", with: "}},\"streamSid\":\"MZ1"),
            .wrongStream
        ),
        (#"{"event":"dtmf"}"#, .missing("dtmf.digit")),
        (#"{"event":"dtmf","dtmf":{"digit":""}}"#, .missing("dtmf.digit")),
        (#"{"event":"dtmf","dtmf":{"digit":"12"}}"#, .missing("dtmf.digit")),
        (#"{"event":"dtmf","dtmf":{"digit":"x"}}"#, .missing("dtmf.digit")),
        (#"{"event":"dtmf","dtmf":{"digit":"\u0031\u0301"}}"#, .missing("dtmf.digit")),
        (#"{"event":"mark","mark":{}}"#, .missing("mark.name")),
    ])
    func `what cannot be used says why`(_ text: String, _ fault: TwilioFault) {
        #expect(Self.read(text, stream: nil) == .malformed(fault))
    }

    @Test func `a key is one of those that a telephone has`() {
        for key in "0123456789*#ABCD" {
            let text = Line.dtmf.replacing("\"5\"", with: "\"\(key)\"")
            #expect(Self.read(text) == .message(.dtmf(digit: String(key))))
        }
    }

    @Test func `a fault is told in words that quote nobody`() {
        let faults = [TwilioFault.notJSON, .missing("start.callSid"), .wrongStream, .notBase64]
        #expect(
            faults.map { "\($0)" } == [
                "not a JSON object", "start.callSid is missing or of another shape",
                "the message names another stream", "the payload is not base64",
            ])
    }

    @Test func `unknown events are told by name`() {
        #expect(Self.read(#"{"event":"pause","x":1}"#) == .message(.unknown("pause")))
        #expect(Self.read(#"{"event":3}"#) == .message(.unknown("")))
        #expect(Self.read("{}") == .message(.unknown("")))
        #expect(Self.read(#"{"event":"stop"}"#) == .message(.stop(call: nil)))
    }

    @Test func `a start needs its identifiers and nothing else`() {
        let bare = """
            {"event":"start","start":{"accountSid":"AC00000000000000000000000000000001",\
            "callSid":"CA00000000000000000000000000000001","customParameters":null},\
            "streamSid":"\(Line.sid)"}
            """
        guard case .message(.start(let start)) = Self.read(bare, stream: nil) else {
            Issue.record("no start")
            return
        }
        #expect(start.stream == Line.stream)
        #expect(start.isTelephoneAudio)
        #expect(start.parameters.isEmpty)
        let other = Line.start.replacing("x-mulaw", with: "x-l16")
        guard case .message(.start(let odd)) = Self.read(other, stream: nil) else {
            Issue.record("no start")
            return
        }
        #expect(!odd.isTelephoneAudio)
    }

    @Test func `however a message is damaged, both ways of reading agree`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var dice = Dice(seed: seed)
        let media = Line.media.replacing(Line.payload, with: "AAAAAAA=")
        let texts = [media, Line.connected, Line.start, Line.dtmf, Line.mark, Line.stop]
        for round in 0..<4_000 {
            let bytes = dice.damaged(Array(texts[round % texts.count].utf8))
            let read = Read(bytes, stream: Line.stream)
            guard case .media = read else { continue }
            // A media message that the scanner took is the same to the full parser.
            guard let json = try? JSON(parsing: bytes),
                let slow = try? TwilioMedia(json, stream: Line.stream)
            else {
                Issue.record("seed \(seed): read by one way only")
                return
            }
            let again = Read.media(
                chunk: slow.chunk,
                milliseconds: slow.timestamp.components.seconds * 1_000
                    + slow.timestamp.components.attoseconds / 1_000_000_000_000_000,
                sequence: slow.sequenceNumber, ours: slow.isOurs,
                payload: slow.base64.lend { String(decoding: $0, as: UTF8.self) })
            #expect(again == read, "seed \(seed)")
        }
    }
}
