import Glibc

/// A sine: what tests send, and recognise on the other side.
package struct Tone: Sendable, Equatable {
    /// In hertz.
    package var frequency: Double
    /// The highest sample.
    package var peak: Double

    /// A sine of this many hertz whose highest sample is `peak`.
    package init(frequency: Double, peak: Double) {
        self.frequency = frequency
        self.peak = peak
    }

    /// A sine of this many hertz and this level on a telephone line.
    package init(frequency: Double, dBm0: Double) {
        self.init(frequency: frequency, peak: Self.peakAtZero * pow(10, dBm0 / 20))
    }

    /// The peak of a sine at 0 dBm0: 3.17 dB below the largest mu-law sine (G.711 section 4),
    /// where mu-law begins to clip at 32636.
    package static let peakAtZero = 32636 * pow(10, -3.17 / 20)

    /// `count` samples, as if the tone had begun `start` samples before.
    package func samples(_ count: Int, rate: Int, from start: Int = 0) -> [Int16] {
        let step = 2 * Double.pi * frequency / Double(rate)
        return (start..<(start + count)).map {
            Int16(clamping: Int((peak * sin(step * Double($0))).rounded()))
        }
    }

    /// The bytes of `samples(_:rate:from:)` in `format`.
    package func bytes(_ count: Int, as format: AudioFormat, from start: Int = 0) -> [UInt8] {
        let samples = samples(count, rate: format.rate, from: start)
        return samples.withUnsafeBytes { pcm in
            guard format.encoding == .muLaw else { return [UInt8](pcm) }
            return [UInt8](unsafeUninitializedCapacity: count) { codes, written in
                MuLaw.encode(pcm, into: UnsafeMutableRawBufferPointer(codes))
                written = count
            }
        }
    }

    /// The part of the samples' power that lies at `frequency`, 0…1 (Goertzel's algorithm).
    ///
    /// Tones nearer than `rate / samples.count` hertz are not told apart.
    package static func share(of frequency: Double, in samples: [Int16], rate: Int) -> Double {
        let turn = 2 * cos(2 * Double.pi * frequency / Double(rate))
        var (last, beforeLast, power) = (0.0, 0.0, 0.0)
        for sample in samples {
            let value = Double(sample)
            (last, beforeLast) = (value + turn * last - beforeLast, last)
            power += value * value
        }
        guard power > 0 else { return 0 }
        let energy = last * last + beforeLast * beforeLast - turn * last * beforeLast
        return min(1, 2 * energy / (Double(samples.count) * power))
    }

    /// The frequency among `candidates` that carries more than half of the samples' power.
    package static func heard(
        among candidates: [Double], in samples: [Int16], rate: Int
    ) -> Double? {
        candidates.first { share(of: $0, in: samples, rate: rate) > 0.5 }
    }
}
