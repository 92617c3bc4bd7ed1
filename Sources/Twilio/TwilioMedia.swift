package import Wire

/// One piece of the caller's audio: mu-law at 8 kHz, 20 ms as a rule and any length by right.
package struct TwilioMedia {
    /// Counts the pieces from 1, so that a gap shows; 0 when the message bore none.
    package let chunk: Int64
    /// When the piece was heard, since the stream began; the first is late by 100 ms or more.
    package let timestamp: Duration
    /// The stream's own count of all its messages; 0 when the message bore none.
    package let sequenceNumber: Int64
    /// True when the message names the stream that was expected, or none was expected yet.
    package let isOurs: Bool
    /// True for what the caller said, false for the other direction of a one-way stream.
    package let isInbound: Bool

    /// The audio, found to be base64 and nothing else.
    package let base64: LentBytes
}

extension TwilioMedia {
    /// Nil for everything but media of the usual shape; allocates nothing.
    init?(scanning bytes: UnsafeRawBufferPointer, stream: StreamSID?) {
        guard let texts = Texts(scanning: bytes) else { return nil }
        self.init(texts, stream: stream)
    }

    /// The same, and what was found is learned when the next message may well be like it.
    init?(
        scanning bytes: UnsafeRawBufferPointer, stream: StreamSID?,
        learning shape: inout FamiliarShape
    ) {
        guard let texts = Texts(scanning: bytes) else { return nil }
        self.init(texts, stream: stream)
        guard isOurs, isInbound, let payload = texts.body.payload else { return }
        shape.learn(
            bytes, numbers: [texts.body.chunk, texts.body.timestamp, texts.sequence],
            base64: payload)
    }

    /// Media of a shape that was learned, so it is of our stream and inbound.
    @inline(__always)
    init(_ found: FamiliarShape.Found) {
        base64 = .inPlace(found.base64)
        chunk = found.numbers.0
        timestamp = .milliseconds(found.numbers.1)
        sequenceNumber = found.numbers.2
        isOurs = true
        isInbound = true
    }

    private init?(_ texts: Texts, stream: StreamSID?) {
        guard let letters = texts.body.payload, letters.count > 0,
            let chunk = Self.number(texts.body.chunk),
            let milliseconds = Self.number(texts.body.timestamp),
            let sequenceNumber = Self.number(texts.sequence)
        else { return nil }
        base64 = .inPlace(letters.bytes)
        self.chunk = chunk
        timestamp = .milliseconds(milliseconds)
        self.sequenceNumber = sequenceNumber
        isOurs = Self.isOurs(texts.stream, stream)
        isInbound = texts.body.track.map { $0 == "inbound" } ?? true
    }

    /// What the scanner found, where it lies.
    private struct Texts {
        var sequence: ShapeText?
        var stream: ShapeText?
        var body = Body()

        init?(scanning bytes: UnsafeRawBufferPointer) {
            var scanner = ShapeScanner(bytes)
            var event: ShapeText?
            var hasBody = false
            scanner.enter()
            while let name = scanner.next() {
                if name == "event" {
                    scanner.text(into: &event)
                    guard let event, event == "media" else { return nil }
                } else if name == "sequenceNumber" {
                    scanner.text(into: &sequence)
                } else if name == "streamSid" {
                    scanner.text(into: &stream)
                } else if name == "media" {
                    scanner.enter(once: &hasBody)
                    body.scan(&scanner)
                } else {
                    scanner.skip()
                }
            }
            guard scanner.isWhole, event != nil else { return nil }
        }
    }

    /// What lies under `media`.
    private struct Body {
        var payload: ShapeText?
        var chunk: ShapeText?
        var timestamp: ShapeText?
        var track: ShapeText?

        @inline(__always)
        mutating func scan(_ scanner: inout ShapeScanner) {
            while let name = scanner.next() {
                if name == "payload" {
                    scanner.base64(into: &payload)
                } else if name == "chunk" {
                    scanner.text(into: &chunk)
                } else if name == "timestamp" {
                    scanner.text(into: &timestamp)
                } else if name == "track" {
                    scanner.text(into: &track)
                } else {
                    scanner.skip()
                }
            }
        }
    }

    /// A count, 0 when it is not told; nil when it is told in a way the scanner does not know.
    private static func number(_ text: ShapeText?) -> Int64? {
        guard let text else { return 0 }
        return text.integer
    }

    private static func isOurs(_ named: ShapeText?, _ stream: StreamSID?) -> Bool {
        guard let stream else { return true }
        guard let named else { return false }
        return stream.isSpelled(by: named.bytes)
    }
}

extension TwilioMedia {
    /// Reads a parsed media message, whatever its shape.
    init(_ json: JSON, stream: StreamSID?) throws(TwilioFault) {
        let media = json["media"] ?? .null
        guard let letters = media["payload"]?.text else { throw .missing("media.payload") }
        guard !letters.isEmpty, let base64 = LentBytes(base64: letters) else {
            throw .notBase64
        }
        self.base64 = base64
        chunk = media["chunk"]?.whole ?? 0
        timestamp = .milliseconds(media["timestamp"]?.whole ?? 0)
        sequenceNumber = json["sequenceNumber"]?.whole ?? 0
        isOurs = stream == nil || json["streamSid"]?.text == stream?.text
        isInbound = (media["track"]?.text ?? "inbound") == "inbound"
    }
}
