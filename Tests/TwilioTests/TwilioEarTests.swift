import CAllocations
import TestDice
import Testing
import Wire

@testable import Twilio

/// Media messages of one stream, as Twilio counts them.
private func media(_ number: Int, _ payload: String, stream: String = Line.sid) -> [UInt8] {
    let text = """
        {"event":"media","sequenceNumber":"\(number + 1)","media":{"track":"inbound",\
        "chunk":"\(number)","timestamp":"\(20 * number)","payload":"\(payload)"},\
        "streamSid":"\(stream)"}
        """
    return Array(text.utf8)
}

struct TwilioEarTests {
    @Test func `a stream is heard as it would be read message by message`() {
        var ear = TwilioEar(stream: Line.stream)
        for number in [1, 2, 9, 10, 11, 99, 100, 3, 1_000_000] {
            for payload in [Line.payload, "AA==", "AAA="] {
                let bytes = media(number, payload)
                #expect(
                    Read(ear.hear(bytes.span.bytes))
                        == .media(
                            chunk: Int64(number), milliseconds: Int64(20 * number),
                            sequence: Int64(number + 1), ours: true, payload: payload))
            }
        }
    }

    @Test func `another stream's audio and the other direction are never taken for ours`() {
        var ear = TwilioEar(stream: Line.stream)
        let other = "MZ00000000000000000000000000000002"
        for number in 1...40 {
            let isOurs = number % 3 != 0
            let bytes = media(number, "AAAA", stream: isOurs ? Line.sid : other)
            guard case .media(_, _, _, let ours, _) = Read(ear.hear(bytes.span.bytes)) else {
                Issue.record("no media")
                continue
            }
            #expect(ours == isOurs)
            let text = String(decoding: media(number, "AAAA"), as: UTF8.self)
            let outbound = Array(text.replacing("\"inbound", with: "\"outbound").utf8)
            guard case .media(let heard) = ear.hear(outbound.span.bytes) else {
                Issue.record("no media")
                continue
            }
            #expect(!heard.isInbound)
        }
    }

    @Test func `whatever was heard before, a message is read as if it were the first`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var dice = Dice(seed: seed)
        let others = [Line.connected, Line.start, Line.dtmf, Line.mark, Line.stop, Line.media]
        for round in 0..<400 {
            var ear = TwilioEar(stream: Line.stream)
            for number in 1...20 {
                var bytes = media(number * round, Base64.text(dice.bytes(number)))
                switch Int.random(in: 0..<4, using: &dice) {
                case 0: bytes = dice.damaged(bytes)
                case 1 where number % 4 == 0: bytes = Array(others[round % others.count].utf8)
                default: break
                }
                let isSame =
                    Read(ear.hear(bytes.span.bytes)) == Read(bytes, stream: Line.stream)
                #expect(isSame, "seed \(seed): \(String(decoding: bytes, as: UTF8.self))")
            }
        }
    }

    @Test(.enabled(if: allocations_are_counted(), "a sanitizer has its own allocator"))
    func `audio is heard without an allocation`() {
        var ear = TwilioEar(stream: Line.stream)
        let messages = (10..<60).map { media($0, Line.payload) }
        var made: UInt = 0
        var heard = 0
        for _ in 0..<3 {
            let before = allocations_of_this_thread()
            for message in messages {
                if case .media(let media) = ear.hear(message.span.bytes) {
                    heard += Int(media.chunk)
                }
            }
            made = allocations_of_this_thread() - before
        }
        #expect(made == 0)
        #expect(heard == 3 * (10..<60).reduce(0, +))
    }
}
