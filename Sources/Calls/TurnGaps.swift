/// How fast the agent answers and gives way, as the caller hears it.
///
///     caller:  ▓▓▓▓▓▓▓▓·········             ▓▓▓▓▓▓▓
///     agent:           ├─ gap ─▶▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓│ clear
///                                            ├───▶ barge-in
///
/// The caller's end is dated to the last sound but known only after `SpeechWatch`'s hangover, and
/// a fast agent is heard before: its beginning is then kept until the end is known.
struct TurnGaps: Sendable, Equatable {
    /// Longer than this and the clear had another cause.
    private static let bargeInMax = Duration.seconds(10)

    private var gaps = SmallPercentiles()
    /// The longest time from the caller's first sound to the clear; nil when there was none.
    private(set) var bargeIn: Duration?
    /// The end of the caller's turn that is not answered yet.
    private var unanswered: Duration?
    private var endedAt: Duration?
    private var callerSpeaks = false
    /// When the agent was first heard since the caller began.
    private var earlyAnswer: Duration?
    private var bargedInAt: Duration?

    /// Half of the gaps are no longer.
    var p50: Duration? { gaps.at(0.5) }
    /// 95 of 100 gaps are no longer.
    var p95: Duration? { gaps.at(0.95) }

    /// The caller speaks since `time`, over the agent when it is heard until `playedUntil`.
    mutating func callerBegan(at time: Duration, playedUntil: Duration) {
        callerSpeaks = true
        unanswered = nil
        earlyAnswer = nil
        bargedInAt = playedUntil > time ? time : nil
    }

    /// The caller has not spoken since `time`.
    mutating func callerEnded(at time: Duration, playedUntil: Duration) {
        callerSpeaks = false
        endedAt = time
        if let answer = earlyAnswer, answer >= time {
            record(answer - time)
        } else if playedUntil <= time {
            unanswered = time
        }
        earlyAnswer = nil
    }

    /// The agent is heard from `time` on.
    mutating func agentHeard(from time: Duration) {
        if callerSpeaks {
            if earlyAnswer == nil { earlyAnswer = time }
        } else if let since = unanswered {
            record(time - since)
            unanswered = nil
        }
    }

    /// A clear was sent while the agent was heard until `playedUntil`.
    mutating func cleared(at now: Duration, playedUntil: Duration) {
        guard playedUntil > now else { return }
        if let began = bargedInAt, now - began <= Self.bargeInMax {
            bargeIn = max(bargeIn ?? .zero, now - began)
        }
        bargedInAt = nil
        // What was heard was no answer to what the caller says.
        earlyAnswer = nil
        if !callerSpeaks { unanswered = endedAt }
    }

    private mutating func record(_ gap: Duration) {
        gaps.record(microseconds: Int(max(.zero, gap).seconds * 1_000_000))
    }
}
