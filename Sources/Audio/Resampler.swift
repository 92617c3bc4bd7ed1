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

extension ResamplerError: CustomStringConvertible {
    /// For the log.
    package var description: String {
        switch self {
        case .noRecipe(let from, let to): "there is no recipe from \(from) to \(to) Hz"
        case .refused(let why): "libsoxr refuses: \(why)"
        case .uneven(let from, let to): "from \(from) to \(to) Hz it gives other amounts"
        case .unfaithful(let from, let to): "from \(from) to \(to) Hz it is late, loud or quiet"
        }
    }
}

/// One direction from one sample rate to another: 20 ms in, exactly 20 ms out, linear phase.
///
///     8 with 16 and 24 kHz   history, frame ─▶ the thread's soxr stream ─▶ frame
///                               └── the newest samples, kept for the next
///     other pairs            frame ──────────▶ a stream of its own ──────▶ frame
///
/// Allocates nothing per frame. Never for two threads at once.
package struct Resampler: ~Copyable {
    /// Samples of a frame in.
    package var samplesIn: Int { recipe.samplesIn }
    /// Samples of a frame out.
    package var samplesOut: Int { recipe.samplesOut }
    /// How late the output is, in output samples; constant.
    package var delaySamples: Double { recipe.delay }
    /// Frames libsoxr did not complete and silence filled: 0 unless the library fails.
    package private(set) var shortFrames = 0

    private let recipe: ResamplerRecipe
    /// Nil when the thread's stream serves.
    private let own: ResamplerStream?
    /// The samples before the next frame; none with a stream of its own, which knows them.
    private let history: Scratch

    /// A direction from one rate to another, primed and proven.
    package init(from: Int, to: Int) throws(ResamplerError) {
        try self.init(ResamplerRecipe.between(from, to))
    }

    /// A direction by this recipe, primed and proven.
    init(_ recipe: ResamplerRecipe) throws(ResamplerError) {
        let isAlone = recipe.history == 0
        let stream = try isAlone ? ResamplerStream(recipe) : ThreadStreams.stream(recipe)
        self.recipe = recipe
        own = isAlone ? stream : nil
        history = Scratch(byteCount: 2 * recipe.history)
    }

    /// How late the output is.
    package var delay: Duration {
        .nanoseconds((delaySamples * 20_000_000 / Double(samplesOut)).rounded())
    }

    /// Takes one frame and gives the next one.
    ///
    /// The result may be changed by the caller and is valid until the next call of any resampler.
    package mutating func process(
        _ frame: UnsafeBufferPointer<Int16>
    ) -> UnsafeMutableBufferPointer<Int16> {
        precondition(frame.count == samplesIn, "a resampler takes whole frames")
        return process { $0.copyMemory(from: UnsafeRawBufferPointer(frame)) }
    }

    /// The same for a frame that `write` puts, whole, where it is needed.
    mutating func process(
        _ write: (UnsafeMutableRawBufferPointer) -> Void
    ) -> UnsafeMutableBufferPointer<Int16> {
        let stream = stream
        let space = stream.space
        let before = history.bytes.count
        space.copyMemory(from: UnsafeRawBufferPointer(history.bytes))
        write(UnsafeMutableRawBufferPointer(rebasing: space[before...]))
        history.bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: space.suffix(before)))
        if !stream.process() { shortFrames += 1 }
        return stream.frame
    }

    /// Forgets the audio inside: the next frame sounds as from a new resampler.
    package mutating func reset() {
        guard own != nil else {
            history.bytes.initializeMemory(as: UInt8.self, repeating: 0)
            return
        }
        // One frame of silence, which is longer than any filter here: 1 µs and no allocation,
        // where `soxr_clear` would build the stream anew.
        _ = process { $0.initializeMemory(as: UInt8.self, repeating: 0) }
    }

    private var stream: ResamplerStream {
        if let own { return own }
        // A thread on which none was made yet: as likely to fail as any other memory.
        guard let stream = try? ThreadStreams.stream(recipe) else {
            preconditionFailure("libsoxr opens no stream of a kind it has opened before")
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
