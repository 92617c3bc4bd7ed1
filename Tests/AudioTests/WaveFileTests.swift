import TestDice
import Testing

@testable import Audio

private let pcm = WaveFile(format: .wideband, bytes: [1, 0, 2, 0, 0xFF, 0xFF])
private let law = WaveFile(format: .telephone, bytes: [0xFF, 0x7F, 0x00])

/// A file of these chunks.
private func riff(_ chunks: [UInt8]...) -> [UInt8] {
    let body = Array("WAVE".utf8) + chunks.flatMap { $0 }
    return Array("RIFF".utf8) + number(body.count, 4) + body
}

private func chunk(_ name: String, _ body: [UInt8], size: Int? = nil) -> [UInt8] {
    let padding = [UInt8](repeating: 0, count: body.count % 2)
    return Array(name.utf8) + number(size ?? body.count, 4) + body + padding
}

private func format(
    tag: Int = 1, channels: Int = 1, rate: Int = 16000, block: Int = 2, bits: Int = 16,
    more: [UInt8] = []
) -> [UInt8] {
    let body = number(tag, 2) + number(channels, 2) + number(rate, 4) + number(rate * block, 4)
    return chunk("fmt ", body + number(block, 2) + number(bits, 2) + more)
}

private func number(_ value: Int, _ bytes: Int) -> [UInt8] {
    (0..<bytes).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
}

private func error(of file: [UInt8]) -> WaveFileError? {
    #expect(throws: WaveFileError.self) { _ = try WaveFile(reading: file) }
}

@Test func `what is written is read again`() throws {
    for rate in [8000, 16000] {
        for encoding in [AudioFormat.Encoding.muLaw, .pcm16] {
            for count in [0, 1, 2, 801] {
                let format = AudioFormat(encoding, rate: rate)
                var dice = Dice(seed: UInt64(count))
                let file = WaveFile(
                    format: format, bytes: dice.bytes(count * format.bytesPerSample))
                #expect(try WaveFile(reading: file.encoded) == file)
                #expect(file.encoded.count % 2 == 0)
            }
        }
    }
}

@Test func `a written file is what other programs expect`() {
    #expect(pcm.encoded == riff(format(), chunk("data", pcm.bytes)))
    let head = format(tag: 7, rate: 8000, block: 1, bits: 8, more: [0, 0])
    #expect(law.encoded == riff(head, chunk("fact", number(3, 4)), chunk("data", law.bytes)))
}

@Test func `samples are decoded`() {
    #expect(pcm.samples == [1, 2, -1])
    #expect(law.samples == [0, 0, -32124])
    #expect(WaveFile(format: .wideband, bytes: [1, 0, 2]).samples == [1])
}

@Test func `chunks that are not needed are passed over`() throws {
    let file = riff(
        chunk("LIST", [1, 2, 3]), format(), chunk("fact", number(3, 4)),
        chunk("data", pcm.bytes), chunk("id3 ", [9]))
    #expect(try WaveFile(reading: file) == pcm)
}

@Test func `the extensible format names its true one further on`() throws {
    let guid = number(1, 2) + [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71]
    let more = number(22, 2) + number(16, 2) + number(4, 4) + guid
    let file = riff(format(tag: 0xFFFE, more: more), chunk("data", pcm.bytes))
    #expect(try WaveFile(reading: file) == pcm)
    let short = riff(format(tag: 0xFFFE, more: number(0, 2)), chunk("data", pcm.bytes))
    #expect(error(of: short) == .badFormat)
}

@Test(arguments: [0x7FFF_F000, 0x7FFF_FFFF, 0xFFFF_FFFF])
func `a length no pipe could know means all the rest`(size: Int) throws {
    let file = riff(format(), chunk("data", pcm.bytes, size: size))
    #expect(try WaveFile(reading: file) == pcm)
}

@Test func `a malformed file is refused with its reason`() {
    #expect(error(of: []) == .notWave)
    #expect(error(of: Array("RIFF1234WAV".utf8)) == .notWave)
    #expect(error(of: Array("RIFX1234WAVE".utf8)) == .notWave)
    #expect(error(of: Array("RIFF1234AVI ".utf8)) == .notWave)
    #expect(error(of: riff()) == .noSamples)
    #expect(error(of: riff(format())) == .noSamples)
    #expect(error(of: riff(chunk("data", pcm.bytes), format())) == .badFormat)
    #expect(error(of: riff(chunk("fmt ", [1, 0, 1, 0]))) == .badFormat)
    #expect(error(of: riff(format(block: 4), chunk("data", []))) == .badFormat)
    #expect(error(of: riff(format(tag: 3, bits: 32))) == .encoding(tag: 3, bitsPerSample: 32))
    #expect(error(of: riff(format(bits: 8))) == .encoding(tag: 1, bitsPerSample: 8))
    #expect(error(of: riff(format(tag: 6, bits: 8))) == .encoding(tag: 6, bitsPerSample: 8))
    #expect(error(of: riff(format(channels: 2))) == .channels(2))
    #expect(error(of: riff(format(channels: 0))) == .channels(0))
    #expect(error(of: riff(format(rate: 11025))) == .rate(11025))
    #expect(error(of: riff(format(rate: 0))) == .rate(0))
    #expect(error(of: riff(format(), chunk("data", [1, 2, 3]))) == .oddLength)
    #expect(error(of: riff(format(), chunk("data", [1, 2], size: 4))) == .truncated)
    #expect(error(of: riff(chunk("LIST", [1, 2], size: 900))) == .truncated)
}

@Test func `a file cut anywhere is refused, never half read`() {
    let whole = law.encoded
    for count in 0..<(whole.count - 1) {
        #expect(throws: WaveFileError.self) { _ = try WaveFile(reading: [UInt8](whole[..<count])) }
    }
}

@Test func `a file beyond the limit is refused`() {
    let file = [UInt8](repeating: 0, count: WaveFile.bytesMax + 1)
    #expect(error(of: file) == .tooLong)
}

@Test func `random bytes in a file never surprise`() {
    var dice = Dice(seed: 1991)
    let whole = riff(format(), chunk("LIST", [1, 2, 3]), chunk("data", pcm.bytes))
    for _ in 0..<5000 {
        var file = whole
        for _ in 0..<Int.random(in: 1...6, using: &dice) {
            let at = Int.random(in: 0..<file.count, using: &dice)
            file[at] = UInt8.random(in: 0...255, using: &dice)
        }
        if let read = try? WaveFile(reading: file) {
            #expect(read.bytes.count <= file.count)
            #expect(read.bytes.count % read.format.bytesPerSample == 0)
        }
    }
}
