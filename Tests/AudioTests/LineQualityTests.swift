import Glibc
import Testing

@testable import Audio

// The whole line as a caller hears it: 16 kHz → mu-law → 16 kHz, and mu-law by itself.

/// dBm0 and the least SINAD in dB: what the codec alone reaches, less 0.7 dB.
private let levels: [(dBm0: Double, sinad: Double)] = [
    (3, 38.5), (0, 36.2), (-5, 36.5), (-10, 38.0), (-15, 36.5), (-20, 36.2), (-25, 35.2),
    (-30, 36.0), (-35, 34.7), (-40, 31.8), (-45, 29.2), (-50, 26.5), (-55, 21.8),
]

/// One second of `tone` after the loop, a quarter of a second in.
private func looped(_ tone: Tone) throws -> [Int16] {
    let sent = tone.bytes(20800, as: .wideband)
    let line = try transcoded(sent, .wideband, .telephone)
    let heard = try transcoded(line, .telephone, .wideband)
    return [Int16](heard.samples[4000..<20000])
}

@Test(arguments: levels)
func `mu-law alone is as clean as the law allows`(dBm0: Double, sinad: Double) {
    let tone = Tone(frequency: 1004, dBm0: dBm0)
    let heard = encoded(tone.samples(8000, rate: 8000)).decoded
    #expect(ToneFit(1004, in: heard, rate: 8000).sinad > sinad)
}

@Test(arguments: levels)
func `the line adds nothing audible to mu-law`(dBm0: Double, sinad: Double) throws {
    for frequency in [1004.0, 820] {
        let fit = ToneFit(
            frequency, in: try looped(Tone(frequency: frequency, dBm0: dBm0)), rate: 16000)
        #expect(fit.sinad > sinad, "\(frequency) Hz")
    }
}

@Test func `the line's gain does not depend on the level`() throws {
    for dBm0 in stride(from: 3.0, through: -50, by: -5.3) {
        let fit = ToneFit(1004, in: try looped(Tone(frequency: 1004, dBm0: dBm0)), rate: 16000)
        #expect(abs(fit.dBm0 - dBm0) < 0.25, "at \(dBm0) dBm0")
    }
}

@Test func `the line is flat over the telephone band`() throws {
    let middle = ToneFit(1004, in: try looped(Tone(frequency: 1004, dBm0: -10)), rate: 16000)
    for frequency in [304.0, 604, 1516, 2020, 2516, 3004, 3204, 3396] {
        let fit = ToneFit(
            frequency, in: try looped(Tone(frequency: frequency, dBm0: -10)), rate: 16000)
        #expect(abs(fit.dBm0 - middle.dBm0) < 0.15, "\(frequency) Hz")
    }
}

@Test(arguments: AudioFormat.agentFormats)
func `an idle line is silent in both directions`(agent: AudioFormat) throws {
    for code in [UInt8(0xFF), 0x7F] {
        let idle = [UInt8](repeating: code, count: 8000)
        let heard = try transcoded(idle, .telephone, agent)
        #expect(heard.count == 50 * agent.bytesPerFrame)
        // Minus zero is handed on as it is where nothing is changed.
        let silence = agent == .telephone ? code : agent.silence
        #expect(heard.allSatisfy { $0 == silence })
    }
    let quiet = [UInt8](repeating: agent.silence, count: 50 * agent.bytesPerFrame)
    let line = try transcoded(quiet, agent, .telephone)
    #expect(line == [UInt8](repeating: 0xFF, count: 8000))
}
