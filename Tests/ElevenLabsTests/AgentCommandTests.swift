import TestDice
import Testing
import Wire

@testable import ElevenLabs

struct AgentCommandTests {
    /// What a command writes into a buffer of that capacity.
    private static func written(
        _ capacity: Int, _ write: (inout MessageWriter) -> Void
    ) -> String {
        String(decoding: MessageWriter.written(capacity, write), as: UTF8.self)
    }

    @Test func `audio is the one message without a type`() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var dice = Dice(seed: seed)
        for count in [0, 1, 2, 3, 160, 640, 8_000] {
            let audio = dice.bytes(count)
            let text = audio.withUnsafeBytes { audio in
                Self.written(AgentCommand.audioBytesMax(audioCount: count)) {
                    AgentCommand.audio(audio, into: &$0)
                }
            }
            let json = try JSON(parsing: text)
            #expect(json.members?.count == 1)
            let letters = try #require(json["user_audio_chunk"]?.text)
            #expect(Base64.bytes(letters) == audio, "seed \(seed)")
            let passed = Array(letters.utf8).withUnsafeBytes { letters in
                Self.written(AgentCommand.audioBytesMax(base64Count: letters.count)) {
                    AgentCommand.audio(base64: letters, into: &$0)
                }
            }
            #expect(passed == text)
        }
    }

    @Test(arguments: [0, 41, .max, .min] as [Int64])
    func `a pong bears the ping's id`(_ id: Int64) {
        let text = Self.written(AgentCommand.pongBytesMax) {
            AgentCommand.pong(eventID: id, into: &$0)
        }
        #expect(text == #"{"type":"pong","event_id":\#(id)}"#)
    }

    @Test func `a tool's result, facts, words and signs of life are as the service expects`() {
        #expect(
            AgentCommand.toolResult(callID: "c1", result: "{\"ok\":true}") == [
                "type": "client_tool_result", "tool_call_id": "c1",
                "result": "{\"ok\":true}", "is_error": false,
            ]
        )
        #expect(
            AgentCommand.toolResult(callID: "c1", result: "no", isError: true)["is_error"] == true)
        #expect(
            AgentCommand.contextualUpdate("Two are waiting before you", id: "queue") == [
                "type": "contextual_update", "text": "Two are waiting before you",
                "context_id": "queue",
            ])
        #expect(
            AgentCommand.contextualUpdate("x") == ["type": "contextual_update", "text": "x"])
        #expect(AgentCommand.userMessage("hi") == ["type": "user_message", "text": "hi"])
    }
}
