import CSoxr
import Glibc

/// Why there is no resampler.
package enum ResamplerError: Error, Equatable {
    /// Nobody worked out how to go from one of these rates to the other.
    case noRecipe(from: Int, to: Int)
    /// libsoxr refused, in its own words.
    case refused(String)
    /// libsoxr gives other amounts than its recipe promises: a changed library or environment.
    case uneven(from: Int, to: Int)
    /// What comes out is late, loud or quiet by more than a trace.
    case unfaithful(from: Int, to: Int)
}

/// One stream from one sample rate to another: 20 ms in, exactly 20 ms out, linear phase.
///
/// Owns one soxr stream, whose queues find their size in its first second; from then on nothing is
/// allocated. Never for two threads at once.
package struct Resampler: ~Copyable {
    /// Samples of a frame in.
    package let samplesIn: Int
    /// Samples of a frame out.
    package let samplesOut: Int
    /// How late the output is, in output samples; constant.
    package let delaySamples: Double
    /// Frames libsoxr did not complete and silence filled: 0 unless the library fails.
    package private(set) var shortFrames: Int

    private let stream: soxr_t
    private let output: Scratch
    /// Output samples at the front of `output` that were handed out.
    private var used: Int
    /// Output samples in `output`, the used ones included.
    private var filled: Int

    /// A stream from one rate to another, primed, and proven with three frames of silence.
    package init(from: Int, to: Int) throws(ResamplerError) {
        self = try Self.opened(ResamplerRecipe.between(from, to))
    }

    /// A stream by this recipe, primed and proven.
    static func opened(_ recipe: ResamplerRecipe) throws(ResamplerError) -> Resampler {
        var resampler = Resampler(recipe, stream: try create(recipe))
        let primed = resampler.filled
        resampler.used = min(primed, recipe.dropped)
        for _ in 0..<3 { resampler.reset() }
        guard primed >= recipe.dropped, resampler.shortFrames == 0 else {
            throw .uneven(from: recipe.from, to: recipe.to)
        }
        return resampler
    }

    /// Takes `stream` over and primes it.
    private init(_ recipe: ResamplerRecipe, stream: soxr_t) {
        self.stream = stream
        samplesIn = recipe.samplesIn
        samplesOut = recipe.samplesOut
        delaySamples = recipe.delay
        (shortFrames, used, filled) = (0, 0, 0)
        // One frame handed out, one made, and at most as much again that came early.
        output = Scratch(byteCount: 3 * recipe.samplesOut * MemoryLayout<Int16>.size)
        Self.silence.withUnsafeBufferPointer {
            run(UnsafeBufferPointer(rebasing: $0[..<recipe.primed]))
        }
    }

    deinit {
        soxr_delete(stream)
    }

    /// How late the output is.
    package var delay: Duration {
        .nanoseconds((delaySamples * 20_000_000 / Double(samplesOut)).rounded())
    }

    /// Takes one frame and gives the next one (soxr_process).
    ///
    /// The result may be changed by the caller and is valid until the next call.
    package mutating func process(
        _ frame: UnsafeBufferPointer<Int16>
    ) -> UnsafeMutableBufferPointer<Int16> {
        precondition(frame.count == samplesIn, "a resampler takes whole frames")
        dropUsed()
        run(frame)
        let samples = output.bytes.assumingMemoryBound(to: Int16.self)
        if filled < samplesOut {
            samples[filled..<samplesOut].update(repeating: 0)
            filled = samplesOut
            shortFrames += 1
        }
        used = samplesOut
        return UnsafeMutableBufferPointer(rebasing: samples[..<samplesOut])
    }

    /// Forgets the audio inside: the next frame sounds as from a new stream.
    ///
    /// One frame of silence, which is longer than any filter here: 1 µs and no allocation, where
    /// `soxr_clear` would build the stream anew.
    package mutating func reset() {
        Self.silence.withUnsafeBufferPointer {
            _ = process(UnsafeBufferPointer(rebasing: $0[..<samplesIn]))
        }
    }

    /// As many zeros as the longest frame in or the longest priming.
    private static let silence = [Int16](repeating: 0, count: 1024)

    /// Moves what came early to the front.
    private mutating func dropUsed() {
        filled -= used
        let samples = output.bytes.assumingMemoryBound(to: Int16.self)
        if filled > 0, used > 0, let front = samples.baseAddress {
            front.update(from: front + used, count: filled)
        }
        used = 0
    }

    /// Pushes samples and appends what comes out.
    private mutating func run(_ samples: UnsafeBufferPointer<Int16>) {
        let space = UnsafeMutableRawBufferPointer(rebasing: output.bytes[(2 * filled)...])
        var taken = 0
        var made = 0
        // Asked for `taken`, soxr_process leaves behind what has no room; that would be our fault.
        let fault = soxr_process(
            stream, samples.baseAddress, samples.count, &taken,
            space.baseAddress, space.count / 2, &made)
        if fault != nil || taken != samples.count { shortFrames += 1 }
        filled += made
    }

    /// Opens a stream (soxr_create) with nothing that matters left to defaults.
    private static func create(_ recipe: ResamplerRecipe) throws(ResamplerError) -> soxr_t {
        var format = soxr_io_spec(SOXR_INT16_I, SOXR_INT16_I)
        // Dither would turn silence into noise, differently each time.
        format.flags = UInt(SOXR_NO_DITHER)
        var quality = soxr_quality_spec(UInt(SOXR_20_BITQ), 0)
        quality.precision = recipe.precision
        quality.phase_response = 50
        quality.passband_end = 1 - recipe.transition
        quality.stopband_begin = 1 + recipe.transition
        var runtime = soxr_runtime_spec(1)
        runtime.log2_min_dft_size = 8
        runtime.log2_large_dft_size = 8
        var fault: soxr_error_t?
        let stream = soxr_create(
            Double(recipe.from), Double(recipe.to), 1, &fault, &format, &quality, &runtime)
        guard let stream else {
            throw .refused(fault.map { String(cString: $0) } ?? "out of memory")
        }
        return stream
    }
}

extension Resampler {
    /// Unsets every `SOXR_…` variable, which libsoxr would obey before its caller.
    ///
    /// To be called first in `main`, while there is one thread.
    package static func clearEnvironment() {
        var names: [String] = []
        var entry = soxr_shim_environment()
        while let variable = entry?.pointee {
            let text = String(cString: variable)
            if text.hasPrefix("SOXR_") { names.append(String(text.prefix { $0 != "=" })) }
            entry = entry?.advanced(by: 1)
        }
        for name in names { unsetenv(name) }
    }
}
