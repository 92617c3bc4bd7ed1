package import Wire

/// Everything we say to the agent's side (Agents WebSocket reference, "client messages").
///
/// Audio and pong write themselves into a message's buffer; the count beside each is the
/// capacity to ask the socket for. The others are rare enough to be built as values, whose
/// `bytes` are the message. What opens a conversation is an `AgentSetup`.
package enum AgentCommand {
    private static let audioHead: StaticString = #"{"user_audio_chunk":""#
    private static let audioTail: StaticString = #""}"#
    private static let pongHead: StaticString = #"{"type":"pong","event_id":"#
    private static let pongTail: StaticString = "}"

    /// Capacity of a pong.
    package static let pongBytesMax = 64

    /// Capacity of an audio command for so many bytes of audio.
    package static func audioBytesMax(audioCount: Int) -> Int {
        audioBytesMax(base64Count: Base64.encodedCount(audioCount))
    }

    /// Capacity of an audio command for base64 of that length.
    package static func audioBytesMax(base64Count: Int) -> Int {
        audioHead.utf8CodeUnitCount + base64Count + audioTail.utf8CodeUnitCount
    }

    /// The caller's audio in the format the metadata asked for; base64 is written in place.
    @inline(__always)
    package static func audio(_ bytes: UnsafeRawBufferPointer, into writer: inout MessageWriter) {
        writer.append(audioHead)
        writer.append(atMost: Base64.encodedCount(bytes.count)) { Base64.encode(bytes, into: $0) }
        writer.append(audioTail)
    }

    /// The caller's audio when it is base64 already, and was checked to be nothing else.
    @inline(__always)
    package static func audio(
        base64: UnsafeRawBufferPointer, into writer: inout MessageWriter
    ) {
        writer.append(audioHead, base64, audioTail)
    }

    /// Answers a ping with its own id, zero included.
    package static func pong(eventID: Int64, into writer: inout MessageWriter) {
        writer.append(pongHead)
        writer.append(String(eventID))
        writer.append(pongTail)
    }

    /// Answers a tool call; the result is text, which may be JSON.
    package static func toolResult(callID: String, result: String, isError: Bool = false) -> JSON {
        [
            "type": "client_tool_result", "tool_call_id": .string(callID),
            "result": .string(result), "is_error": .bool(isError),
        ]
    }

    /// Tells the agent a fact without asking for a reply; of each `id` only the newest is kept.
    package static func contextualUpdate(_ text: String, id: String? = nil) -> JSON {
        var members: [JSON.Member] = [
            .init("type", "contextual_update"), .init("text", .string(text)),
        ]
        if let id { members.append(.init("context_id", .string(id))) }
        return .object(members)
    }

    /// Speaks for the caller: a turn that is answered.
    package static func userMessage(_ text: String) -> JSON {
        ["type": "user_message", "text": .string(text)]
    }
}
