import Testing
import Wire

@testable import Simulators

private let sid = "MZ00000000000000000000000000000001"

struct StreamJudgeTests {
    private func judge(_ texts: String...) -> StreamJudge {
        var judge = StreamJudge(streamSID: sid)
        for text in texts { _ = judge.judge(text: Array(text.utf8).span.bytes) }
        return judge
    }

    @Test func `the three orders are understood in any order of their fields`() {
        var judge = StreamJudge(streamSID: sid)
        func order(_ text: String) -> StreamOrder? {
            judge.judge(text: Array(text.utf8).span.bytes)
        }
        let media =
            "{\"media\":{\"payload\":\"AAECAw==\"},\"streamSid\":\"\(sid)\",\"event\":\"media\"}"
        #expect(order(media) == .media([0, 1, 2, 3]))
        #expect(
            order("{\"event\":\"mark\",\"streamSid\":\"\(sid)\",\"mark\":{\"name\":\"a:1\"}}")
                == .mark("a:1"))
        #expect(order("{\"event\":\"clear\",\"streamSid\":\"\(sid)\"}") == .clear)
        #expect(judge.entries == [] && judge.dropped == 0)
        #expect(judge.mediaBytes == 4 && judge.unevenMessages == 1)
        #expect(judge.marks == 1 && judge.clears == 1)
    }

    @Test(arguments: [
        "", "x", "[]", "{}", "{\"event\":7}",
        "{\"event\":\"stop\",\"streamSid\":\"\(sid)\"}",
        "{\"event\":\"clear\"}",
        "{\"event\":\"clear\",\"streamSid\":null}",
        "{\"event\":\"clear\",\"streamSid\":\"MZ00000000000000000000000000000002\"}",
        "{\"event\":\"clear\",\"stream_sid\":\"\(sid)\"}",
        "{\"event\":\"clear\",\"streamSid\":\"\(sid)\",\"sequenceNumber\":\"4\"}",
        "{\"event\":\"clear\",\"streamSid\":\"\(sid)\",\"streamSid\":\"\(sid)\"}",
        "{\"event\":\"mark\",\"streamSid\":\"\(sid)\"}",
        "{\"event\":\"mark\",\"streamSid\":\"\(sid)\",\"mark\":{}}",
        "{\"event\":\"mark\",\"streamSid\":\"\(sid)\",\"mark\":{\"name\":7}}",
        "{\"event\":\"media\",\"streamSid\":\"\(sid)\",\"media\":{\"payload\":\"AAECAw=\"}}",
        "{\"event\":\"media\",\"streamSid\":\"\(sid)\",\"media\":{\"payload\":\"AA ECAw==\"}}",
        "{\"event\":\"media\",\"streamSid\":\"\(sid)\",\"media\":{\"payload\":\"_-8=\"}}",
        #"{"event":"media","streamSid":"\#(sid)","media":{"payload":"AAAA","track":"outbound"}}"#,
        "{\"event\":\"media\",\"streamSid\":\"\(sid)\",\"media\":\"AAAA\"}",
        "{\"event\":\"media\",\"streamSid\":\"\(sid)\",\"media\":{\"payload\":\"AAAA\"}} ,",
    ])
    func `anything else is dropped as an invalid message`(text: String) {
        let result = judge(text)
        #expect(result.dropped == 1)
        #expect(result.entries.map(\.code) == [31951])
    }

    @Test func `each code is recorded once and everything is counted`() {
        var result = judge("x", "y", "{}")
        result.judgeBinary()
        result.judgeBinary()
        #expect(result.entries.map(\.code) == [31951, 31950])
        #expect(result.dropped == 5 && result.reasons.count == 5)
    }
}

struct StreamVoiceTests {
    @Test func `one counter numbers everything from start to stop`() throws {
        var voice = StreamVoice(accountSID: "AC1", callSID: "CA1", streamSID: sid)
        #expect(voice.connected()["sequenceNumber"] == nil)
        let start = voice.start(parameters: [
            .init(name: "t", value: "one"), .init(name: "t", value: "two"),
        ])
        #expect(start["sequenceNumber"]?.text == "1")
        #expect(start["start"]?["customParameters"] == ["t": "two"])
        let audio = [UInt8](repeating: 0xFF, count: 160)
        let bytes = [UInt8](unsafeUninitializedCapacity: StreamVoice.messageBytesMax) {
            buffer, count in
            var writer = MessageWriter(UnsafeMutableRawBufferPointer(buffer))
            audio.withUnsafeBytes { voice.media($0, timestamp: 120, to: &writer) }
            count = writer.count
        }
        let media = try JSON(parsing: bytes)
        #expect(media["sequenceNumber"]?.text == "2")
        #expect(media["media"]?["chunk"]?.text == "1")
        #expect(media["media"]?["timestamp"]?.text == "120")
        #expect(media["media"]?["payload"]?.text?.count == 216)
        #expect(voice.dtmf("5")["dtmf"] == ["track": "inbound_track", "digit": "5"])
        #expect(voice.mark("x")["sequenceNumber"]?.text == "4")
        #expect(voice.stop()["sequenceNumber"]?.text == "5")
    }
}
