import CRecordings

/// One utterance that was recorded and lives in this program.
package struct RecordedVoice: Sendable {
    /// `agent-en-greeting`: who, language, what.
    package let name: String
    /// ISO 639-1.
    package let language: String
    /// The words.
    package let text: String
    /// Its place among all; the audio stays where the program has it until somebody asks.
    private let index: Int

    /// A whole WAV file: mu-law, 8 kHz, mono.
    package var file: [UInt8] {
        var count = 0
        guard let first = recordings(&count), index < count else { return [] }
        return Array(UnsafeBufferPointer(start: first[index].bytes, count: first[index].count))
    }

    /// Every recording.
    package static let all: [RecordedVoice] = {
        var count = 0
        guard let first = recordings(&count) else { return [] }
        return (0..<count).map { index in
            let one = first[index]
            return RecordedVoice(
                name: String(cString: one.name), language: String(cString: one.language),
                text: String(cString: one.text), index: index)
        }
    }()

    /// The recording of that name.
    package static func named(_ name: String) -> RecordedVoice? {
        all.first { $0.name == name }
    }
}
