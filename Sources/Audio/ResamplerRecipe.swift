/// How soxr is set up for one pair of rates.
///
/// soxr's stock recipes hold audio back for 60 to 117 ms and let it go in bursts. A shorter
/// filter in a smaller transform, primed with half the filter's length of silence, works in
/// blocks that divide 20 ms: a frame in gives a frame out, late by that half and no more.
struct ResamplerRecipe: Sendable, Equatable {
    let from: Int
    let to: Int
    /// Ends of pass and stop band, as parts of the lower rate's half.
    let passbandEnd: Double
    let stopbandBegin: Double
    /// log2 of the transform's size; fixed, both bounds alike.
    let transformBits: UInt32
    /// Input samples of silence pushed first; also the delay.
    let prime: Int
    /// True when every 20 ms in give exactly 20 ms out.
    let isFramed: Bool

    /// The recipes for all pairs of Twilio's rate and an agent's. Those of 22.05 and 44.1 kHz
    /// cannot be framed, 441 samples being odd; they only ever delay the first frame of a reply.
    static let all: [ResamplerRecipe] = [
        ResamplerRecipe(8_000, 16_000, 0.868, 1.132, bits: 8, prime: 24),
        ResamplerRecipe(16_000, 8_000, 0.868, 1.132, bits: 8, prime: 48),
        ResamplerRecipe(8_000, 24_000, 0.862, 1.138, bits: 8, prime: 23),
        ResamplerRecipe(24_000, 8_000, 0.862, 1.138, bits: 8, prime: 68),
        ResamplerRecipe(8_000, 48_000, 0.852, 1.148, bits: 8, prime: 26, isFramed: false),
        ResamplerRecipe(48_000, 8_000, 0.852, 1.148, bits: 8, prime: 151),
        ResamplerRecipe(8_000, 22_050, 0.826, 1.174, bits: 7, prime: 46, isFramed: false),
        ResamplerRecipe(22_050, 8_000, 0.826, 1.174, bits: 7, prime: 126, isFramed: false),
        ResamplerRecipe(8_000, 44_100, 0.814, 1.186, bits: 7, prime: 49, isFramed: false),
        ResamplerRecipe(44_100, 8_000, 0.814, 1.186, bits: 7, prime: 267, isFramed: false),
    ]

    private init(
        _ from: Int, _ to: Int, _ passbandEnd: Double, _ stopbandBegin: Double, bits: UInt32,
        prime: Int, isFramed: Bool = true
    ) {
        self.from = from
        self.to = to
        self.passbandEnd = passbandEnd
        self.stopbandBegin = stopbandBegin
        transformBits = bits
        self.prime = prime
        self.isFramed = isFramed
    }

    /// The recipe for a pair of rates.
    static func find(from: Int, to: Int) -> ResamplerRecipe? {
        all.first { $0.from == from && $0.to == to }
    }
}
