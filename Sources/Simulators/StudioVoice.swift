package import Audio
import Recordings
import Synchronization

/// Speaks recordings where there are some and murmurs where there are none; what was made once
/// for a format is kept for all conversations.
package final class StudioVoice: AgentVoice {
    private struct Key: Hashable {
        var text: String
        var recording: String?
        var format: AudioFormat
    }

    /// Utterances kept; a script has a dozen.
    private static let keptMax = 500

    private let kept = Mutex<[Key: [UInt8]]>([:])

    package init() {}

    package func audio(
        of utterance: AgentScript.Utterance, in format: AudioFormat
    ) -> [UInt8] {
        let key = Key(text: utterance.text, recording: utterance.recording, format: format)
        if let made = kept.withLock({ $0[key] }) { return made }
        let made =
            Self.recording(utterance.recording, in: format)
            ?? Self.murmur(utterance.text, in: format)
        kept.withLock { if $0.count < Self.keptMax { $0[key] = made } }
        return made
    }

    /// A recording in another format; nil when there is none.
    package static func recording(_ name: String?, in format: AudioFormat) -> [UInt8]? {
        guard let name, let voice = RecordedVoice.named(name),
            let wave = try? WaveFile(reading: voice.file)
        else { return nil }
        return converted(wave, to: format)
    }

    /// A file's samples in another format; nil when there is no way between the rates.
    package static func converted(_ wave: WaveFile, to format: AudioFormat) -> [UInt8]? {
        guard wave.format != format else { return wave.bytes }
        guard var transcoder = try? Transcoder(from: wave.format, to: format) else { return nil }
        var made: [UInt8] = []
        wave.bytes.withUnsafeBytes { all in
            transcoder.push(all) { made.append(contentsOf: $0) }
        }
        transcoder.finish { made.append(contentsOf: $0) }
        return made
    }

    private static func murmur(_ text: String, in format: AudioFormat) -> [UInt8] {
        let samples = Murmur.samples(of: text, sampleRate: format.rate)
        switch format.encoding {
        case .muLaw: return samples.map(MuLaw.encode)
        case .pcm16:
            return samples.flatMap { sample -> [UInt8] in
                [UInt8(truncatingIfNeeded: sample), UInt8(truncatingIfNeeded: sample >> 8)]
            }
        }
    }
}
