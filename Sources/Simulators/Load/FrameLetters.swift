import Audio
import Wire

/// The audio of a frame as base64, the same for all frames but for the identity at its head.
struct FrameLetters: Sendable {
    /// About -18 dBFS, as loud as speech: clipped audio takes a resampler another way.
    private static let loudness: ClosedRange<Int16> = -4_000...4_000

    private let head: [UInt8]
    private let rest: [UInt8]
    private let bearsIdentity: Bool

    /// 20 ms of noise; without an identity where conversion would make a crack of it.
    init(_ format: AudioFormat, bearsIdentity: Bool) {
        var dice = SeededRandom(seed: UInt64(format.rate))
        let samples = (0..<format.samplesPerFrame).map { _ in
            Int16.random(in: Self.loudness, using: &dice)
        }
        let bytes =
            format.encoding == .muLaw
            ? samples.map { MuLaw.encode($0) }
            : samples.flatMap { sample in withUnsafeBytes(of: sample.littleEndian) { Array($0) } }
        let letters = Array(Base64.text(bytes).utf8)
        head = Array(letters.prefix(FrameIdentity.letterCount))
        rest = Array(letters.dropFirst(FrameIdentity.letterCount))
        self.bearsIdentity = bearsIdentity
    }

    /// Letters of the whole frame.
    var count: Int { head.count + rest.count }

    @inline(__always)
    func write(_ identity: FrameIdentity, into writer: inout MessageWriter) {
        if bearsIdentity {
            identity.write(into: &writer)
        } else {
            head.withUnsafeBytes { writer.append($0) }
        }
        rest.withUnsafeBytes { writer.append($0) }
    }
}
