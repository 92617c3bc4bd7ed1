import Glibc

/// What callers hear who wait: a phrase of soft notes, made here so that nobody's rights and no
/// file are needed.
///
/// Eight notes of a major chord, half a second each: a sine with a little of its octave
/// that swells for 20 ms and then fades. The last has died away when the phrase is over, so it
/// can be repeated, and be cut off by a question in between, without a click.
package enum HoldMusic {
    /// The phrase in G.711 µ-law at 8 kHz: four seconds.
    package static let phrase: [UInt8] = samples.map { MuLaw.encode($0) }

    /// G, C, E and G around middle C, up and down, in hertz.
    private static let notes = [196.0, 261.63, 329.63, 392, 329.63, 261.63, 329.63, 261.63]
    /// Half a second, in samples.
    private static let noteSamples = AudioFormat.telephone.rate / 2
    /// Well below a voice on the line: it is to be heard, not listened to.
    private static let peak = Tone(frequency: 0, dBm0: -24).peak

    private static var samples: [Int16] {
        var all: [Int16] = []
        for (place, note) in notes.enumerated() {
            let isLast = place == notes.count - 1
            all += (0..<noteSamples).map { sample(note, $0, fadingBy: isLast ? 12 : 6) }
        }
        return all
    }

    private static func sample(_ note: Double, _ index: Int, fadingBy rate: Double) -> Int16 {
        let time = Double(index) / Double(AudioFormat.telephone.rate)
        let turn = 2 * Double.pi * note * time
        let rest = Double(noteSamples - index) / Double(AudioFormat.telephone.rate)
        let swell = min(1, time / 0.02, rest / 0.02)
        let wave = 0.8 * sin(turn) + 0.2 * sin(2 * turn)
        return Int16((peak * swell * exp(-rate * time) * wave).rounded())
    }
}
