import Glibc
import Testing

@testable import Audio

// What is measured is one second, after a quarter of settling, of tones of whole hertz: their
// images are then orthogonal to them. No frequency divides 8000, or the rounding would repeat.

/// One second of what a resampler makes of `tone`, a quarter of a second in.
private func second(of tone: Tone, from: Int, to: Int) throws -> [Int16] {
    let heard = try resampled(tone.samples(from * 13 / 10, rate: from), from: from, to: to)
    return [Int16](heard[(to / 4)..<(to / 4 + to)])
}

private func decibels(_ ratio: Double) -> Double { 20 * log10(max(ratio, 1e-9)) }

private let telephoneBand = [300.0, 404, 604, 1016, 1508, 2020, 2516, 2996, 3204, 3300, 3396]

/// The pairs a call uses, and how flat each is over the telephone band, in dB.
private let telephonePairs: [(from: Int, to: Int, ripple: Double)] = [
    (8000, 16000, 0.05), (16000, 8000, 0.05), (8000, 24000, 0.05), (24000, 8000, 0.05),
    (8000, 48000, 0.05), (48000, 8000, 0.05), (8000, 22050, 0.05), (22050, 8000, 0.05),
    (8000, 44100, 0.05), (44100, 8000, 0.05),
]

@Test(arguments: telephonePairs)
func `the telephone band passes flat`(from: Int, to: Int, ripple: Double) throws {
    for frequency in telephoneBand {
        let tone = Tone(frequency: frequency, peak: 10000)
        let fit = ToneFit(frequency, in: try second(of: tone, from: from, to: to), rate: to)
        #expect(abs(decibels(fit.peak / tone.peak)) < ripple, "\(frequency) Hz")
    }
}

@Test(arguments: [(8000, 16000), (16000, 8000), (8000, 24000), (24000, 8000), (48000, 8000)])
func `a tone stays 84 dB above all that is added to it`(from: Int, to: Int) throws {
    for frequency in [304.0, 812, 1004, 2016, 3396] {
        let tone = Tone(frequency: frequency, peak: 10362)
        let fit = ToneFit(frequency, in: try second(of: tone, from: from, to: to), rate: to)
        #expect(fit.sinad > 84, "\(frequency) Hz")
    }
}

@Test(arguments: [
    (16000, 90.0), (24000, 90), (48000, 78), (22050, 90), (44100, 90),
])
func `going up, the images of the telephone band vanish`(to: Int, depth: Double) throws {
    for frequency in telephoneBand {
        let tone = Tone(frequency: frequency, dBm0: 0)
        let heard = try second(of: tone, from: 8000, to: to)
        let images = [8000, 16000, 24000].flatMap { [$0 - frequency, $0 + frequency] }
        for image in images where image < Double(to) / 2 {
            let fit = ToneFit(image, in: heard, rate: to)
            #expect(decibels(tone.peak / fit.peak) > depth, "\(frequency) Hz at \(image) Hz")
        }
    }
}

@Test(arguments: [16000, 24000, 48000, 22050, 44100])
func `going down, what lies above 4600 Hz does not fold back`(from: Int) throws {
    let tones = [4604.0, 4700, 5020, 5516, 6016, 6508, 7004, 7700, 9004, 10508, 14996, 20996]
    for frequency in tones where frequency < Double(from) / 2 {
        let tone = Tone(frequency: frequency, dBm0: 0)
        // All that comes out, not only the tone's own image: nothing at all should.
        let heard = try second(of: tone, from: from, to: 8000).root
        #expect(decibels(tone.peak / 2.0.squareRoot() / heard) > 85, "\(frequency) Hz")
    }
}

@Test(arguments: [(8000, 16000), (16000, 8000)])
func `a square of full scale saturates and never wraps`(from: Int, to: Int) throws {
    let half = from / 250
    let square = (0..<from).map { $0 / half % 2 == 0 ? Int16.max : Int16.min }
    let heard = try resampled(square, from: from, to: to)
    #expect(heard.max() == .max)
    #expect(heard.min() == .min)
    // Away from its edges by 1 ms, where the filter still rings, the square keeps its sign.
    let (period, edge) = (to / 250, to / 1000)
    let late = Int(try Resampler(from: from, to: to).delaySamples)
    for at in (to / 10)..<heard.count {
        let place = (at - late) % period
        guard place >= edge, place < period - edge else { continue }
        let isHigh = (at - late) / period % 2 == 0
        if (heard[at] > 0) != isHigh { Issue.record("the sign flips at sample \(at)") }
    }
}

@Test(arguments: ResamplerRecipe.all)
func `silence stays silence`(recipe: ResamplerRecipe) throws {
    let silence = [Int16](repeating: 0, count: recipe.from)
    let heard = try resampled(silence, from: recipe.from, to: recipe.to)
    #expect(heard.count == recipe.to)
    #expect(heard.allSatisfy { $0 == 0 })
}
