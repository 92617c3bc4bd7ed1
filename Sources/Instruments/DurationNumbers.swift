extension Duration {
    /// Nanoseconds, cut towards zero like all that follow; of longer times 292 years are kept.
    package var wholeNanoseconds: Int {
        let (seconds, attoseconds) = components
        let (product, isTooLong) = Int(seconds).multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, isOver) = product.addingReportingOverflow(Int(attoseconds / 1_000_000_000))
        return isTooLong || isOver ? (seconds < 0 ? .min : .max) : sum
    }

    /// Whole microseconds.
    package var microseconds: Int64 { Int64(wholeNanoseconds / 1_000) }

    /// Whole milliseconds.
    package var milliseconds: Int64 { Int64(wholeNanoseconds / 1_000_000) }

    /// Seconds with their fraction.
    package var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) * 1e-18
    }
}
