package import Wire

/// Writes Twilio's side of a media stream: one counter over start, media, dtmf, mark and stop,
/// chunks counted apart, presentation times in milliseconds, numbers as strings.
package struct StreamVoice: Sendable, Equatable {
    package let accountSID: String
    package let callSID: String
    package let streamSID: String
    private var sequence = 0
    private var chunk = 0

    package init(accountSID: String, callSID: String, streamSID: String) {
        self.accountSID = accountSID
        self.callSID = callSID
        self.streamSID = streamSID
    }

    /// Room for every message but `start`, whose parameters have no fixed size.
    package static let messageBytesMax = 4096

    /// The first message, which has no number yet.
    package func connected() -> JSON {
        ["event": "connected", "protocol": "Call", "version": "1.0.0"]
    }

    /// The second message.
    package mutating func start(parameters: [TwiMLScript.Parameter]) -> JSON {
        // A name that comes twice keeps its last value, as in any JSON object.
        var custom: [JSON.Member] = []
        for parameter in parameters {
            custom.removeAll { $0.name == parameter.name }
            custom.append(.init(parameter.name, .string(parameter.value)))
        }
        return numbered(
            "start",
            [
                "accountSid": .string(accountSID), "streamSid": .string(streamSID),
                "callSid": .string(callSID), "tracks": ["inbound"],
                "mediaFormat": [
                    "encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1,
                ],
                "customParameters": .object(custom),
            ])
    }

    /// Twenty milliseconds of the caller, written straight into the outgoing buffer.
    package mutating func media(
        _ audio: UnsafeRawBufferPointer, timestamp: Int, to writer: inout MessageWriter
    ) {
        sequence += 1
        chunk += 1
        writer.append("{\"event\":\"media\",\"sequenceNumber\":\"")
        writer.append(String(sequence))
        writer.append("\",\"media\":{\"track\":\"inbound\",\"chunk\":\"")
        writer.append(String(chunk))
        writer.append("\",\"timestamp\":\"")
        writer.append(String(timestamp))
        writer.append("\",\"payload\":\"")
        writer.append(atMost: Base64.encodedCount(audio.count)) { Base64.encode(audio, into: $0) }
        writer.append("\"},\"streamSid\":\"")
        writer.append(streamSID)
        writer.append("\"}")
    }

    /// A key the caller pressed: `0-9*#`.
    package mutating func dtmf(_ digit: Character) -> JSON {
        numbered("dtmf", ["track": "inbound_track", "digit": .string(String(digit))])
    }

    /// The echo of a mark.
    package mutating func mark(_ name: String) -> JSON {
        numbered("mark", ["name": .string(name)])
    }

    /// The last message.
    package mutating func stop() -> JSON {
        numbered("stop", ["accountSid": .string(accountSID), "callSid": .string(callSID)])
    }

    private mutating func numbered(_ event: String, _ body: JSON) -> JSON {
        sequence += 1
        return .object([
            .init("event", .string(event)), .init("sequenceNumber", .string(String(sequence))),
            .init(event, body), .init("streamSid", .string(streamSID)),
        ])
    }
}
