import Wire

/// Hears one media stream: what `TwilioReading` reads, with less work when a message resembles the
/// one before it.
///
///     bytes ─▶ familiar shape ─ media ─▶ .media, where it lies
///                   └─ another ─▶ shape scanner ─ media ─▶ .media, and its shape is learned
///                                      └─ anything else ─▶ full parser
package struct TwilioEar: ~Copyable {
    /// The stream that started here; nil before it has.
    private let stream: StreamSID?
    private var shape = FamiliarShape()

    /// An ear for that stream alone: another one's shapes are others.
    package init(stream: StreamSID?) {
        self.stream = stream
    }

    /// Reads one message. The bytes must outlive what is read from them.
    package mutating func hear(_ text: RawSpan) -> TwilioReading {
        // What is read points into the message anyway, for as long as it lives.
        let bytes = text.withUnsafeBytes { $0 }
        if let found = shape.find(in: bytes) { return .media(TwilioMedia(found)) }
        if let media = TwilioMedia(scanning: bytes, stream: stream, learning: &shape) {
            return .media(media)
        }
        return TwilioReading(parsing: bytes, stream: stream)
    }
}
