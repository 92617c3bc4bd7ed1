import Testing

@testable import Audio

/// What callers hear who wait.
@Suite struct HoldMusicTests {
    private static let samples = HoldMusic.phrase.map { MuLaw.decode($0) }

    @Test func `it lasts four seconds, is to be heard, and is not loud`() {
        #expect(Self.samples.count == 4 * AudioFormat.telephone.rate)
        let peak = Self.samples.map { abs(Int($0)) }.max() ?? 0
        let loudest = Int(Tone(frequency: 0, dBm0: -24).peak)
        #expect((loudest / 2...loudest + 64).contains(peak))
    }

    @Test func `it begins and ends in silence, without a click between its notes`() {
        for edge in [Self.samples.prefix(4), Self.samples.suffix(4)] {
            #expect(edge.allSatisfy { abs(Int($0)) < 32 })
        }
        let steps = zip(Self.samples, Self.samples.dropFirst()).map { abs(Int($0) - Int($1)) }
        // The steepest note, and the coarsest step of the code at that level.
        #expect((steps.max() ?? .max) < 600)
    }

    @Test func `its first note is the low one`() {
        let note = Array(Self.samples.prefix(4_000))
        #expect(Tone.share(of: 196, in: note, rate: 8_000) > 0.5)
        #expect(Tone.share(of: 261.63, in: note, rate: 8_000) < 0.1)
    }
}
