import Glibc

/// A voice for words nobody recorded: no speech, but as long, as loud and as broken as speech.
///
/// Every letter lasts a sixteenth of a second, every blank is a pause. A word hums on a pitch of
/// its own with five harmonics and swells and fades, so that it opens a voice detector and can
/// be told apart from silence and from tones. The same text always sounds the same.
package enum Murmur {
    /// Time for a letter: about fifteen a second are spoken in a calm sentence.
    private static let letter = 1.0 / 16

    /// 16-bit samples at this rate.
    package static func samples(of text: String, sampleRate: Int) -> [Int16] {
        var samples: [Int16] = []
        for word in text.split(separator: " ") {
            let length = Double(word.count) * letter
            let pitch = 105 + Double(word.unicodeScalars.reduce(0) { $0 &+ $1.value } % 120)
            let count = Int(length * Double(sampleRate))
            for index in 0..<count {
                let time = Double(index) / Double(sampleRate)
                var wave = 0.0
                for harmonic in 1...5 {
                    wave += sin(2 * .pi * pitch * Double(harmonic) * time) / Double(harmonic)
                }
                // No click at either end.
                let edge = min(time, length - time) / 0.015
                samples.append(Int16(wave * 5000 * min(1, max(0, edge))))
            }
            samples += [Int16](repeating: 0, count: sampleRate / 16)
        }
        return samples
    }
}
