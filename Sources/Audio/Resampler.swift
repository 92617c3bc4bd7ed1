import CSoxr
import Glibc

/// Why a resampler cannot be had.
package enum ResamplerFault: Error, Sendable, Equatable {
    /// There is no recipe for these rates.
    case ratesUnknown(from: Int, to: Int)
    /// soxr refused its recipe; its words.
    case refused(String)
    /// soxr does not keep the recipe's promise of even frames.
    case uneven(from: Int, to: Int)
}

/// One stream of samples from one rate to another: owns one soxr instance.
///
/// Samples are 16 bit. After the first few frames nothing is allocated. Silence in is exactly
/// silence out, since dithering is off.
package struct Resampler: ~Copyable {
    // Owned: made in `init`, deleted in `deinit`, used by nobody else.
    private let soxr: soxr_t
    private let recipe: ResamplerRecipe

    /// Input samples in 20 ms, cut to whole ones.
    package var frame: Int { recipe.from / 50 }
    /// How much later a sample leaves than it came.
    package var delay: Duration {
        .nanoseconds(recipe.prime * 1_000_000_000 / recipe.from)
    }

    /// A stream that has heard silence only.
    package init(from: Int, to: Int) throws(ResamplerFault) {
        guard let recipe = ResamplerRecipe.find(from: from, to: to) else {
            throw .ratesUnknown(from: from, to: to)
        }
        self.init(recipe, try Self.make(recipe))
        _ = push(silence: recipe.prime)
    }

    private init(_ recipe: ResamplerRecipe, _ soxr: soxr_t) {
        self.recipe = recipe
        self.soxr = soxr
    }

    deinit { soxr_delete(soxr) }

    /// At most so many samples come out of `count` that go in.
    package func outputMax(_ count: Int) -> Int {
        // Blocks of the transform: what was held back may come along.
        count * recipe.to / recipe.from + (2 << recipe.transformBits) * recipe.to / recipe.from + 2
    }

    /// Converts all of `input`; answers how many samples were written to `output`.
    package borrowing func process(
        _ input: UnsafeBufferPointer<Int16>, into output: UnsafeMutableBufferPointer<Int16>
    ) -> Int {
        var taken = 0
        var made = 0
        // soxr_process(3): takes all it is given as long as the output has room.
        soxr_process(
            soxr, input.baseAddress, input.count, &taken, output.baseAddress, output.count, &made)
        precondition(taken == input.count, "soxr left samples behind")
        return made
    }

    /// Forgets what was heard: a frame of silence drives it out of the filter, and what comes of
    /// it is thrown away. For a framed recipe the stream is then as it was when it was made.
    package borrowing func reset() { _ = push(silence: frame) }

    private borrowing func push(silence count: Int) -> Int {
        withUnsafeTemporaryAllocation(of: Int16.self, capacity: count) { silence in
            silence.initialize(repeating: 0)
            return withUnsafeTemporaryAllocation(of: Int16.self, capacity: outputMax(count)) {
                process(UnsafeBufferPointer(silence), into: $0)
            }
        }
    }

    private static func make(_ recipe: ResamplerRecipe) throws(ResamplerFault) -> soxr_t {
        var quality = soxr_quality_spec(UInt(SOXR_HQ), 0)
        quality.precision = 15
        quality.phase_response = 50
        quality.passband_end = recipe.passbandEnd
        quality.stopband_begin = recipe.stopbandBegin
        var format = soxr_io_spec(SOXR_INT16_I, SOXR_INT16_I)
        format.flags = UInt(SOXR_NO_DITHER)
        var runtime = soxr_runtime_spec(1)
        runtime.log2_min_dft_size = recipe.transformBits
        runtime.log2_large_dft_size = recipe.transformBits
        var error: soxr_error_t?
        let made = soxr_create(
            Double(recipe.from), Double(recipe.to), 1, &error, &format, &quality, &runtime)
        guard let made, error == nil else {
            throw .refused(error.map { String(cString: $0) } ?? "no reason given")
        }
        return made
    }
}

/// Proves, before any call, that soxr does what its recipes promise on this machine.
package enum ResamplerProof {
    private static let frames = 50

    /// Takes every `SOXR_…` variable out of the environment: soxr lets them override its caller.
    /// To be called before the first thread is started.
    package static func clearEnvironment() {
        var names: [String] = []
        var place = environ
        while let entry = place.pointee {
            let text = String(cString: entry)
            if text.hasPrefix("SOXR_") { names.append(String(text.prefix { $0 != "=" })) }
            place += 1
        }
        for name in names { unsetenv(name) }
    }

    /// Runs every recipe for a second; throws the first broken promise.
    package static func run() throws(ResamplerFault) {
        for recipe in ResamplerRecipe.all {
            let resampler = try Resampler(from: recipe.from, to: recipe.to)
            let input = [Int16](repeating: 0, count: resampler.frame)
            var output = [Int16](repeating: 0, count: resampler.outputMax(resampler.frame))
            for _ in 0..<frames {
                let made = input.withUnsafeBufferPointer { input in
                    output.withUnsafeMutableBufferPointer { resampler.process(input, into: $0) }
                }
                guard !recipe.isFramed || made == recipe.to / 50 else {
                    throw .uneven(from: recipe.from, to: recipe.to)
                }
            }
        }
    }
}
