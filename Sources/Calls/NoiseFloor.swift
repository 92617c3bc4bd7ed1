/// Learns how loud a line is while nobody speaks.
///
/// Speech has gaps and noise has none: the least power of the last three seconds is the noise,
/// whatever was said meanwhile (minimum statistics, R. Martin 2001). A noise that begins and
/// stays is therefore taken for speech for three seconds at most. Every stop between two sounds
/// (p, t, k) is a gap of 40 ms; a single frame that was lost and filled with nothing is none.
struct NoiseFloor: Sendable, Equatable {
    /// Windows of 20 ms in a stretch of which one minimum is kept: half a second.
    private static let stretchWindows = 25
    /// Until three seconds were heard, what sounds like a loud floor may be a caller who speaks
    /// from the first instant: no more than this is believed, -42 dB below full scale.
    private static let earlyPowerMax: Float = 67_700
    /// The least of 150 windows of noise lies about 2 dB below their mean.
    private static let minimumToMean: Float = 1.6

    private var before = Float.infinity
    private var lowest = Float.infinity
    private var windows = 0
    /// The minima of the last stretches, one lane each.
    private var minima = SIMD8<Float>(repeating: .infinity)
    /// The least of them, looked for twice a second and asked for with every window.
    private var leastMinimum = Float.infinity
    private var stretches = 0
    /// The minima in use: six stretches are three seconds.
    private static let stretchesMax = 6

    /// The power of the line without speech.
    var power: Float {
        let least = min(lowest, leastMinimum)
        let floor = least.isFinite ? least * Self.minimumToMean : 0
        return stretches < Self.stretchesMax ? min(floor, Self.earlyPowerMax) : floor
    }

    /// Takes the power of the next 20 ms.
    mutating func hear(_ power: Float) {
        // Both of two windows are quiet, or there is no gap.
        lowest = min(lowest, max(power, before))
        before = power
        windows += 1
        guard windows == Self.stretchWindows else { return }
        minima[stretches % Self.stretchesMax] = lowest
        leastMinimum = minima.min()
        stretches += 1
        windows = 0
        lowest = .infinity
    }
}
