import Glibc

/// The sine of known frequency that lies nearest to some samples, and what is left beside it.
///
/// A least-squares fit of a·cos + b·sin + c, which needs no whole number of periods.
package struct ToneFit: Sendable, Equatable {
    /// The fitted sine's highest value.
    package let peak: Double
    /// The fitted sine's phase at the first sample, in radians: its value there is peak · sin(phase).
    package let phase: Double
    /// The constant part.
    package let offset: Double
    /// Root mean square of all that is neither sine nor constant.
    package let residue: Double

    /// Fits `samples`, which should last some periods.
    package init(_ frequency: Double, in samples: [Int16], rate: Int) {
        let step = 2 * Double.pi * frequency / Double(rate)
        var sums = Sums()
        for at in samples.indices {
            sums.add(cos(step * Double(at)), sin(step * Double(at)), Double(samples[at]))
        }
        let (a, b, c) = sums.solved
        var left = 0.0
        for at in samples.indices {
            let sine = a * cos(step * Double(at)) + b * sin(step * Double(at))
            let rest = Double(samples[at]) - sine - c
            left += rest * rest
        }
        peak = hypot(a, b)
        phase = atan2(a, b)
        offset = c
        residue = samples.isEmpty ? 0 : (left / Double(samples.count)).squareRoot()
    }

    /// Signal to noise and distortion, in dB.
    package var sinad: Double { 20 * log10(peak / 2.0.squareRoot() / residue) }

    /// The sine's level on a telephone line, in dBm0.
    package var dBm0: Double { 20 * log10(peak / Tone.peakAtZero) }
}

/// The normal equations of a·cos + b·sin + c = value.
private struct Sums {
    private var (n, c, s, cc, cs, ss) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    private var (v, cv, sv) = (0.0, 0.0, 0.0)

    mutating func add(_ cosine: Double, _ sine: Double, _ value: Double) {
        n += 1
        c += cosine
        s += sine
        cc += cosine * cosine
        cs += cosine * sine
        ss += sine * sine
        v += value
        cv += cosine * value
        sv += sine * value
    }

    /// Cramer's rule; zeros when there is not one solution.
    var solved: (Double, Double, Double) {
        let whole = determinant((cc, cs, c), (cs, ss, s), (c, s, n))
        guard abs(whole) > 1e-9 else { return (0, 0, 0) }
        return (
            determinant((cv, cs, c), (sv, ss, s), (v, s, n)) / whole,
            determinant((cc, cv, c), (cs, sv, s), (c, v, n)) / whole,
            determinant((cc, cs, cv), (cs, ss, sv), (c, s, v)) / whole
        )
    }

    private typealias Row = (Double, Double, Double)

    private func determinant(_ p: Row, _ q: Row, _ r: Row) -> Double {
        p.0 * (q.1 * r.2 - q.2 * r.1) - p.1 * (q.0 * r.2 - q.2 * r.0)
            + p.2 * (q.0 * r.1 - q.1 * r.0)
    }
}
