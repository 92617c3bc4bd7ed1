/// Measures how good a call is while it lasts: the line, the turns and the silence between them.
///
///     caller's frames ─▶ FrameTiming      speech begins, ends ─▶ TurnGaps, DeadAir
///     sound sent, clears ─▶ TurnGaps, DeadAir        marks ─▶ was anything played at all?
///
/// Nothing here changes the call; nothing is allocated after the beginning.
package struct LineQuality: Sendable, Equatable {
    /// 15 s of frames without a word: a caller who listens to one long reply says something.
    private static let unheardFramesMin = 750
    /// A mark goes out every second and comes back when it was played or cleared; none after so
    /// much sound, and two seconds more, is no delay any more.
    private static let unheardPlayedMin = Duration.seconds(5)
    private static let unheardGrace = Duration.seconds(2)
    /// Twilio's mixer and jitter buffer, and the carrier behind it: audio already there when a
    /// clear comes is still heard, about 100 ms of it.
    private static let playout = Duration.milliseconds(100)

    private var timing = FrameTiming()
    private var air = DeadAir()
    private var gaps = TurnGaps()
    private var hasSpoken = false
    private var hasEcho = false
    private var played: Duration = .zero
    /// When the last of the agent's sound ends.
    private var agentUntil: Duration = .zero

    package init() {}

    /// A stream begins, the first or another.
    package mutating func streamBegan(at now: Duration) {
        timing.restart()
        air.open(at: now)
    }

    /// The stream is over; until the next begins nobody is on the line.
    package mutating func streamEnded(at now: Duration) { air.close(at: now) }

    /// A media message of the caller.
    package mutating func frame(chunk: Int64, timestamp: Duration, at now: Duration) {
        timing.hear(chunk: chunk, timestamp: timestamp, at: now)
    }

    /// The caller's speech, as `SpeechWatch` tells it.
    package mutating func caller(_ change: SpeechWatch.Change) {
        switch change {
        case .began(let time):
            hasSpoken = true
            gaps.callerBegan(at: time, playedUntil: air.playedUntil)
            air.callerBegan(at: time)
        case .ended(let time):
            gaps.callerEnded(at: time, playedUntil: air.playedUntil)
            air.callerEnded(at: time)
        }
    }

    /// Sound of that length goes to the caller; `isAgent` is false for announcements and comfort.
    package mutating func sent(_ duration: Duration, isAgent: Bool = true, at now: Duration) {
        let from = max(air.playedUntil, now)
        if isAgent {
            // Behind an announcement the agent begins later than it was sent.
            if agentUntil <= now || agentUntil < from { gaps.agentHeard(from: from) }
            agentUntil = from + duration
        }
        air.play(duration, at: now)
        played += duration
    }

    /// A clear was sent.
    package mutating func cleared(at now: Duration) {
        gaps.cleared(at: now, playedUntil: air.playedUntil)
        air.clear(at: now)
        agentUntil = min(agentUntil, now)
    }

    /// A mark came back, whatever it proves.
    package mutating func markEchoed() { hasEcho = true }

    /// The figures so far, or in the end; `roundTrip` is that of a ping to Twilio, if measured.
    package func summary(at now: Duration, roundTrip: Duration? = nil) -> LineSummary {
        var summary = LineSummary()
        summary.turnGapP50 = gaps.p50
        summary.turnGapP95 = gaps.p95
        summary.bargeIn = gaps.bargeIn
        summary.framesLate = timing.late
        summary.jitter = timing.jitter
        summary.jitterP95 = timing.jitterP95
        let air = air.closed(at: now)
        summary.deadAirLongest = air.longest
        summary.deadAirTotal = air.total
        summary.oneWay = oneWay(at: now)
        summary.mos = mos(roundTrip: roundTrip)
        return summary
    }

    private func oneWay(at now: Duration) -> LineSummary.OneWay? {
        let heard = played - max(.zero, air.playedUntil - now)
        if !hasEcho, heard >= Self.unheardPlayedMin + Self.unheardGrace { return .agentUnheard }
        return !hasSpoken && timing.frames >= Self.unheardFramesMin ? .callerUnheard : nil
    }

    /// Half the way to Twilio and back, twice the jitter as a receiver would buffer it, and what
    /// lies behind Twilio.
    private func mos(roundTrip: Duration?) -> Double? {
        guard timing.frames > 0 else { return nil }
        let delay = (roundTrip ?? .zero) / 2 + (timing.jitter ?? .zero) * 2 + Self.playout
        let missed = Double(timing.lost + timing.late)
        let share = missed / Double(timing.frames + timing.lost)
        return MeanOpinion.score(rating: MeanOpinion.rating(lossShare: share, delay: delay))
    }
}
