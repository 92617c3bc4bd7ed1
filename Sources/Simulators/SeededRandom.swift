/// The only dice of a simulation: the same seed gives the same throws (SplitMix64).
package struct SeededRandom: RandomNumberGenerator, Sendable, Equatable {
    /// What this generator began with, to be printed by whoever fails because of it.
    package let seed: UInt64
    private var state: UInt64

    package init(seed: UInt64) {
        self.seed = seed
        state = seed
    }

    /// The next 64 random bits.
    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// True with this probability (0 never, 1 always).
    package mutating func chance(_ probability: Double) -> Bool {
        Double.random(in: 0..<1, using: &self) < probability
    }

    /// A duration in the range, whole microseconds.
    package mutating func duration(in range: ClosedRange<Duration>) -> Duration {
        let low = range.lowerBound.microseconds
        let high = max(low, range.upperBound.microseconds)
        return .microseconds(Int64.random(in: low...high, using: &self))
    }

    /// Random lower-case hexadecimal digits, as in identifiers.
    package mutating func hex(digits: Int) -> String {
        let alphabet = Array("0123456789abcdef")
        return String((0..<digits).map { _ in alphabet[Int(next() & 15)] })
    }

    /// Another generator, so that one part's throws do not shift another's.
    package mutating func fork() -> SeededRandom { SeededRandom(seed: next()) }
}

extension Duration {
    /// Seconds with six decimals at most, for rates and reports.
    package var fractionalSeconds: Double { Double(microseconds) / 1_000_000 }
}
