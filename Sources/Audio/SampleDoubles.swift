/// Samples as doubles, for a libsoxr that sums in them: its own way from and to 16 bits, one by
/// one, takes three times as long as these loops of eight, all packed instructions.
enum SampleDoubles {
    /// 1.5 × 2^52: added to a smaller number it leaves that one, rounded to even, in the low bits.
    private static let rounder = 6_755_399_441_055_744.0

    /// Writes the first `count` samples as doubles of the same value.
    static func widen(
        _ samples: UnsafeRawBufferPointer, into doubles: UnsafeMutableRawBufferPointer, count: Int
    ) {
        precondition(samples.count >= 2 * count && doubles.count >= 8 * count, "no room for them")
        var at = 0
        while count &- at >= 8 {
            let eight = samples.loadUnaligned(fromByteOffset: 2 &* at, as: SIMD8<Int16>.self)
            doubles.storeBytes(of: widen(eight), toByteOffset: 8 &* at, as: SIMD8<Double>.self)
            at &+= 8
        }
        while at < count {
            let one = samples.loadUnaligned(fromByteOffset: 2 * at, as: Int16.self)
            doubles.storeBytes(of: Double(one), toByteOffset: 8 * at, as: Double.self)
            at += 1
        }
    }

    /// Writes the first `count` doubles, each below 2^31 in size, as the samples nearest to them;
    /// what is louder than any sample becomes the loudest.
    static func narrow(
        _ doubles: UnsafeRawBufferPointer, into samples: UnsafeMutableRawBufferPointer, count: Int
    ) {
        precondition(samples.count >= 2 * count && doubles.count >= 8 * count, "no room for them")
        var at = 0
        while count &- at >= 8 {
            let eight = doubles.loadUnaligned(fromByteOffset: 8 &* at, as: SIMD8<Double>.self)
            samples.storeBytes(of: narrow(eight), toByteOffset: 2 &* at, as: SIMD8<Int16>.self)
            at &+= 8
        }
        while at < count {
            let one = doubles.loadUnaligned(fromByteOffset: 8 * at, as: Double.self)
            let bits = (one + rounder).bitPattern
            samples.storeBytes(of: narrow(bits), toByteOffset: 2 * at, as: Int16.self)
            at += 1
        }
    }

    /// Lane by lane, which the compiler knows for what it is; the vectors' own initializer it
    /// does not.
    @inline(__always)
    private static func widen(_ it: SIMD8<Int16>) -> SIMD8<Double> {
        SIMD8(
            Double(it[0]), Double(it[1]), Double(it[2]), Double(it[3]),
            Double(it[4]), Double(it[5]), Double(it[6]), Double(it[7]))
    }

    // Safe because both sides of the unsafeBitCast are eight lanes of 64 bits.
    @inline(__always)
    private static func narrow(_ doubles: SIMD8<Double>) -> SIMD8<Int16> {
        let it = unsafeBitCast(doubles + rounder, to: SIMD8<UInt64>.self)
        return SIMD8(
            narrow(it[0]), narrow(it[1]), narrow(it[2]), narrow(it[3]),
            narrow(it[4]), narrow(it[5]), narrow(it[6]), narrow(it[7]))
    }

    /// The sample in the low bits of a number to which `rounder` was added.
    @inline(__always)
    private static func narrow(_ bits: UInt64) -> Int16 {
        let whole = Int32(truncatingIfNeeded: bits)
        return Int16(truncatingIfNeeded: min(max(whole, -32768), 32767))
    }
}
