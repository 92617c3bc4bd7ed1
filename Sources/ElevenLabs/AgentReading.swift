package import Wire

/// What one text message of the agent's side turned out to be.
///
///     bytes ─▶ shape scanner ─ audio, whole ─▶ .audio, where it lies: nothing is allocated
///                   └─ anything else ─▶ full parser ─▶ .audio (a copy), .message or .malformed
///
/// Audio comes in pieces of up to some seconds; the scanner accepts any order of keys and passes
/// over those it does not know; where an alignment lies is noted, but it is not read. An id in
/// quotes, escapes and everything odd go the long way round and mean the same there.
package enum AgentReading {
    /// The agent's audio.
    case audio(AgentAudio)
    /// Anything else that could be read.
    case message(AgentMessage)
    /// To be counted; the conversation goes on.
    case malformed(AgentFault)

    /// Reads one message; the bytes must outlive what is read from them.
    package init(_ text: RawSpan) {
        self = text.withUnsafeBytes { bytes in
            if let audio = AgentAudio(scanning: bytes) { return .audio(audio) }
            return AgentReading(parsing: bytes)
        }
    }

    private init(parsing bytes: UnsafeRawBufferPointer) {
        do throws(AgentFault) {
            self = try AgentReading(Self.json(bytes))
        } catch {
            self = .malformed(error)
        }
    }

    private static func json(_ bytes: UnsafeRawBufferPointer) throws(AgentFault) -> JSON {
        do { return try JSON(parsing: bytes) } catch { throw .notJSON }
    }

    private init(_ json: JSON) throws(AgentFault) {
        guard json.members != nil else { throw .notJSON }
        self =
            json["type"] == "audio"
            ? .audio(try AgentAudio(json)) : .message(try AgentMessage(json))
    }
}

/// A piece of the agent's audio, in the format that the metadata announced, of any length.
package struct AgentAudio {
    /// Rises through the conversation; up to an interruption's id, audio is void. Nil when the
    /// message bore none that is a number.
    package let eventID: Int64?

    /// The audio, found to be base64 and nothing else.
    package let base64: LentBytes
    /// The object under `alignment`, as it came.
    private let timing: LentBytes?

    /// Lends the letters' times for `AgentAlignment`, unread; nil when the message has none.
    package func withAlignment<Result>(_ body: (UnsafeRawBufferPointer?) -> Result) -> Result {
        guard let timing else { return body(nil) }
        return timing.lend { body($0) }
    }
}

extension AgentAudio {
    /// Nil for everything but audio of the usual shape; allocates nothing.
    init?(scanning bytes: UnsafeRawBufferPointer) {
        var scanner = ShapeScanner(bytes)
        var type: ShapeText?
        var letters: ShapeText?
        var eventID: Int64?
        var alignment: UnsafeRawBufferPointer?
        scanner.enter()
        while let name = scanner.next() {
            if name == "type" {
                scanner.text(into: &type)
                guard let type, type == "audio" else { return nil }
            } else if name == "audio_event" {
                scanner.enter()
                while let name = scanner.next() {
                    if name == "audio_base_64" {
                        scanner.base64(into: &letters)
                    } else if name == "event_id" {
                        scanner.integer(into: &eventID)
                    } else if name == "alignment" {
                        scanner.skip(object: &alignment)
                    } else {
                        scanner.skip()
                    }
                }
            } else {
                scanner.skip()
            }
        }
        guard scanner.isWhole, type != nil, let letters else { return nil }
        base64 = .inPlace(letters.bytes)
        if let alignment { timing = .inPlace(alignment) } else { timing = nil }
        self.eventID = eventID
    }

    /// Reads a parsed audio message, whatever its shape.
    fileprivate init(_ json: JSON) throws(AgentFault) {
        let nested = json["audio_event"] ?? .null
        let body = nested.members == nil ? json : nested
        guard let letters = body["audio_base_64"]?.text else { throw .missing("audio_base_64") }
        guard let base64 = LentBytes(base64: letters) else { throw .notBase64 }
        self.base64 = base64
        timing = body["alignment"].flatMap { $0.members == nil ? nil : .copied($0.bytes) }
        eventID = body["event_id"]?.whole
    }
}
