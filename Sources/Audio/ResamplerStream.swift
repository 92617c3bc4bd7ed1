import CSoxr

/// Owns one soxr stream, and the memory that it reads from and writes into.
///
/// Its queues find their size in its first second; from then on nothing is allocated.
final class ResamplerStream {
    let recipe: ResamplerRecipe
    private let stream: soxr_t
    private let input: Scratch
    private let output: Scratch
    /// The same as doubles, for a recipe that wants them.
    private let inputDoubles: Scratch
    private let outputDoubles: Scratch
    /// Output samples at the front of `output` that were handed out.
    private var used: Int
    /// Output samples in `output`, the used ones included.
    private var filled: Int

    /// A stream by this recipe, primed, and proven with three frames of silence.
    init(_ recipe: ResamplerRecipe) throws(ResamplerError) {
        self.recipe = recipe
        stream = try Self.create(recipe)
        // Zero at first: what primes it is silence.
        input = Scratch(byteCount: 2 * max(recipe.samplesPushed, recipe.primed))
        // One frame handed out, one made, and at most as much again that came early.
        output = Scratch(byteCount: 2 * 3 * recipe.samplesPulled)
        inputDoubles = Scratch(byteCount: recipe.isPrecise ? 4 * input.bytes.count : 0)
        outputDoubles = Scratch(byteCount: recipe.isPrecise ? 4 * output.bytes.count : 0)
        (used, filled) = (0, 0)
        _ = run(recipe.primed)
        let isPrimed = filled >= recipe.dropped
        used = min(filled, recipe.dropped)
        guard isPrimed, (0..<3).allSatisfy({ _ in process() }) else {
            throw .uneven(from: recipe.from, to: recipe.to)
        }
    }

    deinit {
        soxr_delete(stream)
    }

    /// Where the next frame belongs, with room before it for what the recipe wants heard again.
    var space: UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(rebasing: input.bytes[..<(2 * recipe.samplesPushed)])
    }

    /// The frame that `process` made; it may be changed, and is gone with the next one.
    var frame: UnsafeMutableBufferPointer<Int16> {
        let end = recipe.samplesPulled
        let samples = output.bytes.assumingMemoryBound(to: Int16.self)
        return UnsafeMutableBufferPointer(rebasing: samples[(end - recipe.samplesOut)..<end])
    }

    /// Makes a frame of what lies in `space`; false when silence had to complete it, which only a
    /// library that fails brings about.
    func process() -> Bool {
        dropUsed()
        var isWhole = run(recipe.samplesPushed)
        used = recipe.samplesPulled
        if filled < used {
            let samples = output.bytes.assumingMemoryBound(to: Int16.self)
            samples[filled..<used].update(repeating: 0)
            filled = used
            isWhole = false
        }
        return isWhole
    }

    /// Moves what came early to the front.
    private func dropUsed() {
        filled -= used
        let samples = output.bytes.assumingMemoryBound(to: Int16.self)
        if filled > 0, used > 0, let front = samples.baseAddress {
            front.update(from: front + used, count: filled)
        }
        used = 0
    }

    /// Pushes samples and appends what comes out; false unless all were taken.
    private func run(_ samples: Int) -> Bool {
        let space = UnsafeMutableRawBufferPointer(rebasing: output.bytes[(2 * filled)...])
        let (taken, made) =
            recipe.isPrecise ? pushDoubles(samples, space) : push(samples, input.bytes, space)
        filled += made
        return taken == samples
    }

    private func pushDoubles(
        _ samples: Int, _ space: UnsafeMutableRawBufferPointer
    ) -> (taken: Int, made: Int) {
        SampleDoubles.widen(
            UnsafeRawBufferPointer(input.bytes), into: inputDoubles.bytes, count: samples)
        let doubles = UnsafeMutableRawBufferPointer(
            rebasing: outputDoubles.bytes[..<(4 * space.count)])
        let done = push(samples, inputDoubles.bytes, doubles)
        // Of what comes of the history nobody hears anything.
        let unheard = max(0, done.made - recipe.samplesOut)
        SampleDoubles.narrow(
            UnsafeRawBufferPointer(rebasing: doubles[(8 * unheard)...]),
            into: UnsafeMutableRawBufferPointer(rebasing: space[(2 * unheard)...]),
            count: done.made - unheard)
        return done
    }

    /// Lets libsoxr take samples from one memory and make others in another (soxr_process).
    private func push(
        _ samples: Int, _ from: UnsafeMutableRawBufferPointer,
        _ space: UnsafeMutableRawBufferPointer
    ) -> (taken: Int, made: Int) {
        var (taken, made) = (0, 0)
        // Asked for `taken`, soxr_process leaves behind what has no room; that would be our fault.
        let fault = soxr_process(
            stream, from.baseAddress, samples, &taken,
            space.baseAddress, space.count / (recipe.isPrecise ? 8 : 2), &made)
        return fault == nil ? (taken, made) : (0, 0)
    }

    /// Opens a stream (soxr_create) with nothing that matters left to defaults.
    private static func create(_ recipe: ResamplerRecipe) throws(ResamplerError) -> soxr_t {
        let type = recipe.isPrecise ? SOXR_FLOAT64_I : SOXR_INT16_I
        var format = soxr_io_spec(type, type)
        // Dither would turn silence into noise, differently each time.
        format.flags = UInt(SOXR_NO_DITHER)
        let flags = recipe.isPrecise ? UInt(SOXR_DOUBLE_PRECISION) : 0
        var quality = soxr_quality_spec(UInt(SOXR_20_BITQ), flags)
        quality.precision = recipe.precision
        quality.phase_response = 50
        quality.passband_end = 1 - recipe.transition
        quality.stopband_begin = 1 + recipe.transition
        var runtime = soxr_runtime_spec(1)
        runtime.log2_min_dft_size = recipe.log2Size
        runtime.log2_large_dft_size = recipe.log2Size
        var fault: soxr_error_t?
        let stream = soxr_create(
            Double(recipe.from), Double(recipe.to), 1, &fault, &format, &quality, &runtime)
        guard let stream else {
            throw .refused(fault.map { String(cString: $0) } ?? "out of memory")
        }
        return stream
    }
}
