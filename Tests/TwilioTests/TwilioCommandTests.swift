import CAllocations
import TestDice
import Testing
import Wire

@testable import Twilio

struct TwilioCommandTests {
    private static let stream = StreamSID(Line.sid)

    /// What a command writes into a buffer of that capacity.
    private static func written(
        _ capacity: Int, _ write: (inout MessageWriter) -> Void
    ) -> String {
        String(decoding: MessageWriter.written(capacity, write), as: UTF8.self)
    }

    @Test func `commands bear the keys Twilio allows and no other`() throws {
        let stream = try #require(Self.stream)
        let silence = [UInt8](repeating: 0xFF, count: 160)
        let media = silence.withUnsafeBytes { audio in
            Self.written(TwilioCommand.mediaBytesMax(audioCount: 160)) {
                TwilioCommand.media(stream, muLaw: audio, into: &$0)
            }
        }
        let expected =
            #"{"event":"media","streamSid":"\#(Line.sid)","media":{"payload":"\#(Line.payload)"}}"#
        #expect(media == expected)
        #expect(expected.utf8.count == TwilioCommand.mediaBytesMax(audioCount: 160))
        let passed = Array(Line.payload.utf8).withUnsafeBytes { letters in
            Self.written(TwilioCommand.mediaBytesMax(base64Count: letters.count)) {
                TwilioCommand.media(stream, base64: letters, into: &$0)
            }
        }
        #expect(passed == expected)
        #expect(
            Self.written(TwilioCommand.clearBytesMax) { TwilioCommand.clear(stream, into: &$0) }
                == #"{"event":"clear","streamSid":"\#(Line.sid)"}"#)
    }

    @Test(arguments: ["", "turn4/2", "\"},{\"a\\", "\u{1}\u{1F}\n", "Grüße 👋"])
    func `a mark's name comes back as it was given`(_ name: String) throws {
        let stream = try #require(Self.stream)
        let text = Self.written(TwilioCommand.markBytesMax(name: name)) {
            TwilioCommand.mark(stream, name: name, into: &$0)
        }
        let json = try JSON(parsing: text)
        #expect(
            json == [
                "event": "mark", "streamSid": .string(Line.sid), "mark": ["name": .string(name)],
            ])
        #expect(Read(Array(text.utf8), stream: stream) == .message(.mark(name: name)))
    }

    @Test func `audio that is written and read again is the same`() throws {
        let stream = try #require(Self.stream)
        let seed = UInt64.random(in: 0...UInt64.max)
        var dice = Dice(seed: seed)
        for count in [1, 2, 3, 159, 160, 161, 8_000] {
            let audio = dice.bytes(count)
            let text = audio.withUnsafeBytes { audio in
                Self.written(TwilioCommand.mediaBytesMax(audioCount: count)) {
                    TwilioCommand.media(stream, muLaw: audio, into: &$0)
                }
            }
            guard case .media(_, _, _, true, let letters) = Read(Array(text.utf8), stream: stream)
            else {
                Issue.record("seed \(seed): no media")
                return
            }
            #expect(Base64.bytes(letters) == audio, "seed \(seed)")
        }
    }
}

@Suite(.enabled(if: allocations_are_counted(), "a sanitizer has its own allocator"))
struct TwilioAllocationTests {
    @Test func `audio comes and goes without an allocation`() throws {
        let stream = try #require(Line.stream)
        let message = Array(Line.media.utf8)
        let capacity = TwilioCommand.mediaBytesMax(audioCount: 160)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 8)
        let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 160, alignment: 8)
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
                guard case .media(let media) = TwilioReading(message.span.bytes, stream: stream),
                    media.isOurs, media.base64.lend({ Base64.decode($0, into: scratch) }) == 160
                else { break }
                var writer = MessageWriter(buffer)
                TwilioCommand.media(stream, muLaw: UnsafeRawBufferPointer(scratch), into: &writer)
                written += writer.count
                writer = MessageWriter(buffer)
                media.base64.lend { TwilioCommand.media(stream, base64: $0, into: &writer) }
                written += writer.count
                writer = MessageWriter(buffer)
                TwilioCommand.clear(stream, into: &writer)
            }
            made = allocations_of_this_thread() - before
        }
        #expect(made == 0)
        #expect(written == 3 * 50 * 2 * capacity)
    }
}
