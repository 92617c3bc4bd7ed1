import TestDice
import Testing

@testable import Audio

/// SHA-256 of the tables of the reference coder, ITU-T G.191 `ulaw_compress` and `ulaw_expand`.
private let encodeTable = "90c29de505fb68e766118303bd552a16005dcf810873698bee1d8f3b247ce28c"
private let encodeTableOf14Bits = "8b29860c4e7f4cf2a1da0bdbbff03dfa1532838505be5429e80b1334ec28cde7"
private let decodeTable = "3dab54339e520bb2c924826e3b72a917a2b612e9fd12fc867500f1d983a75827"

private let allSamples = [Int16](Int16.min...Int16.max)
private let allCodes = [UInt8](0...255)

@Test func `the hash itself is right`() {
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    #expect(sha256([]) == empty)
    let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    #expect(sha256([UInt8]("abc".utf8)) == abc)
}

@Test func `every sample is coded as by the reference`() {
    #expect(sha256(encoded(allSamples)) == encodeTable)
    #expect(sha256(allSamples.map { MuLaw.encode($0) }) == encodeTable)
    let by14Bits = (0..<16384).map { MuLaw.encode(Int16(truncatingIfNeeded: $0 << 2)) }
    #expect(sha256(by14Bits) == encodeTableOf14Bits)
}

@Test func `every code is decoded as by the reference`() {
    #expect(sha256(allCodes.decoded.bytes) == decodeTable)
    #expect(sha256(allCodes.map { MuLaw.decode($0) }.bytes) == decodeTable)
}

@Test(arguments: [
    (0, 0xFF), (3, 0xFF), (4, 0xFE), (11, 0xFE), (12, 0xFD), (123, 0xF0), (124, 0xEF), (132, 0xEF),
    (379, 0xE0), (380, 0xDF), (1000, 0xCE), (4000, 0xAF), (10000, 0x9C), (16000, 0x90),
    (32124, 0x80), (32767, 0x80), (-1, 0x7F), (-4, 0x7F), (-5, 0x7E), (-12, 0x7E), (-13, 0x7D),
    (-1000, 0x4E), (-32124, 0x00), (-32768, 0x00),
])
func `a sample has the code of the standard`(sample: Int, code: Int) {
    #expect(MuLaw.encode(Int16(sample)) == UInt8(code))
}

@Test func `a code survives being decoded and coded again, but for minus zero`() {
    let again = encoded(allCodes.decoded)
    #expect(zip(allCodes, again).filter { $0 != $1 }.map(\.0) == [0x7F])
    #expect(again[0x7F] == 0xFF)
}

@Test func `opposite samples have opposite signs and nothing else`() {
    for x in allSamples { #expect(MuLaw.encode(~x) == MuLaw.encode(x) ^ 0x80) }
}

@Test func `louder samples never become quieter`() {
    let heard = encoded(allSamples).decoded
    #expect(zip(heard, heard.dropFirst()).allSatisfy { $0 <= $1 })
}

@Test func `any length at any address is coded alike and nothing beside it is touched`() {
    var dice = Dice(seed: 711)
    for count in 0...70 {
        for shift in [0, 1, 7] {
            let codes = dice.bytes(count)
            var room = [UInt8](repeating: 0xA5, count: 2 * count + shift + 9)
            codes.withUnsafeBytes { input in
                room.withUnsafeMutableBytes {
                    MuLaw.decode(input, into: .init(rebasing: $0[shift..<(shift + 2 * count)]))
                }
            }
            let decoded = [UInt8](room[shift..<(shift + 2 * count)]).samples
            #expect(decoded == codes.map { MuLaw.decode($0) })
            #expect(room[..<shift].allSatisfy { $0 == 0xA5 })
            #expect(room[(shift + 2 * count)...].allSatisfy { $0 == 0xA5 })

            let samples = dice.samples(count, peak: .max)
            var again = [UInt8](repeating: 0xA5, count: count + shift + 9)
            samples.withUnsafeBytes { input in
                again.withUnsafeMutableBytes {
                    MuLaw.encode(input, into: .init(rebasing: $0[shift..<(shift + count)]))
                }
            }
            #expect([UInt8](again[shift..<(shift + count)]) == samples.map { MuLaw.encode($0) })
            #expect(again[(shift + count)...].allSatisfy { $0 == 0xA5 })
        }
    }
}
