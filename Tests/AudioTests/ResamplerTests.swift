import Glibc
import TestDice
import Testing

@testable import Audio

@Test(arguments: ResamplerRecipe.all)
func `ten thousand frames in are ten thousand frames out, each at once`(recipe: ResamplerRecipe)
    throws
{
    var resampler = try Resampler(from: recipe.from, to: recipe.to)
    let frame = [Int16](repeating: 1000, count: recipe.samplesIn)
    for _ in 0..<10_000 {
        let made = frame.withUnsafeBufferPointer { resampler.process($0).count }
        if made != recipe.samplesOut { Issue.record("a frame of \(made) samples") }
    }
    #expect(resampler.shortFrames == 0)
}

@Test func `between 8 and 16 kHz the delay is 48 samples at 16 kHz exactly`() throws {
    var dice = Dice(seed: 48)
    let narrow = dice.samples(8000, peak: 8000)
    let up = try resampled(narrow, from: 8000, to: 16000)
    #expect(peak(0..<200) { lag in (100..<7800).map { (narrow[$0], up[2 * $0 + lag]) } } == 48)

    let wide = dice.samples(16000, peak: 8000)
    let down = try resampled(wide, from: 16000, to: 8000)
    #expect(peak(0..<200) { lag in (200..<7900).map { (wide[2 * $0 - lag], down[$0]) } } == 48)

    #expect(try Resampler(from: 8000, to: 16000).delay == .milliseconds(3))
    #expect(try Resampler(from: 16000, to: 8000).delay == .milliseconds(3))
}

/// The lag at which two signals are most alike.
private func peak(_ lags: Range<Int>, _ pairs: (Int) -> [(Int16, Int16)]) -> Int? {
    lags.max { a, b in likeness(pairs(a)) < likeness(pairs(b)) }
}

private func likeness(_ pairs: [(Int16, Int16)]) -> Int {
    pairs.reduce(0) { $0 + Int($1.0) * Int($1.1) }
}

@Test(arguments: ResamplerRecipe.all)
func `the delay is the one promised at low and high frequencies`(recipe: ResamplerRecipe) throws {
    for frequency in [304.0, 1004, 3396] {
        let tone = Tone(frequency: frequency, peak: 10000)
        let sent = tone.samples(recipe.from / 2, rate: recipe.from)
        let heard = try resampled(sent, from: recipe.from, to: recipe.to)
        let begin = recipe.to / 10
        let fit = ToneFit(frequency, in: [Int16](heard[begin...]), rate: recipe.to)
        let turns = frequency * (Double(begin) - recipe.delay) / Double(recipe.to)
        let late = remainder(fit.phase - 2 * .pi * turns, 2 * .pi) / (2 * .pi * frequency)
        #expect(abs(late) < 0.2e-6, "\(frequency) Hz is \(late) s off")
    }
}

@Test func `the delay between telephone and agent stays short`() throws {
    let limits: [(Int, Int, Duration)] = [
        (8000, 16000, .milliseconds(3)), (16000, 8000, .milliseconds(3)),
        (8000, 24000, .microseconds(2875)), (24000, 8000, .microseconds(2834)),
        (8000, 48000, .microseconds(4542)), (48000, 8000, .microseconds(3146)),
        (8000, 22050, .microseconds(3341)), (22050, 8000, .microseconds(8131)),
        (8000, 44100, .microseconds(7876)), (44100, 8000, .microseconds(8471)),
    ]
    for (from, to, limit) in limits { #expect(try Resampler(from: from, to: to).delay <= limit) }
}

@Test(arguments: ResamplerRecipe.all)
func `after a reset a resampler sounds as new`(recipe: ResamplerRecipe) throws {
    var dice = Dice(seed: UInt64(recipe.from + recipe.to))
    let before = dice.samples(7 * recipe.samplesIn, peak: .max)
    let speech = dice.samples(20 * recipe.samplesIn, peak: 12000)
    var used = try Resampler(from: recipe.from, to: recipe.to)
    _ = resampled(before, by: &used)
    used.reset()
    let again = resampled(speech, by: &used)
    let fresh = try resampled(speech, from: recipe.from, to: recipe.to)
    // Where blocks miss the frame's edge the same sums are rounded in other blocks.
    let isExact = fresh == again
    let farthest = zip(again, fresh).map { abs(Int($0) - Int($1)) }.max()
    #expect(isExact || meetsNoEdge(recipe) && farthest == 1)
}

@Test(arguments: ResamplerRecipe.all)
func `calls that take turns on a thread do not hear each other`(recipe: ResamplerRecipe) throws {
    var dice = Dice(seed: UInt64(recipe.from * 3 + recipe.to))
    let speech = dice.samples(20 * recipe.samplesIn, peak: 12000)
    let noise = dice.samples(20 * recipe.samplesIn, peak: .max)
    var one = try Resampler(from: recipe.from, to: recipe.to)
    var other = try Resampler(from: recipe.from, to: recipe.to)
    var heard: [Int16] = []
    for start in stride(from: 0, to: speech.count, by: recipe.samplesIn) {
        heard += resampled([Int16](speech[start..<(start + recipe.samplesIn)]), by: &one)
        _ = resampled([Int16](noise[start..<(start + recipe.samplesIn)]), by: &other)
    }
    let isSame = try heard == resampled(speech, from: recipe.from, to: recipe.to)
    #expect(isSame)
}

private func meetsNoEdge(_ recipe: ResamplerRecipe) -> Bool {
    [22050, 44100].contains(recipe.from) || (recipe.from, recipe.to) == (8000, 44100)
}

@Test func `rates nobody worked out are refused`() {
    for (from, to) in [(8000, 11025), (16000, 16000), (0, 8000), (-8000, 8000)] {
        let error = #expect(throws: ResamplerError.self) { _ = try Resampler(from: from, to: to) }
        #expect(error == .noRecipe(from: from, to: to))
    }
}

@Test func `the start-up proof holds here`() throws {
    try ResamplerProof.run()
}

@Test func `the proof finds a recipe that is late`() {
    let recipe = ResamplerRecipe(from: 8000, to: 16000, transition: 0.125, primed: 24)
    #expect(throws: ResamplerError.self) { try ResamplerProof.prove(recipe) }
    let early = ResamplerRecipe(from: 8000, to: 16000, transition: 0.132, primed: 23)
    #expect(throws: ResamplerError.self) { try ResamplerProof.prove(early) }
}

@Test func `variables that would spoil the resampler are found out, and can be cleared`() async {
    await #expect(processExitsWith: .success) {
        setenv("SOXR_MIN_DFT_SIZE", "12", 1)
        setenv("SOXR_LARGE_DFT_SIZE", "12", 1)
        #expect(throws: ResamplerError.uneven(from: 8000, to: 16000)) { try ResamplerProof.run() }
        setenv("SOXR_OF_ANOTHER_NAME", "x=y", 1)
        Resampler.clearEnvironment()
        #expect(getenv("SOXR_MIN_DFT_SIZE") == nil)
        #expect(getenv("SOXR_LARGE_DFT_SIZE") == nil)
        #expect(getenv("SOXR_OF_ANOTHER_NAME") == nil)
        #expect(getenv("PATH") != nil)
        try ResamplerProof.run()
    }
}
