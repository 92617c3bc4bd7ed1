/// G.711 µ-law, bit-exact with the ITU-T G.191 software tool library.
///
/// Sixteen samples at a time, without masks or tables: the segment of a sample is the exponent
/// of a float, so both ways are a few shifts and one addition. Tables of 16 to 64 KB are as fast
/// when they are in the cache, which with many calls they are not.
package enum MuLaw {
    /// The code of silence.
    package static let silence: UInt8 = 0xFF

    private static let lanes = 16
    /// G.711's bias in 16-bit terms, added before the segment is found.
    private static let bias: Int16 = 132
    /// The largest magnitude that has a code.
    private static let magnitudeMax: Int16 = 32_635

    /// Decodes every code of `codes` to a 16-bit sample in `samples`, which is twice as long.
    package static func decode(
        _ codes: UnsafeRawBufferPointer, into samples: UnsafeMutableRawBufferPointer
    ) {
        precondition(samples.count >= codes.count * 2, "µ-law decodes to twice its size")
        var done = 0
        while done + lanes <= codes.count {
            let block = codes.loadUnaligned(fromByteOffset: done, as: SIMD16<UInt8>.self)
            samples.storeBytes(of: decoded(block), toByteOffset: done * 2, as: SIMD16<Int16>.self)
            done += lanes
        }
        while done < codes.count {
            let sample = decoded(SIMD16(repeating: codes[done]))[0]
            samples.storeBytes(of: sample, toByteOffset: done * 2, as: Int16.self)
            done += 1
        }
    }

    /// Encodes every 16-bit sample of `samples` to a code in `codes`, which is half as long.
    package static func encode(
        _ samples: UnsafeRawBufferPointer, into codes: UnsafeMutableRawBufferPointer
    ) {
        let count = samples.count / 2
        precondition(codes.count >= count, "µ-law needs a byte for each sample")
        var done = 0
        while done + lanes <= count {
            let block = samples.loadUnaligned(fromByteOffset: done * 2, as: SIMD16<Int16>.self)
            codes.storeBytes(of: encoded(block), toByteOffset: done, as: SIMD16<UInt8>.self)
            done += lanes
        }
        while done < count {
            let sample = samples.loadUnaligned(fromByteOffset: done * 2, as: Int16.self)
            codes[done] = encoded(SIMD16(repeating: sample))[0]
            done += 1
        }
    }

    /// Segment and step of a code become exponent and mantissa of a float, with half a step
    /// added: (step + 16.5) · 2^(segment + 3). Adding 2^23 leaves the whole number in the
    /// mantissa; even and odd samples go through as 32-bit halves of their pair.
    @inline(__always)
    private static func decoded(_ codes: SIMD16<UInt8>) -> SIMD16<Int16> {
        let inverted = SIMD16<Int16>(truncatingIfNeeded: ~codes)
        let pairs = unsafeBitCast(inverted, to: SIMD8<UInt32>.self)
        let even = whole((pairs & 0x7F) &<< 19)
        let odd = whole((pairs & 0x7F_0000) &<< 3)
        let magnitudes = unsafeBitCast(
            (even & 0xFFFF) | (odd &<< 16), to: SIMD16<Int16>.self)
        // All ones for a negative sample: bit 7 of the inverted code moved to the sign.
        let sign = (inverted &<< 8) &>> 15
        return (magnitudes ^ sign) &- sign
    }

    @inline(__always)
    private static func whole(_ bits: SIMD8<UInt32>) -> SIMD8<UInt32> {
        let value = unsafeBitCast(bits &+ 0x4304_0000, to: SIMD8<Float>.self)
        return unsafeBitCast(value + (8_388_608 - 132), to: SIMD8<UInt32>.self)
    }

    /// The other way: a magnitude placed in a float's mantissa is normalized by subtracting
    /// 2^23, and segment and step are the top bits of what remains. Negative samples are
    /// inverted, not negated, as G.191 does.
    @inline(__always)
    private static func encoded(_ samples: SIMD16<Int16>) -> SIMD16<UInt8> {
        let sign = samples &>> 15
        let magnitude = samples ^ sign
        let tooLoud = (SIMD16(repeating: magnitudeMax) &- magnitude) &>> 15
        let biased = unsafeBitCast(
            (magnitude &+ bias) | tooLoud, to: SIMD8<UInt32>.self) & 0x7FFF_7FFF
        let even = normalized(biased & 0xFFFF)
        let odd = normalized(biased &>> 16)
        let steps = unsafeBitCast(
            (even &>> 19) | ((odd &>> 3) & 0xFFFF_0000), to: SIMD16<Int16>.self) &- 2_144
        return SIMD16<UInt8>(truncatingIfNeeded: ~(steps | (sign & 0x80)))
    }

    @inline(__always)
    private static func normalized(_ value: SIMD8<UInt32>) -> SIMD8<UInt32> {
        let float = unsafeBitCast(value | 0x4B00_0000, to: SIMD8<Float>.self)
        return unsafeBitCast(float - 8_388_608, to: SIMD8<UInt32>.self)
    }
}
