import Wire

/// Hears one conversation: what `AgentReading` reads, with less work when a piece of audio resembles
/// the one before it.
///
///     bytes ─▶ familiar shape ─ audio ─▶ .audio, where it lies
///                   └─ another ─▶ shape scanner ─ audio ─▶ .audio, and its shape is learned
///                                      └─ anything else ─▶ full parser
package struct AgentEar: ~Copyable {
    private var shape = FamiliarShape()

    /// An ear that has heard nothing yet.
    package init() {}

    /// Reads one message. The bytes must outlive what is read from them.
    package mutating func hear(_ text: RawSpan) -> AgentReading {
        // What is read points into the message anyway, for as long as it lives.
        let bytes = text.withUnsafeBytes { $0 }
        if let found = shape.find(in: bytes) { return .audio(AgentAudio(found)) }
        if let audio = AgentAudio(scanning: bytes, learning: &shape) { return .audio(audio) }
        return AgentReading(parsing: bytes)
    }
}
