// Why these numbers.
//
// libsoxr filters in blocks of an FFT. With its stock recipes a block lasts 60 to 120 ms and the
// audio comes out in bursts. With the smallest FFT (2^8) and a filter just short enough, a block
// divides 20 ms. If then the stream is shifted by the filter's half length, by zeros pushed before
// the first sample, every 20 ms that go in end on a block's edge: exactly 20 ms come out, at once,
// and the zeros are all the delay there is. 8 ↔ 16 kHz: 97 taps, 24 zeros at 8 kHz, 3 ms.
//
// The filter's transition lies symmetrically about the lower Nyquist frequency (1 in libsoxr's
// terms) and reaches `transition` to each side: flat to 3.4 kHz, 98 dB down from 4.6 kHz, but for
// 8 → 48 kHz, whose block divides 20 ms only with a filter 80 dB deep there. Taps come in steps, so
// each number below holds in a range around it; outside, blocks miss the frame's edge.
//
// 22.05 and 44.1 kHz down, and 8 → 44.1 kHz, cannot meet the frame's edge: their blocks come out
// uneven. There the zeros also cover the longest wait for a block, and what a short wait gave too
// early is held by `ResamplerStream`: 20 ms in are still 20 ms out, only later.
//
// A filter forgets: what comes out depends on a few samples before and nothing else. Whoever pushes
// those again before each frame needs no stream of his own, which costs a call 46 KiB, and of which
// with hundreds of calls nothing is in the processor's cache when its turn comes.
//
// 8 ↔ 16 kHz: an FFT of 2^9 makes 416 samples at once: what the 96 of history need and the frame of
// 320, to the sample. The FFT also takes in the 96 before, which are another call's. They do not
// reach the frame but for the rounding of sums, and in doubles that is 200 dB below the smallest
// 16-bit step: the bytes are the same whoever was heard before (a test holds them to it). Floats
// would need whole blocks of history for that: 3 blocks of 2^8, and two thirds more work.
//
// 8 ↔ 24 kHz: no FFT fits so well, and whole blocks of history it is.

/// How libsoxr is set up for one pair of rates.
struct ResamplerRecipe: Sendable, Equatable {
    /// Samples per second in.
    let from: Int
    /// Samples per second out.
    let to: Int
    /// Half the filter's transition, in parts of the lower Nyquist frequency.
    let transition: Double
    /// Depth of the stop band in bits (libsoxr's `precision`).
    var precision = 15.0
    /// The FFT's size, as a power of two.
    var log2Size: UInt32 = 8
    /// Whether sums are doubles, not floats (SOXR_DOUBLE_PRECISION).
    var isPrecise = false
    /// Input samples of silence pushed before the first sample.
    let primed: Int
    /// Output samples of that silence thrown away.
    var dropped = 0
    /// Input samples to be pushed again before each frame, so that the stream may serve others in
    /// between: no shorter than the filter, and whole blocks together with the frame. 0 gives each
    /// call a stream of its own.
    var history = 0

    /// Samples of a 20 ms frame in.
    var samplesIn: Int { from / 50 }
    /// Samples of a 20 ms frame out.
    var samplesOut: Int { to / 50 }
    /// Input samples pushed for one frame.
    var samplesPushed: Int { history + samplesIn }
    /// Output samples that come of them; the last `samplesOut` are the frame.
    var samplesPulled: Int { samplesPushed * to / from }
    /// How late the output is, in output samples.
    var delay: Double { Double(primed * to) / Double(from) - Double(dropped) }

    /// All pairs: the telephone's 8 kHz and the browser's 16 kHz with every rate of an agent.
    static let all = [
        ResamplerRecipe(
            from: 8000, to: 16000, transition: 0.132, log2Size: 9, isPrecise: true, primed: 24,
            history: 48),
        ResamplerRecipe(
            from: 16000, to: 8000, transition: 0.132, log2Size: 9, isPrecise: true, primed: 48,
            history: 96),
        ResamplerRecipe(from: 8000, to: 24000, transition: 0.139, primed: 23, history: 80),
        ResamplerRecipe(from: 24000, to: 8000, transition: 0.139, primed: 68, history: 240),
        ResamplerRecipe(
            from: 8000, to: 48000, transition: 0.168, precision: 17, primed: 63, dropped: 160),
        ResamplerRecipe(from: 48000, to: 8000, transition: 0.149, primed: 151),
        ResamplerRecipe(from: 8000, to: 22050, transition: 0.142, primed: 104, dropped: 213),
        ResamplerRecipe(from: 22050, to: 8000, transition: 0.129, primed: 499, dropped: 116),
        ResamplerRecipe(from: 8000, to: 44100, transition: 0.150, primed: 104, dropped: 226),
        ResamplerRecipe(from: 44100, to: 8000, transition: 0.137, primed: 1013, dropped: 116),
        ResamplerRecipe(from: 16000, to: 24000, transition: 0.139, primed: 23),
        ResamplerRecipe(from: 24000, to: 16000, transition: 0.139, primed: 34),
        ResamplerRecipe(from: 16000, to: 48000, transition: 0.139, primed: 23),
        ResamplerRecipe(from: 48000, to: 16000, transition: 0.139, primed: 68),
        ResamplerRecipe(from: 16000, to: 22050, transition: 0.142, primed: 104, dropped: 107),
        ResamplerRecipe(from: 22050, to: 16000, transition: 0.129, primed: 246, dropped: 116),
        ResamplerRecipe(from: 16000, to: 44100, transition: 0.142, primed: 104, dropped: 213),
        ResamplerRecipe(from: 44100, to: 16000, transition: 0.129, primed: 492, dropped: 116),
    ]

    /// The recipe from one rate to another; throws if there is none.
    static func between(_ from: Int, _ to: Int) throws(ResamplerError) -> ResamplerRecipe {
        guard let recipe = all.first(where: { $0.from == from && $0.to == to }) else {
            throw .noRecipe(from: from, to: to)
        }
        return recipe
    }
}
