/// Log-linear buckets, the arithmetic of `Percentiles`: whole numbers below 2^subBits have one
/// each, above them every doubling has half as many, so that the error stays in proportion.
package enum LogLinear {
    /// The bucket into which a value, not below zero, falls.
    // Inlined, so that `subBits` is a constant where a value is counted for each frame.
    @inlinable
    package static func bucket(of value: Int, subBits: Int) -> Int {
        let doublings = max(0, Int.bitWidth - value.leadingZeroBitCount - subBits)
        return doublings << (subBits - 1) + (value >> doublings)
    }

    /// The values that fall into a bucket.
    package static func values(in bucket: Int, subBits: Int) -> ClosedRange<Int> {
        let half = 1 << (subBits - 1)
        guard bucket >= 2 * half else { return bucket...bucket }
        let doublings = bucket / half - 1
        let least = (bucket - doublings * half) << doublings
        return least...least + (1 << doublings) - 1
    }
}
