import Wire

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

    /// Reads one message in full.
    init(parsing bytes: UnsafeRawBufferPointer) {
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
