import Wire

/// What one text message of a media stream turned out to be.
///
///     bytes ─▶ shape scanner ─ media, whole ─▶ .media, where it lies: nothing is allocated
///                   └─ anything else ─▶ full parser ─▶ .media (a copy), .message or .malformed
///
/// Fifty of these come each second and call, nearly all of them media. The scanner accepts any
/// order of keys and passes over those it does not know; numbers that are no strings, escapes
/// and everything odd go the long way round and mean the same there.
package enum TwilioReading {
    /// The caller's audio.
    case media(TwilioMedia)
    /// Anything else that could be read.
    case message(TwilioMessage)
    /// To be counted; the stream goes on.
    case malformed(TwilioFault)

    /// Reads one message; `stream` is the one that started here, nil before it has. The bytes
    /// must outlive what is read from them.
    package init(_ text: RawSpan, stream: StreamSID?) {
        self = text.withUnsafeBytes { bytes in
            if let media = TwilioMedia(scanning: bytes, stream: stream) { return .media(media) }
            return TwilioReading(parsing: bytes, stream: stream)
        }
    }

    /// Reads one message in full.
    init(parsing bytes: UnsafeRawBufferPointer, stream: StreamSID?) {
        do throws(TwilioFault) {
            self = try TwilioReading(Self.json(bytes), stream: stream)
        } catch {
            self = .malformed(error)
        }
    }

    private static func json(_ bytes: UnsafeRawBufferPointer) throws(TwilioFault) -> JSON {
        do { return try JSON(parsing: bytes) } catch { throw .notJSON }
    }

    private init(_ json: JSON, stream: StreamSID?) throws(TwilioFault) {
        guard json.members != nil else { throw .notJSON }
        if json["event"] == "media" {
            self = .media(try TwilioMedia(json, stream: stream))
            return
        }
        if let stream, let named = json["streamSid"]?.text, named != stream.text {
            throw .wrongStream
        }
        self = .message(try TwilioMessage(json))
    }
}
