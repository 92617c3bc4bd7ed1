import Glibc
import TestDice
import Testing

@testable import Audio

private let agents = AudioFormat.agentFormats

/// What both ends of a call can be: caller or agent.
private let pairs = [AudioFormat.telephone, .wideband].flatMap { caller in
    agents.flatMap { [(caller, $0), ($0, caller)] }
}

/// Two tones that swell: something a wrong sample shows in.
private func speech(_ frames: Int, as format: AudioFormat) -> [UInt8] {
    let count = frames * format.samplesPerFrame
    let low = Tone(frequency: 303, peak: 9000).samples(count, rate: format.rate)
    let high = Tone(frequency: 1717, peak: 4000).samples(count, rate: format.rate)
    let sum = (0..<count).map { at -> Int16 in
        let swell = 0.6 + 0.4 * sin(Double(at) / 500)
        return Int16(Double(low[at] + high[at]) * swell)
    }
    return format.encoding == .muLaw ? encoded(sum) : sum.bytes
}

@Test(arguments: pairs)
func `how audio is cut into chunks changes no bit`(from: AudioFormat, to: AudioFormat) throws {
    let sent = speech(40, as: from) + [1, 2, 3]
    var whole = try Transcoder(from: from, to: to)
    let expected = whole.push(sent, cut: [sent.count]) + whole.finish()
    #expect(expected.count % to.bytesPerFrame == 0)
    var dice = Dice(seed: 9001)
    let random = (0..<50).map { _ in Int.random(in: 1...9001, using: &dice) }
    for lengths in [[1], [640], [159, 3], [from.bytesPerFrame], random] {
        var transcoder = try Transcoder(from: from, to: to)
        let heard = transcoder.push(sent, cut: lengths) + transcoder.finish()
        #expect(heard == expected, "cut into \(lengths.prefix(4))…")
    }
}

@Test(arguments: pairs)
func `each frame in gives one frame out at once`(from: AudioFormat, to: AudioFormat) throws {
    var transcoder = try Transcoder(from: from, to: to)
    #expect(transcoder.isPassThrough == (from == to))
    let frame = speech(1, as: from)
    for _ in 0..<100 { #expect(transcoder.push(frame).count == to.bytesPerFrame) }
    #expect(transcoder.push([UInt8](frame.dropLast())).isEmpty)
    #expect(transcoder.push([frame[0]]).count == to.bytesPerFrame)
}

@Test(arguments: pairs)
func `a tone arrives as loud as it was sent`(from: AudioFormat, to: AudioFormat) throws {
    let tone = Tone(frequency: 1004, dBm0: -10)
    let heard = try transcoded(tone.bytes(from.rate, as: from), from, to)
    let samples = WaveFile(format: to, bytes: heard).samples
    let fit = ToneFit(1004, in: [Int16](samples[(to.rate / 5)...]), rate: to.rate)
    #expect(abs(fit.dBm0 + 10) < 0.1)
    let isLaw = from.encoding == .muLaw || to.encoding == .muLaw
    #expect(fit.sinad > (isLaw ? 37.5 : 70))
}

@Test func `equal formats are handed on bit by bit`() throws {
    var dice = Dice(seed: 8)
    for format in agents {
        let bytes = dice.bytes(10 * format.bytesPerFrame)
        #expect(try transcoded(bytes, format, format, cut: [77]) == bytes)
    }
}

@Test func `equal rates are only coded anew`() throws {
    let narrow = AudioFormat(.pcm16, rate: 8000)
    let codes = [UInt8](0...255) + [UInt8](0..<64)
    let heard = try transcoded(codes, .telephone, narrow)
    #expect(heard.samples == codes.map { MuLaw.decode($0) })
    #expect(try transcoded(heard, narrow, .telephone) == codes.map { $0 == 0x7F ? 0xFF : $0 })
}

@Test func `an odd byte waits for its other half`() throws {
    let sent = speech(3, as: .wideband)
    var transcoder = try Transcoder(from: .wideband, to: .telephone)
    var heard = transcoder.push([UInt8](sent[..<641]))
    #expect(heard.count == 160)
    heard += transcoder.push([UInt8](sent[641...]))
    #expect(heard == (try transcoded(sent, .wideband, .telephone)))
}

@Test func `half a sample at the end is dropped`() throws {
    let sent = speech(3, as: .wideband)
    var even = try Transcoder(from: .wideband, to: .telephone)
    let expected = even.push(sent) + even.finish()
    var odd = try Transcoder(from: .wideband, to: .telephone)
    #expect(odd.push(sent + [0x7F]) + odd.finish() == expected)
    var only = try Transcoder(from: .wideband, to: .telephone)
    #expect(only.push([0x7F]) + only.finish() == [])
}

@Test(arguments: pairs)
func `after an ending or an interruption all sounds as new`(
    from: AudioFormat, to: AudioFormat
) throws {
    var dice = Dice(seed: 3)
    let before = dice.bytes(3 * from.bytesPerFrame + 33)
    let sent = speech(12, as: from)
    let fresh = try transcoded(sent, from, to)
    var transcoder = try Transcoder(from: from, to: to)
    _ = transcoder.push(before)
    _ = transcoder.finish()
    #expect(transcoder.finish().isEmpty)
    #expect(isSame(transcoder.push(sent), fresh, to))
    _ = transcoder.push(before)
    transcoder.reset()
    #expect(transcoder.finish().isEmpty)
    #expect(isSame(transcoder.push(sent), fresh, to))
}

/// Equal, or for rates whose blocks miss the frame's edge, rounded otherwise here and there.
private func isSame(_ a: [UInt8], _ b: [UInt8], _ format: AudioFormat) -> Bool {
    guard a != b else { return true }
    let left = WaveFile(format: format, bytes: a).samples
    let right = WaveFile(format: format, bytes: b).samples
    let apart = zip(left, right).filter { $0 != $1 }
    // One step of mu-law is up to a sixteenth of the sample, one step of PCM16 is 1.
    let isNear = apart.allSatisfy { abs(Int($0) - Int($1)) <= 1 + abs(Int($0)) / 15 }
    return left.count == right.count && isNear && apart.count < left.count / 10
}

@Test func `rates without a resampler are refused`() {
    let odd = AudioFormat(.pcm16, rate: 11050)
    #expect(throws: ResamplerError.noRecipe(from: 11050, to: 8000)) {
        _ = try Transcoder(from: odd, to: .telephone)
    }
}

/// Both directions of a call and what it heard, as a call keeps them.
private actor Line {
    private var uplink: Transcoder
    private var downlink: Transcoder
    private var heard: [UInt8] = []

    init(agent: AudioFormat) throws(ResamplerError) {
        uplink = try Transcoder(from: .telephone, to: agent)
        downlink = try Transcoder(from: agent, to: .telephone)
    }

    func echo(_ bytes: [UInt8]) -> [UInt8] {
        bytes.withUnsafeBytes { bytes in
            uplink.push(bytes) { frame in
                downlink.push(frame) { heard += $0 }
            }
        }
        downlink.finish { heard += $0 }
        return heard
    }
}

@Test func `an actor keeps both directions and feeds one from the other`() async throws {
    let tone = Tone(frequency: 1004, dBm0: -10).bytes(8000, as: .telephone)
    let heard = try await Line(agent: .wideband).echo(tone)
    #expect(heard.count == 8160)
    let fit = ToneFit(1004, in: [Int16](heard.decoded[800..<7200]), rate: 8000)
    #expect(abs(fit.dBm0 + 10) < 0.1)
}
