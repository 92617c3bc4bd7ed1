// G.711 mu-law, bit for bit the reference coder of ITU-T G.191: samples are cut to 14 bits,
// negative ones by one's complement, so that -1…-4 are 0x7F and 0…3 are 0xFF.
//
// A code is inverted, then read as  s eee mmmm : sign, segment, step. With a bias of 132 added, a
// magnitude is  1mmmm… × 2^segment : a small floating-point number. The loops below use just that:
// sixteen lanes at a time, the segment is the exponent of a Float.
//
// The lanes have no masks, no `replacing(with:where:)` and no min or max: on baseline x86-64 these
// cost fifty times more than shifts and exclusive or, which become packed instructions.

/// ITU-T G.711 mu-law to and from 16-bit samples.
package enum MuLaw {
    /// The code of sample 0; its bytes are silence.
    package static let silence: UInt8 = 0xFF

    /// Writes the 16-bit sample of every code in `codes`: two bytes for each, little endian.
    package static func decode(
        _ codes: UnsafeRawBufferPointer, into samples: UnsafeMutableRawBufferPointer
    ) {
        precondition(samples.count >= 2 * codes.count, "no room for the samples")
        let whole = codes.count & ~15
        for at in stride(from: 0, to: whole, by: 16) {
            let lanes = codes.loadUnaligned(fromByteOffset: at, as: SIMD16<UInt8>.self)
            samples.storeBytes(of: decode(lanes), toByteOffset: 2 * at, as: SIMD16<Int16>.self)
        }
        for at in whole..<codes.count {
            samples.storeBytes(of: decode(codes[at]), toByteOffset: 2 * at, as: Int16.self)
        }
    }

    /// Writes the code of every 16-bit little-endian sample in `samples`; an odd byte is ignored.
    package static func encode(
        _ samples: UnsafeRawBufferPointer, into codes: UnsafeMutableRawBufferPointer
    ) {
        let count = samples.count / 2
        precondition(codes.count >= count, "no room for the codes")
        let whole = count & ~15
        for at in stride(from: 0, to: whole, by: 16) {
            let lanes = samples.loadUnaligned(fromByteOffset: 2 * at, as: SIMD16<Int16>.self)
            codes.storeBytes(of: encode(lanes), toByteOffset: at, as: SIMD16<UInt8>.self)
        }
        for at in whole..<count {
            codes[at] = encode(samples.loadUnaligned(fromByteOffset: 2 * at, as: Int16.self))
        }
    }

    /// The sample of one code.
    package static func decode(_ code: UInt8) -> Int16 {
        let bits = Int32(~code)
        let magnitude = ((((bits & 15) << 3) + bias) << (bits >> 4 & 7)) - bias
        return Int16(truncatingIfNeeded: bits & 0x80 == 0 ? magnitude : -magnitude)
    }

    /// The code of one sample.
    package static func encode(_ sample: Int16) -> UInt8 {
        let sign = Int32(sample) >> 31
        let biased = min((Int32(sample) ^ sign) + bias, 32767)
        let segment = Int32(24 - biased.leadingZeroBitCount)
        let step = (biased >> (segment + 3)) & 15
        return ~UInt8(truncatingIfNeeded: sign & 0x80 | segment << 4 | step)
    }

    /// Makes every segment begin at a power of two (G.711 table 2a, in 16-bit steps).
    private static let bias: Int32 = 132
    /// Above this, with the bias added, 16 bits are full: all is coded as the highest step.
    private static let clip: Int16 = 32635
    /// 2^23: a Float this large has no fraction, so its low bits are the integer added to it.
    private static let integerFloat: Float = 8_388_608

    // Safe because both sides of each unsafeBitCast are vectors of 32 bytes without padding.
    @inline(__always)
    private static func decode(_ codes: SIMD16<UInt8>) -> SIMD16<Int16> {
        let bits = SIMD16<Int16>(truncatingIfNeeded: ~codes)
        let pairs = unsafeBitCast(bits, to: SIMD8<UInt32>.self)
        // Segment and step become exponent and mantissa of 132 and up (0x4304… is 132 as a Float);
        // adding 2^23 leaves the integer in the low half.
        let scaled = integerFloat - Float(bias)
        let even =
            unsafeBitCast((pairs & 0x7F) &<< 19 &+ 0x4304_0000, to: SIMD8<Float>.self) + scaled
        let odd =
            unsafeBitCast((pairs & 0x7F_0000) &<< 3 &+ 0x4304_0000, to: SIMD8<Float>.self) + scaled
        let low = unsafeBitCast(even, to: SIMD8<UInt32>.self) & 0xFFFF
        let high = unsafeBitCast(odd, to: SIMD8<UInt32>.self) &<< 16
        let magnitudes = unsafeBitCast(low | high, to: SIMD16<Int16>.self)
        let signs = (bits &<< 8) &>> 15
        return (magnitudes ^ signs) &- signs
    }

    @inline(__always)
    private static func encode(_ samples: SIMD16<Int16>) -> SIMD16<UInt8> {
        let signs = samples &>> 15
        let magnitudes = samples ^ signs
        let tooLoud = (SIMD16(repeating: clip) &- magnitudes) &>> 15
        let biased = (magnitudes &+ Int16(bias)) | tooLoud
        let pairs = unsafeBitCast(biased, to: SIMD8<UInt32>.self) & 0x7FFF_7FFF
        let integer = integerFloat.bitPattern
        let even = unsafeBitCast(pairs & 0xFFFF | integer, to: SIMD8<Float>.self) - integerFloat
        let odd = unsafeBitCast(pairs &>> 16 | integer, to: SIMD8<Float>.self) - integerFloat
        // Exponent and the top four bits of the mantissa are segment and step, counted from 2^7,
        // whose exponent is written 134.
        let low = unsafeBitCast(even, to: SIMD8<UInt32>.self) &>> 19
        let high = (unsafeBitCast(odd, to: SIMD8<UInt32>.self) &>> 3) & 0xFFFF_0000
        let steps = unsafeBitCast(low | high, to: SIMD16<Int16>.self) &- 134 << 4
        return SIMD16<UInt8>(truncatingIfNeeded: ~(steps | signs & 0x80))
    }
}
