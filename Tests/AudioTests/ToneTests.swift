import Glibc
import TestDice
import Testing

@testable import Audio

@Test func `a fit finds the sine that was made`() {
    let samples = Tone(frequency: 1004, peak: 12345).samples(3000, rate: 16000, from: 777)
    let fit = ToneFit(1004, in: samples, rate: 16000)
    #expect(abs(fit.peak - 12345) < 0.1)
    #expect(abs(fit.offset) < 0.1)
    let phase = remainder(fit.phase - 2 * .pi * 1004 * 777 / 16000, 2 * .pi)
    #expect(abs(phase) < 1e-4)
    // Rounding to whole numbers leaves an even error of 1/√12.
    #expect(abs(fit.residue - 0.2887) < 0.01)
    #expect(abs(fit.sinad - 20 * log10(12345 / 2.0.squareRoot() / 0.2887)) < 0.3)
}

@Test func `a fit keeps the constant apart and counts the rest as noise`() {
    let sine = Tone(frequency: 1000, peak: 1000).samples(8000, rate: 8000)
    let noise = Tone(frequency: 2500, peak: 100).samples(8000, rate: 8000)
    let fit = ToneFit(1000, in: zip(sine, noise).map { $0 + $1 + 300 }, rate: 8000)
    #expect(abs(fit.offset - 300) < 0.1)
    #expect(abs(fit.sinad - 20) < 0.02)
}

@Test func `levels are those of the telephone line`() {
    #expect(abs(Tone(frequency: 1004, dBm0: 0).peak - 22657) < 1)
    let loud = Tone(frequency: 1004, dBm0: 3.17)
    #expect(abs(loud.peak - 32636) < 1)
    let fit = ToneFit(1004, in: loud.samples(8000, rate: 8000), rate: 8000)
    #expect(abs(fit.dBm0 - 3.17) < 0.001)
}

@Test func `a tone is recognised among others, noise and silence are not`() {
    let candidates = [440.0, 1000, 1400]
    for frequency in candidates {
        let heard = encoded(Tone(frequency: frequency, dBm0: -30).samples(160, rate: 8000)).decoded
        #expect(Tone.heard(among: candidates, in: heard, rate: 8000) == frequency)
        #expect(Tone.share(of: frequency, in: heard, rate: 8000) > 0.95)
    }
    var dice = Dice(seed: 440)
    let noise = dice.samples(1600, peak: 9000)
    #expect(Tone.heard(among: candidates, in: noise, rate: 8000) == nil)
    #expect(Tone.heard(among: candidates, in: [Int16](repeating: 0, count: 160), rate: 8000) == nil)
    #expect(Tone.heard(among: candidates, in: [], rate: 8000) == nil)
}

@Test func `a tone too loud for 16 bits is clipped`() {
    let samples = Tone(frequency: 100, peak: 60000).samples(800, rate: 8000)
    #expect(samples.max() == .max)
    #expect(samples.min() == .min)
}
