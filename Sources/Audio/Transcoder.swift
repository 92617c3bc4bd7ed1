import Glibc

// From any chunks of one format to 20 ms frames of another:
//
//     chunk ─▶ gather 20 ms ─▶ decode ─▶ resample ─▶ encode ─▶ frame
//              FrameCutter     MuLaw     Resampler    MuLaw
//
// Steps that change nothing are left out; equal formats are only cut into frames. Each whole frame
// in gives one frame out, at once, and how the chunks were cut changes no bit of it.
//
// An utterance may end within a frame. `finish` then fills it with silence, and pulls out what the
// resampler still holds. The last 3 ms, just what it holds, are faded: a click less, and no delay.

/// One direction of one call: from one format to another by the shortest path.
///
/// Allocates nothing per frame (see `Resampler`). Never for two threads at once.
package struct Transcoder: ~Copyable {
    /// What goes in.
    package let input: AudioFormat
    /// What comes out.
    package let output: AudioFormat

    private var gather: FrameCutter
    private var resampler: Resampler?
    private let decoded: Scratch
    private let encoded: Scratch
    /// True when audio has gone in that the resampler may still hold.
    private var isBusy: Bool

    /// A direction from `input` to `output`; throws if their rates have no resampler.
    package init(from input: AudioFormat, to output: AudioFormat) throws(ResamplerError) {
        let same = input.rate == output.rate
        resampler = same ? nil : try Resampler(from: input.rate, to: output.rate)
        self.input = input
        self.output = output
        gather = FrameCutter(frameBytes: input.bytesPerFrame, filler: input.silence)
        decoded = Scratch(byteCount: same ? 2 * input.samplesPerFrame : 0)
        encoded = Scratch(byteCount: output.encoding == .muLaw ? output.samplesPerFrame : 0)
        isBusy = false
    }

    /// True when the formats are equal and bytes need not pass through here at all.
    package var isPassThrough: Bool { input == output }

    /// Hands every 20 ms frame that `chunk` completes to `sink`, which must copy what it keeps.
    package mutating func push(
        _ chunk: UnsafeRawBufferPointer, _ sink: (UnsafeRawBufferPointer) -> Void
    ) {
        var rest = chunk
        while let frame = gather.next(from: &rest) {
            isBusy = true
            sink(isPassThrough ? frame : encode(convert(frame)))
        }
    }

    /// Ends the utterance: hands over what is held, faded and filled up with silence, in at most
    /// two frames. What comes next sounds as from a new transcoder.
    package mutating func finish(_ sink: (UnsafeRawBufferPointer) -> Void) {
        let held = gather.held / input.bytesPerSample
        gather.pad(keeping: held * input.bytesPerSample)
        guard isBusy || held > 0 else { return }
        isBusy = false
        if isPassThrough {
            if held > 0 { sink(UnsafeRawBufferPointer(gather.frame)) }
            return
        }
        let length = Double(output.samplesPerFrame)
        let delay = resampler?.delaySamples ?? 0
        var end = delay + Double(held) * length / Double(input.samplesPerFrame)
        var start = max(0, end - Double(output.rate) * Self.rampSeconds)
        // Two frames, needed or not: the second leaves the resampler as new.
        for _ in 0..<2 {
            let samples = convert(UnsafeRawBufferPointer(gather.frame))
            Self.fade(samples, from: start, to: end)
            if end > 0 { sink(encode(samples)) }
            start -= length
            end -= length
            gather.pad(keeping: 0)
        }
    }

    /// Drops all audio inside, as when the caller interrupts: what comes next sounds as new.
    package mutating func reset() {
        gather.clear()
        if isBusy { resampler?.reset() }
        isBusy = false
    }

    /// Decodes and resamples a frame.
    private mutating func convert(
        _ frame: UnsafeRawBufferPointer
    ) -> UnsafeMutableBufferPointer<Int16> {
        let encoding = input.encoding
        let samples = resampler?.process { Self.decode(frame, encoding, into: $0) }
        if let samples { return samples }
        Self.decode(frame, encoding, into: decoded.bytes)
        return decoded.bytes.assumingMemoryBound(to: Int16.self)
    }

    private static func decode(
        _ frame: UnsafeRawBufferPointer, _ encoding: AudioFormat.Encoding,
        into samples: UnsafeMutableRawBufferPointer
    ) {
        switch encoding {
        case .muLaw: MuLaw.decode(frame, into: samples)
        case .pcm16: samples.copyMemory(from: frame)
        }
    }

    /// The bytes of a frame of samples.
    private func encode(_ samples: UnsafeMutableBufferPointer<Int16>) -> UnsafeRawBufferPointer {
        let bytes = UnsafeRawBufferPointer(samples)
        guard output.encoding == .muLaw else { return bytes }
        MuLaw.encode(bytes, into: encoded.bytes)
        return UnsafeRawBufferPointer(encoded.bytes)
    }

    /// 3 ms keep the click of an ending below the noise of mu-law; longer is not quieter.
    private static let rampSeconds = 0.003

    /// Lowers `samples` to silence along half a cosine; `start` and `end` may lie outside.
    private static func fade(
        _ samples: UnsafeMutableBufferPointer<Int16>, from start: Double, to end: Double
    ) {
        let count = Double(samples.count)
        for at in Int(min(max(start, 0), count))..<samples.count {
            guard Double(at) < end else {
                samples[at] = 0
                continue
            }
            let part = (Double(at) - start) / (end - start)
            samples[at] = Int16((Double(samples[at]) * (1 + cos(.pi * part)) / 2).rounded())
        }
    }
}
