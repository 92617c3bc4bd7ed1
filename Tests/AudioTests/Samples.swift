import TestDice

@testable import Audio

extension Dice {
    mutating func samples(_ count: Int, peak: Int16) -> [Int16] {
        (0..<count).map { _ in Int16.random(in: -peak...peak, using: &self) }
    }
}

extension [Int16] {
    /// These samples as they lie on the wire in PCM16.
    var bytes: [UInt8] { withUnsafeBytes { [UInt8]($0) } }

    var root: Double {
        isEmpty ? 0 : (reduce(0.0) { $0 + Double($1) * Double($1) } / Double(count)).squareRoot()
    }
}

extension [UInt8] {
    /// The samples these bytes are in PCM16.
    var samples: [Int16] { WaveFile(format: .wideband, bytes: self).samples }

    var decoded: [Int16] { WaveFile(format: .telephone, bytes: self).samples }
}

/// The codes of `samples`, by the loop under test.
func encoded(_ samples: [Int16]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: samples.count) { codes, written in
        samples.withUnsafeBytes { MuLaw.encode($0, into: UnsafeMutableRawBufferPointer(codes)) }
        written = samples.count
    }
}

/// What a new resampler makes of whole frames.
func resampled(_ samples: [Int16], from: Int, to: Int) throws -> [Int16] {
    var resampler = try Resampler(from: from, to: to)
    return resampled(samples, by: &resampler)
}

/// What `resampler` makes of whole frames; the rest is left out.
func resampled(_ samples: [Int16], by resampler: inout Resampler) -> [Int16] {
    var result: [Int16] = []
    let length = resampler.samplesIn
    for start in stride(from: 0, through: samples.count - length, by: length) {
        samples.withUnsafeBufferPointer {
            let frame = UnsafeBufferPointer(rebasing: $0[start..<(start + length)])
            result += resampler.process(frame)
        }
    }
    return result
}

extension Transcoder {
    /// Pushes `bytes` cut into chunks of the lengths given, over and over.
    mutating func push(_ bytes: [UInt8], cut lengths: [Int] = [4096]) -> [UInt8] {
        var result: [UInt8] = []
        var (at, turn) = (0, 0)
        while at < bytes.count {
            let end = Swift.min(bytes.count, at + lengths[turn % lengths.count])
            bytes[at..<end].withUnsafeBytes { push($0) { result += $0 } }
            (at, turn) = (end, turn + 1)
        }
        return result
    }

    mutating func finish() -> [UInt8] {
        var result: [UInt8] = []
        finish { result += $0 }
        return result
    }
}

/// What a new transcoder makes of `bytes`.
func transcoded(
    _ bytes: [UInt8], _ input: AudioFormat, _ output: AudioFormat, cut lengths: [Int] = [4096]
) throws -> [UInt8] {
    var transcoder = try Transcoder(from: input, to: output)
    return transcoder.push(bytes, cut: lengths)
}
