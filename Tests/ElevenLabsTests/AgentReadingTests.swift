import CAllocations
import TestDice
import Testing
import Wire

@testable import ElevenLabs

/// A reading without pointers, to be compared.
enum Read: Equatable {
    case audio(String, eventID: Int64?)
    case message(AgentMessage)
    case malformed(AgentFault)

    init(_ bytes: [UInt8]) { self.init(AgentReading(bytes.span.bytes)) }

    init(_ reading: AgentReading) {
        switch reading {
        case .audio(let audio):
            self = .audio(
                audio.base64.lend { String(decoding: $0, as: UTF8.self) }, eventID: audio.eventID)
        case .message(let message): self = .message(message)
        case .malformed(let fault): self = .malformed(fault)
        }
    }

    init(_ text: String) { self.init(Array(text.utf8)) }
}

struct AgentReadingTests {
    private static let audio =
        #"{"type":"audio","audio_event":{"audio_base_64":"/////w==","event_id":6}}"#

    @Test(arguments: [
        audio,
        #"{"audio_event":{"event_id":6,"audio_base_64":"/////w=="},"type":"audio"}"#,
        """
         { "type" : "audio", "audio_event" : { "alignment":{"chars":["H","\\u00e4","ß"],\
        "char_start_times_ms":[0,1.5]}, "audio_base_64":"/////w==", "is_final":false,
        "event_id" : 6 }, "new":null } \n
        """,
        #"{"type":"audio","audio_event":{"audio_base_64":"/////w==","event_id":"6"}}"#,
        #"{"type":"audio","audio_event":{"audio_base_64":"\/\/\/\/\/w\u003d=","event_id":6}}"#,
        #"{"type":"audio","audio_base_64":"/////w==","event_id":6}"#,
        #"{"type":"audio","audio_event":null,"audio_base_64":"/////w==","event_id":6.0}"#,
    ])
    func `audio is read in any order, with any company and in any spelling`(_ text: String) {
        #expect(Read(text) == .audio("/////w==", eventID: 6))
    }

    @Test func `of two bodies the first counts, whichever way it is read`() {
        let text = #"{"audio_event":{},"# + Self.audio.dropFirst()
        #expect(Read(text) == .malformed(.missing("audio_base_64")))
    }

    @Test(
        arguments: [
            ("0", 0), ("\"0\"", 0), ("null", nil), ("\"abc\"", nil), ("9223372036854775807", .max),
            ("-3", -3), ("1e3", 1_000), ("[]", nil),
        ] as [(String, Int64?)])
    func `an id is a number, a string of digits or nothing`(_ id: String, _ expected: Int64?) {
        let text = Self.audio.replacing(":6}", with: ":\(id)}")
        #expect(Read(text) == .audio("/////w==", eventID: expected))
    }

    @Test func `audio without an id or of great length is audio`() {
        #expect(
            Read(#"{"type":"audio","audio_event":{"audio_base_64":"AAAA"}}"#)
                == .audio("AAAA", eventID: nil))
        let long = String(repeating: "AAAA", count: 500_000)
        #expect(Read(Self.audio.replacing("/////w==", with: long)) == .audio(long, eventID: 6))
    }

