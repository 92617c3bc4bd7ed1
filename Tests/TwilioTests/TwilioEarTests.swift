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
}
