import Glibc

/// The agent's audio, in any format and pieces of any size, to the caller's µ-law.
///
///     bytes ─▶ whole samples ─▶ 20 ms frames ─▶ resample ─▶ encode ─▶ µ-law, lent piece by piece
///                 odd byte kept      remainder kept
///
/// Pieces of one utterance join without a seam: the same bytes in any pieces give the same out.
package struct AgentTranscoder: ~Copyable {
    /// The edge of an utterance that stops in mid-frame is rounded over so many samples at
    /// 8 kHz, 3 ms: exactly what the resampler holds back, so the ramp costs no time.
    private static let rampSamples = 24

    private let resampler: Resampler?
    private let frameBytes: Int
    private let held: UnsafeMutableRawBufferPointer
    private let output: UnsafeMutableBufferPointer<Int16>
    private let codes: UnsafeMutableRawBufferPointer
    private var heldCount = 0

    /// From `format`, which is not µ-law: that needs no transcoder.
    package init(from format: AudioFormat) throws(ResamplerFault) {
        precondition(format.encoding == .pcm16, "µ-law to µ-law is no conversion")
        let frame = format.rate / 50
        if format.rate == 8_000 {
            resampler = nil
            output = .allocate(capacity: frame)
        } else {
            let resampler = try Resampler(from: format.rate, to: 8_000)
            output = .allocate(capacity: resampler.outputMax(frame))
            self.resampler = consume resampler
        }
        frameBytes = frame * 2
        held = .allocate(byteCount: frameBytes, alignment: 16)
        codes = .allocate(byteCount: output.count, alignment: 16)
    }

    deinit {
        held.deallocate()
        output.deallocate()
        codes.deallocate()
    }

    /// Takes a piece of any length and lends the µ-law that comes of it.
    package mutating func push(
        _ bytes: UnsafeRawBufferPointer, _ sink: (UnsafeRawBufferPointer) -> Void
    ) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = rest.prefix(frameBytes - heldCount)
            held[heldCount...].copyBytes(from: piece)
            heldCount += piece.count
            rest = rest.dropFirst(piece.count)
            guard heldCount == frameBytes else { return }
            heldCount = 0
            let made = convert()
            encode(made, sink)
        }
    }

    /// The utterance is over: what is held comes out, its end rounded off, and the stream is as
    /// fresh.
    package mutating func finish(_ sink: (UnsafeRawBufferPointer) -> Void) {
        let samples = heldCount / 2
        heldCount = 0
        let end = samples * 160 / (frameBytes / 2)
        held[(samples * 2)...].initializeMemory(as: UInt8.self, repeating: 0)
        var edge = end
        if samples > 0 {
            let made = convert()
            ramp(from: edge, made)
            encode(min(made, end + Self.rampSamples), sink)
            edge -= made
        }
        guard resampler != nil else { return }
        held.initializeMemory(as: UInt8.self, repeating: 0)
        let tail = convert()
        ramp(from: edge, tail)
        encode(max(0, min(tail, edge + Self.rampSamples)), sink)
    }

    /// Forgets everything; what was held is never heard.
    package mutating func reset() {
        heldCount = 0
        resampler?.reset()
    }

    /// Converts the held frame; answers how many samples lie in `output`.
    private borrowing func convert() -> Int {
        let samples = held.assumingMemoryBound(to: Int16.self)
        guard resampler != nil else {
            return output.update(fromContentsOf: samples)
        }
        return resampler?.process(UnsafeBufferPointer(samples), into: output) ?? 0
    }

    /// Lowers what follows `start` to nothing along half a cosine.
    private borrowing func ramp(from start: Int, _ count: Int) {
        for index in max(0, start)..<max(count, max(0, start)) {
            let step = Double(index - start) / Double(Self.rampSamples)
            let gain = step < 1 ? 0.5 + 0.5 * cos(step * .pi) : 0
            output[index] = Int16((Double(output[index]) * gain).rounded())
        }
    }

    private borrowing func encode(_ count: Int, _ sink: (UnsafeRawBufferPointer) -> Void) {
        guard count > 0 else { return }
        MuLaw.encode(
            UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: output[..<count])), into: codes)
        sink(UnsafeRawBufferPointer(rebasing: codes[..<count]))
    }
}
