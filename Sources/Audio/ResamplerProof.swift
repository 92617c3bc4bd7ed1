import Glibc

/// The start-up proof: whatever library and environment this is, the resamplers do what they say.
package enum ResamplerProof {
    /// Tries every pair of rates once: amounts, delay, loudness and silence. Throws at the first
    /// that is not as designed.
    ///
    /// To be called in `main` before any call; it also fills libsoxr's own tables on one thread.
    package static func run() throws(ResamplerError) {
        for recipe in ResamplerRecipe.all { try prove(recipe) }
    }

    /// Half a second of a 1004 Hz tone must come out as long, as loud, and late by the delay.
    static func prove(_ recipe: ResamplerRecipe) throws(ResamplerError) {
        var resampler = try Resampler(recipe)
        let tone = Tone(frequency: 1004, peak: 10000)
        let sent = tone.samples(25 * recipe.samplesIn, rate: recipe.from)
        var heard: [Int16] = []
        for start in stride(from: 0, to: sent.count, by: recipe.samplesIn) {
            sent.withUnsafeBufferPointer {
                let frame = UnsafeBufferPointer(rebasing: $0[start..<(start + recipe.samplesIn)])
                heard += resampler.process(frame)
            }
        }
        guard resampler.shortFrames == 0 else {
            throw .uneven(from: recipe.from, to: recipe.to)
        }
        // From the third frame on: the beginning is an edge, not a tone.
        let begin = 2 * recipe.samplesOut
        let fit = ToneFit(tone.frequency, in: [Int16](heard[begin...]), rate: recipe.to)
        let turns = tone.frequency * (Double(begin) - recipe.delay) / Double(recipe.to)
        let late = remainder(fit.phase - 2 * .pi * turns, 2 * .pi)
        // 0.1 dB, 0.003 radians (half a microsecond), and 16-bit noise with much to spare.
        guard abs(fit.peak / tone.peak - 1) < 0.012, abs(late) < 0.003, fit.sinad > 60 else {
            throw .unfaithful(from: recipe.from, to: recipe.to)
        }
        try proveSilence(recipe)
    }

    /// Nothing in, nothing out.
    private static func proveSilence(_ recipe: ResamplerRecipe) throws(ResamplerError) {
        var resampler = try Resampler(recipe)
        let silence = [Int16](repeating: 0, count: recipe.samplesIn)
        for _ in 0..<3 {
            let isSilent = silence.withUnsafeBufferPointer { frame in
                resampler.process(frame).allSatisfy { $0 == 0 }
            }
            guard isSilent else { throw .unfaithful(from: recipe.from, to: recipe.to) }
        }
    }
}