    @Test(
        arguments: [
            (#""alignment":{"chars":["a","b"],"char_start_times_ms":[0, 1.5]},"#, 1),
            (#""alignment" : { "chars":["a"," "],"char_start_times_ms":[0,1]} ,"#, 1),
            (
                #""alignment":{"chars":["\u00e4","b"],"char_start_times_ms":[0,7]},"is_final":1.0,"#,
                1
            ),
            (#""alignment":{"chars":["a"],"char_start_times_ms":[]},"#, nil),
            (#""alignment":null,"#, nil), ("", nil), (#""alignment":[1],"#, nil),
        ] as [(String, Int?)], ["/////w==", #"\/\/\/\/\/w=="#])
    func `letters' times are lent unread`(_ spelled: (String, Int?), _ payload: String) {
        let text = Self.audio.replacing("\"audio_base_64", with: spelled.0 + "\"audio_base_64")
            .replacing("/////w==", with: payload)
        let bytes = Array(text.utf8)
        guard case .audio(let audio) = AgentReading(bytes.span.bytes) else {
            return #expect(Bool(false))
        }
        let letters = audio.withAlignment { bytes in
            bytes.flatMap { AgentAlignment(parsing: Array($0)) }?.letters(until: .milliseconds(1))
        }
        #expect(letters == spelled.1)
        withExtendedLifetime(bytes) {}
    }

    @Test(arguments: [
        ("", AgentFault.notJSON), ("pong", .notJSON), ("[]", .notJSON), ("null", .notJSON),
        (#"{"type":"audio""#, .notJSON), (audio + "}", .notJSON),
        (#"{"type":"audio"}"#, .missing("audio_base_64")),
        (#"{"type":"audio","audio_event":{"event_id":1}}"#, .missing("audio_base_64")),
        (#"{"type":"audio","audio_event":{"audio_base_64":"AAA"}}"#, .notBase64),
        (#"{"type":"user_transcript"}"#, .missing("user_transcript")),
    ])
    func `one bad frame is counted and no more`(_ text: String, _ fault: AgentFault) {
        #expect(Read(text) == .malformed(fault))
    }

    @Test func `messages come through the same door`() {
        #expect(
            Read(#"{"type":"ping","ping_event":{"event_id":0,"ping_ms":null}}"#)
                == .message(.ping(eventID: 0, roundTrip: nil)))
        #expect(Read(#"{"type":"keep_alive"}"#) == .message(.unknown("keep_alive")))
        #expect(
            Read(#"{"type":"user_transcript","user_transcription_event":{"user_transcript":"ä"}}"#)
                == .message(.userTranscript("ä", eventID: nil)))
    }

    @Test func `however a message is damaged, both ways of reading agree`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var dice = Dice(seed: seed)
        let texts = [
            Self.audio, #"{"type":"ping","ping_event":{"event_id":41,"ping_ms":50}}"#,
            #"{"type":"error","message":"This request exceeds your quota limit."}"#,
            #"{"type":"interruption","interruption_event":{"event_id":6}}"#,
        ]
        for round in 0..<4_000 {
            let bytes = dice.damaged(Array(texts[round % texts.count].utf8))
            guard case .audio(let letters, let eventID) = Read(bytes) else { continue }
            guard let json = try? JSON(parsing: bytes), json["type"] == "audio" else {
                Issue.record("seed \(seed): read by one way only")
                return
            }
            let body = json["audio_event"]?.members == nil ? json : json["audio_event"]
            #expect(body?["audio_base_64"]?.text == letters, "seed \(seed)")
            #expect(body?["event_id"]?.whole == eventID, "seed \(seed)")
        }
    }
}

@Suite(.enabled(if: allocations_are_counted(), "a sanitizer has its own allocator"))
struct AgentAllocationTests {
    @Test func `audio comes and goes without an allocation`() {
        let text = """
            {"type":"audio","audio_event":{"audio_base_64":"\
            \(String(repeating: "/", count: 216))","event_id":6,"alignment":{"chars":["a"]}}}
            """
        let message = Array(text.utf8)
        let capacity = AgentCommand.audioBytesMax(audioCount: 162)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 8)
        let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 162, alignment: 8)
        defer {
            buffer.deallocate()
            scratch.deallocate()
        }
        var written = 0
        var made: UInt = 0
        // The first round warms up what the runtime makes once.
        for _ in 0..<3 {
            let before = allocations_of_this_thread()
            for _ in 0..<50 {
                guard case .audio(let audio) = AgentReading(message.span.bytes),
                    audio.eventID == 6,
                    audio.base64.lend({ Base64.decode($0, into: scratch) }) == 162
                else { break }
                var writer = MessageWriter(buffer)
                AgentCommand.audio(UnsafeRawBufferPointer(scratch), into: &writer)
                written += writer.count
                writer = MessageWriter(buffer)
                audio.base64.lend { AgentCommand.audio(base64: $0, into: &writer) }
                written += writer.count
                writer = MessageWriter(buffer)
                AgentCommand.pong(eventID: 41, into: &writer)
            }
            made = allocations_of_this_thread() - before
        }
        #expect(made == 0)
        #expect(written == 3 * 50 * 2 * capacity)
    }
}
