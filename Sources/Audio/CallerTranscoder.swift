/// The caller's µ-law to what the agent wants to hear, by the shortest path.
///
///     µ-law ──decode──▶ pcm_8000 ──resample──▶ pcm of another rate
///
/// 160 bytes in give 20 ms out at once, whatever the pieces: an odd piece waits for its frame.
package struct CallerTranscoder: ~Copyable {
    private static let frameBytes = 160

    private let resampler: Resampler?
    private let held: UnsafeMutableRawBufferPointer
    private let samples: UnsafeMutableBufferPointer<Int16>
    private let output: UnsafeMutableBufferPointer<Int16>
    private var heldCount = 0

    /// Towards `format`, which is not µ-law: equal formats need no transcoder.
    package init(to format: AudioFormat) throws(ResamplerFault) {
        precondition(format.encoding == .pcm16, "µ-law to µ-law is no conversion")
        if format.rate == 8_000 {
            resampler = nil
            output = .allocate(capacity: 0)
        } else {
            let resampler = try Resampler(from: 8_000, to: format.rate)
            output = .allocate(capacity: resampler.outputMax(Self.frameBytes))
            self.resampler = consume resampler
        }
        held = .allocate(byteCount: Self.frameBytes, alignment: 16)
        samples = .allocate(capacity: Self.frameBytes)
    }

    deinit {
        held.deallocate()
        samples.deallocate()
        output.deallocate()
    }

    /// Takes µ-law of any length and lends what comes of it, a frame at a time.
    package mutating func push(
        _ codes: UnsafeRawBufferPointer, _ sink: (UnsafeRawBufferPointer) -> Void
    ) {
        var rest = codes[...]
        while !rest.isEmpty {
            if heldCount == 0, rest.count >= Self.frameBytes {
                convert(UnsafeRawBufferPointer(rebasing: rest.prefix(Self.frameBytes)), sink)
                rest = rest.dropFirst(Self.frameBytes)
                continue
            }
            let piece = rest.prefix(Self.frameBytes - heldCount)
            held[heldCount...].copyBytes(from: piece)
            heldCount += piece.count
            rest = rest.dropFirst(piece.count)
            guard heldCount == Self.frameBytes else { return }
            heldCount = 0
            convert(UnsafeRawBufferPointer(held), sink)
        }
    }

    private borrowing func convert(
        _ frame: UnsafeRawBufferPointer, _ sink: (UnsafeRawBufferPointer) -> Void
    ) {
        MuLaw.decode(frame, into: UnsafeMutableRawBufferPointer(samples))
        guard resampler != nil else { return sink(UnsafeRawBufferPointer(samples)) }
        let made = resampler?.process(UnsafeBufferPointer(samples), into: output) ?? 0
        if made > 0 { sink(UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: output[..<made]))) }
    }
}
