import Wire

/// What the bridge says to the caller's side, as far as load is concerned.
enum LoadCommand {
    case media(ShapeText)
    case mark(ShapeText)
    case clear
    case other

    /// Reads one message in place.
    init(_ bytes: UnsafeRawBufferPointer) {
        var scanner = ShapeScanner(bytes)
        var event: ShapeText?
        var payload: ShapeText?
        var mark: ShapeText?
        scanner.enter()
        while let name = scanner.next() {
            if name == "event" {
                scanner.text(into: &event)
            } else if name == "media" {
                Self.member("payload", into: &payload, &scanner)
            } else if name == "mark" {
                Self.member("name", into: &mark, &scanner)
            } else {
                scanner.skip()
            }
        }
        self = .other
        guard scanner.isWhole, let event else { return }
        if event == "media", let payload {
            self = .media(payload)
        } else if event == "mark", let mark {
            self = .mark(mark)
        } else if event == "clear" {
            self = .clear
        }
    }

    private static func member(
        _ wanted: StaticString, into place: inout ShapeText?, _ scanner: inout ShapeScanner
    ) {
        scanner.enter()
        while let name = scanner.next() {
            if name == wanted { scanner.text(into: &place) } else { scanner.skip() }
        }
    }
}

/// What the bridge says to the agent's side.
enum LoadAsking {
    case audio(ShapeText)
    /// The conversation's beginning; the call it names.
    case initiation(call: String?)
    case other

    /// Reads one message, audio in place.
    init(_ bytes: UnsafeRawBufferPointer) {
        var scanner = ShapeScanner(bytes)
        var letters: ShapeText?
        scanner.enter()
        while let name = scanner.next() {
            if name == "user_audio_chunk" { scanner.text(into: &letters) } else { scanner.skip() }
        }
        if scanner.isWhole, let letters {
            self = .audio(letters)
        } else {
            self.init(parsing: bytes)
        }
    }

    private init(parsing bytes: UnsafeRawBufferPointer) {
        self = .other
        guard let json = try? JSON(parsing: bytes),
            json["type"]?.text == "conversation_initiation_client_data"
        else { return }
        self = .initiation(call: json["dynamic_variables"]?["call_sid"]?.text)
    }
}
