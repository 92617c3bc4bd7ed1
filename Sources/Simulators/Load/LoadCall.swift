import Instruments
import Wire

/// One call of a load: both its far ends, and what is under way between them.
final class LoadCall: @unchecked Sendable {
    // Safe because it lives on its rig's loop and is touched nowhere else.

    let number: UInt16
    let callSID: String
    let streamSID: String
    var phone: (any MessageSocket)?
    var agent: (any MessageSocket)?
    var uplink = FramePath()
    var downlink = FramePath()
    /// When the agent's first audio was sent.
    var greetedAt: Int64?
    /// When the agent was last interrupted, until the caller's side is cleared.
    var interruptedAt: Int64?
    /// True once the caller heard the agent.
    var isHeard = false
    /// Who waits to be told whether the agent was heard.
    var heard: ((Bool) -> Void)?
    /// We ended it: whatever closes now was asked to.
    var isEnding = false
    private var sequence: Int64 = 1
    private var chunk: Int64 = 0
    private var eventID: Int64 = 0

    init(number: UInt16, series: String) {
        self.number = number
        let digits = String(number, radix: 16)
        let padded = String(repeating: "0", count: 4 - digits.count) + digits
        callSID = "CA\(series)\(padded)"
        streamSID = "MZ\(series)\(padded)"
    }

    /// Nothing more comes of what was sent; returns the frames lost both ways since the last time.
    func settle() -> Int { uplink.settle() + downlink.settle() }

    func tellHeard(_ isHeard: Bool) {
        heard?(isHeard)
        heard = nil
    }

    /// True while both sockets are open.
    var isWhole: Bool { phone?.isOpen == true && agent?.isOpen == true }
}

// What the caller's side says (Media Streams, "messages from Twilio").
extension LoadCall {
    private static let account = "AC" + String(repeating: "0", count: 32)

    /// `connected` and `start`.
    func sayStart(parameters: [(name: String, value: String)]) {
        say(["event": "connected", "protocol": "Call", "version": "1.0.0"])
        say([
            "event": "start", "sequenceNumber": "1",
            "start": [
                "accountSid": .string(Self.account), "streamSid": .string(streamSID),
                "callSid": .string(callSID), "tracks": ["inbound"],
                "mediaFormat": ["encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1],
                "customParameters": .object(parameters.map { .init($0.name, .string($0.value)) }),
            ],
            "streamSid": .string(streamSID),
        ])
    }

    /// `stop`, and the end of the stream.
    func sayStop() {
        isEnding = true
        sequence += 1
        say([
            "event": "stop", "sequenceNumber": .string(String(sequence)),
            "stop": ["accountSid": .string(Self.account), "callSid": .string(callSID)],
            "streamSid": .string(streamSID),
        ])
        phone?.close(code: WebSocketClose.normal, reason: "")
    }

    /// A mark was played: here at once.
    func echo(mark name: ShapeText) {
        sequence += 1
        phone?.sendText(capacity: 256 + name.count) { writer in
            writer.append(#"{"event":"mark","sequenceNumber":""#)
            writer.append(String(sequence))
            writer.append(#"","streamSid":""#)
            writer.append(streamSID)
            writer.append(#"","mark":{"name":""#)
            writer.append(name.bytes)
            writer.append(#""}}"#)
        }
    }

    /// One frame of the caller's; false when the socket took nothing.
    func sendMedia(_ letters: FrameLetters) -> Bool {
        guard let phone else { return false }
        sequence += 1
        chunk += 1
        let index = uplink.send(at: LoadClock.now)
        return phone.sendText(capacity: 256 + letters.count) { writer in
            writer.append(#"{"event":"media","sequenceNumber":""#)
            writer.append(String(sequence))
            writer.append(#"","media":{"track":"inbound","chunk":""#)
            writer.append(String(chunk))
            writer.append(#"","timestamp":""#)
            writer.append(String(chunk * 20))
            writer.append(#"","payload":""#)
            letters.write(FrameIdentity(call: number, index: index), into: &writer)
            writer.append(#""},"streamSid":""#)
            writer.append(streamSID)
            writer.append(#""}"#)
        }
    }

    private func say(_ message: JSON) {
        let bytes = message.bytes
        phone?.sendText(capacity: bytes.count) { $0.append(bytes.span.bytes) }
    }
}

// What the agent's side says (Agents WebSocket reference, "server messages").
extension LoadCall {
    /// The formats and the first frame, which is how a set-up ends at the caller.
    func greet(_ format: LoadFormat, _ letters: FrameLetters) -> Bool {
        let metadata: JSON = [
            "type": "conversation_initiation_metadata",
            "conversation_initiation_metadata_event": [
                "conversation_id": .string("conv_test_\(callSID.dropFirst(2))"),
                "agent_output_audio_format": .string(format.rawValue),
                "user_input_audio_format": .string(format.rawValue),
            ],
        ]
        let bytes = metadata.bytes
        agent?.sendText(capacity: bytes.count) { $0.append(bytes.span.bytes) }
        greetedAt = LoadClock.now
        return sendAudio(letters)
    }

    /// One frame of the agent's; false when the socket took nothing.
    func sendAudio(_ letters: FrameLetters) -> Bool {
        guard let agent else { return false }
        eventID += 1
        let index = downlink.send(at: LoadClock.now)
        return agent.sendText(capacity: 128 + letters.count) { writer in
            writer.append(#"{"type":"audio","audio_event":{"event_id":"#)
            writer.append(String(eventID))
            writer.append(#","audio_base_64":""#)
            letters.write(FrameIdentity(call: number, index: index), into: &writer)
            writer.append(#""}}"#)
        }
    }

    /// The agent has understood its caller, who says nothing but noise.
    func understand() {
        let transcript: JSON = [
            "type": "user_transcript",
            "user_transcription_event": ["user_transcript": "Go on.", "event_id": 1],
        ]
        let bytes = transcript.bytes
        agent?.sendText(capacity: bytes.count) { $0.append(bytes.span.bytes) }
    }

    /// The caller spoke over the agent: everything up to the last frame is void.
    func interrupt() {
        interruptedAt = LoadClock.now
        agent?.sendText(capacity: 128) { writer in
            writer.append(#"{"type":"interruption","interruption_event":{"event_id":"#)
            writer.append(String(eventID))
            writer.append("}}")
        }
    }
}
