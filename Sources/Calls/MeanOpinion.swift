/// What listeners would think of a line: a mean opinion score from 1 (bad) to 4.5.
///
/// ITU-T G.107, the E-model, with all but the network's part at its defaults:
///
///     R   = R0 - Id - Ie,eff                        R0 = 93.2, the default sum of G.107
///     Id  = 0.024 d + 0.11 (d - 177.3) H(d - 177.3)  d: one way in ms (Cole, Rosenbluth 2001)
///     Ie,eff = Ie + (95 - Ie) Ppl / (Ppl / BurstR + Bpl)                    G.107, 7.2
///     MOS = 1 + 0.035 R + R (R - 60) (100 - R) 7·10⁻⁶                       G.107, annex B
///
/// G.711 has Ie = 0 and Bpl = 4.3, or 25.1 where lost packets are concealed (G.113, appendix I);
/// BurstR = 1: losses are taken to come singly. It is an estimate of the caller's way in, as far
/// as it can be seen from here: what the carrier conceals or loses before Twilio is not in it.
package enum MeanOpinion {
    private static let best = 93.2
    private static let robustnessPlain = 4.3
    private static let robustnessConcealed = 25.1
    /// Delay beyond which talking over each other begins, in milliseconds.
    private static let delayKnee = 177.3

    /// The rating R of a line: `lossShare` (0…1) of its frames lost, `delay` from mouth to ear.
    package static func rating(
        lossShare: Double, delay: Duration, isConcealed: Bool = false
    ) -> Double {
        let loss = min(max(lossShare, 0), 1) * 100
        let robustness = isConcealed ? robustnessConcealed : robustnessPlain
        let impairment = 95 * loss / (loss + robustness)
        let milliseconds = max(0, delay.seconds * 1_000)
        let late = 0.024 * milliseconds + 0.11 * max(0, milliseconds - delayKnee)
        return best - late - impairment
    }

    /// The score of a rating, to two places.
    package static func score(rating: Double) -> Double {
        if rating <= 0 { return 1 }
        if rating >= 100 { return 4.5 }
        let score = 1 + 0.035 * rating + rating * (rating - 60) * (100 - rating) * 7e-6
        return max(1, score).rounded(toPlaces: 2)
    }
}
