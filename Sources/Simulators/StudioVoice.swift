import Synchronization

/// Speaks recordings where there are some and murmurs where there are none; what was made once
/// for a format is kept for all conversations.
package final class StudioVoice: AgentVoice {
    private struct Key: Hashable {
        var text: String
        var recording: String?
        var format: SpokenFormat
    }

    /// Utterances kept; a script has a dozen.
    private static let keptMax = 500

    private let kept = Mutex<[Key: [UInt8]]>([:])

    package init() {}

    package func audio(
        of utterance: AgentScript.Utterance, in format: SpokenFormat
    ) -> [UInt8] {
        let key = Key(text: utterance.text, recording: utterance.recording, format: format)
        if let made = kept.withLock({ $0[key] }) { return made }
        let made = make(utterance, in: format)
        kept.withLock { if $0.count < Self.keptMax { $0[key] = made } }
        return made
    }

    private func make(_ utterance: AgentScript.Utterance, in format: SpokenFormat) -> [UInt8] {
        let samples = Murmur.samples(of: utterance.text, sampleRate: format.sampleRate)
        return samples.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
    }
}
