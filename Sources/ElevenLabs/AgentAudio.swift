package import Wire

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
        guard let texts = Texts(scanning: bytes) else { return nil }
        self.init(texts)
    }

    /// The same, and what was found is learned when the next message may well be like it: letters'
    /// times never are.
    init?(scanning bytes: UnsafeRawBufferPointer, learning shape: inout FamiliarShape) {
        guard let texts = Texts(scanning: bytes) else { return nil }
        self.init(texts)
        guard timing == nil, let id = texts.eventID else { return }
        shape.learn(bytes, numbers: [id], base64: texts.letters)
    }

    /// Audio of a shape that was learned.
    @inline(__always)
    init(_ found: FamiliarShape.Found) {
        base64 = .inPlace(found.base64)
        timing = nil
        eventID = found.numbers.0
    }

    private init(_ texts: Texts) {
        base64 = .inPlace(texts.letters.bytes)
        timing = texts.alignment.map { .inPlace($0) }
        eventID = texts.eventID?.integer
    }

    /// What the scanner found, where it lies.
    private struct Texts {
        var letters: ShapeText
        var eventID: ShapeText?
        var alignment: UnsafeRawBufferPointer?

        init?(scanning bytes: UnsafeRawBufferPointer) {
            var scanner = ShapeScanner(bytes)
            var type: ShapeText?
            var letters: ShapeText?
            var hasAudio = false
            scanner.enter()
            while let name = scanner.next() {
                if name == "type" {
                    scanner.text(into: &type)
                    guard let type, type == "audio" else { return nil }
                } else if name == "audio_event" {
                    scanner.enter(once: &hasAudio)
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
            self.letters = letters
        }
    }

    /// Reads a parsed audio message, whatever its shape.
    init(_ json: JSON) throws(AgentFault) {
        let nested = json["audio_event"] ?? .null
        let body = nested.members == nil ? json : nested
        guard let letters = body["audio_base_64"]?.text else { throw .missing("audio_base_64") }
        guard let base64 = LentBytes(base64: letters) else { throw .notBase64 }
        self.base64 = base64
        timing = body["alignment"].flatMap { $0.members == nil ? nil : .copied($0.bytes) }
        eventID = body["event_id"]?.whole
    }
}
