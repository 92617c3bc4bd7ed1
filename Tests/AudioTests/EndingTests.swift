import Glibc
import TestDice
import Testing

@testable import Audio

/// A voice-like sound without anything above 1.2 kHz: harmonics of 110 Hz, each weaker.
private func voice(_ count: Int, turned phase: Double) -> [Int16] {
    (0..<count).map { at in
        let angle = 2 * .pi * 110 * Double(at) / 16000 + phase
        let sum = (1...8).reduce(0.0) { $0 + sin(Double($1) * angle) / Double($1) }
        return Int16((6000 * sum).rounded())
    }
}

/// The loudest sample above 1.2 kHz where the sound ends, in dB of the sound's own peak.
private func click(_ samples: [Int16], endingNear end: Int) -> Double {
    let padded = samples.map(Double.init) + [Double](repeating: 0, count: 200)
    let heard = ((end - 60)..<(end + 120)).map { at in
        highPass.indices.reduce(0.0) { $0 + highPass[$1] * padded[at + 64 - $1] }
    }
    let loudest = heard.map(abs).max() ?? 0
    return 20 * log10(loudest / Double(samples.map { abs(Int($0)) }.max() ?? 1))
}

/// 129 taps at 8 kHz, 3 dB down at 1.2 kHz: a sinc under a Blackman window, inverted.
private let highPass: [Double] = (0..<129).map { tap in
    let x = Double(tap - 64)
    let low = tap == 64 ? 0.3 : sin(0.3 * .pi * x) / (.pi * x)
    let turn = 2 * .pi * Double(tap) / 128
    let window = 0.42 - 0.5 * cos(turn) + 0.08 * cos(2 * turn)
    return (tap == 64 ? 1 : 0) - low * window
}

@Test func `an utterance cut anywhere ends without a click`() throws {
    var dice = Dice(seed: 200)
    var (faded, cut): ([Double], [Double]) = ([], [])
    for _ in 0..<200 {
        let count = 800 + Int.random(in: 0..<320, using: &dice)
        let sent = voice(count, turned: Double.random(in: 0..<(2 * .pi), using: &dice)).bytes
        var transcoder = try Transcoder(from: .wideband, to: .telephone)
        let heard = (transcoder.push(sent) + transcoder.finish()).decoded
        faded.append(click(heard, endingNear: count / 2))
        // The control: the same sound going on, stopped dead by the one who plays it.
        let line = try transcoded(sent + sent, .wideband, .telephone).decoded
        cut.append(click([Int16](line[..<(count / 2)]), endingNear: count / 2))
    }
    let loudest = try #require(faded.max())
    #expect(loudest < -28)
    #expect(cut.sorted()[100] > -22)
}

@Test func `an ending loses none of the utterance but its last three milliseconds`() throws {
    for held in [0, 1, 100, 270, 271, 272, 319] {
        let sent = Tone(frequency: 500, peak: 10000).samples(640 + held, rate: 16000)
        var transcoder = try Transcoder(from: .wideband, to: .telephone)
        let heard = (transcoder.push(sent.bytes) + transcoder.finish()).decoded
        // 3 ms of delay, then the tone: sample n at 8 kHz is sample n - 24 of the tone.
        let end = 24 + (640 + held) / 2
        #expect(heard.count == (end + 159) / 160 * 160)
        let whole = Tone(frequency: 500, peak: 10000).samples(end, rate: 8000, from: -24)
        for at in 60..<(end - 48) {
            #expect(abs(Int(heard[at]) - Int(whole[at])) < 400, "held \(held), sample \(at)")
        }
        #expect(heard[end...].allSatisfy { $0 == 0 }, "held \(held)")
    }
}

@Test(arguments: AudioFormat.agentFormats)
func `an ending is silent after the ramp and at most two frames long`(agent: AudioFormat) throws {
    for held in [0, 2, agent.bytesPerFrame / 4 * 2, agent.bytesPerFrame - 2] {
        let sent = Tone(frequency: 700, peak: 12000).bytes(
            4 * agent.samplesPerFrame, as: agent)
        var transcoder = try Transcoder(from: agent, to: .telephone)
        let before = transcoder.push([UInt8](sent[..<(3 * agent.bytesPerFrame + held)]))
        let end = transcoder.finish()
        #expect(before.count == 480)
        #expect(end.count == 160 || end.count == 320 || held == 0 && end.isEmpty)
        #expect(end.isEmpty || end.last == 0xFF)
    }
}

@Test func `an ending of what passes through is only filled up`() throws {
    var transcoder = try Transcoder(from: .telephone, to: .telephone)
    #expect(transcoder.push([UInt8](repeating: 0x12, count: 161)).count == 160)
    #expect(transcoder.finish() == [0x12] + [UInt8](repeating: 0xFF, count: 159))
}
