/// A stretch of traffic: at first it settles, then it is measured, then it ends by itself.
///
///     begin ─── settling ───▶ open ─── measured ───▶ closed ─── a second ───▶ silence
///
/// Whoever moves frames says what time it is. A loop with more to do than it can do hears of
/// nothing else in time, timers and orders included.
struct LoadWindow: Sendable {
    /// What to do when a moment has come.
    enum Step: Equatable { case none, open, close, silence }

    private enum Phase { case settling, measured, closed, silent }

    /// For whoever reads other clocks to be done with it.
    private static let afterwards: Int64 = 1_000_000_000

    private var phase = Phase.silent
    private var opens: Int64 = 0
    private var closes: Int64 = 0

    mutating func begin(at now: Int64, settling: Int64, measured: Int64) {
        phase = .settling
        opens = now + settling
        closes = opens + measured
    }

    /// The step that is due, each once.
    @inline(__always)
    mutating func step(at now: Int64) -> Step {
        switch phase {
        case .settling where now >= opens:
            phase = .measured
            return .open
        case .measured where now >= closes:
            phase = .closed
            return .close
        case .closed where now >= closes + Self.afterwards:
            phase = .silent
            return .silence
        default: return .none
        }
    }
}
