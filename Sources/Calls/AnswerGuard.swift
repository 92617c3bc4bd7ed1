/// Notices an agent that owes an answer: the caller has spoken, and nothing at all comes back.
///
///     caller ended ──▶ waiting ── 2.3 s ──▶ .comfort ── each 4 s, until 8 s ──▶ .lost
///                         ▲  │
///       transcript, reply─┘  └─ the agent's audio, the caller again ──▶ at ease
///                         ▲
///     reply breaks off ───┘
///
///     tool runs ─▶ nothing heard for 2.3 s ─▶ .comfort, once ─▶ tool done ─▶ waiting goes on
///
/// 2.3 s, because nobody shall hear nothing for longer than 2.5. 8 s, because an agent that takes
/// a noise for no turn speaks up by itself after its turn time-out of 7 s (Agents, `turn_timeout`).
package struct AnswerGuard: Sendable, Equatable {
    /// What to do.
    package enum Action: Sendable, Equatable {
        /// Let the caller hear something.
        case comfort
        /// The agent is to be given up.
        case lost
    }

    /// From one comfort to the next: the sentence takes 1.5 s of it.
    private static let comfortEvery = Duration.seconds(4)

    private let comfortAfter: Duration
    private let lostAfter: Duration
    /// Since when an answer is awaited; nil when none is.
    private var waitingSince: Duration?
    /// When it last gave a sign of life while that was so.
    private var stirredAt: Duration?
    /// When the caller was comforted last; nil when not in this turn.
    private var comfortedAt: Duration?
    /// An answer was awaited when the caller began to speak.
    private var owesStill = false
    private var toolsRunning = 0
    /// When the first of the tools began: what was waited before it is kept.
    private var heldAt: Duration?
    /// Since when the caller has heard nothing while a tool runs, or when it ended, as far as is
    /// known; nil when it was comforted for that tool, or speaks.
    private var quietSince: Duration?

    package init(
        comfortAfter: Duration = .milliseconds(2_300), lostAfter: Duration = .seconds(8)
    ) {
        self.comfortAfter = comfortAfter
        self.lostAfter = lostAfter
    }

    /// When to come back with `check`; nil while nothing is awaited.
    package var deadline: Duration? {
        if toolsRunning > 0 { return quietSince.map { $0 + comfortAfter } }
        guard let waitingSince else { return nil }
        let lost = max(waitingSince, stirredAt ?? waitingSince) + lostAfter
        let quiet = quietSince ?? waitingSince
        let comfort = comfortedAt.map { $0 + Self.comfortEvery } ?? quiet + comfortAfter
        return min(comfort, lost)
    }

    /// True while an answer is awaited.
    package var isWaiting: Bool { waitingSince != nil }

    /// The caller begins to speak: nobody owes anything yet.
    package mutating func callerBegan() {
        owesStill = owesStill || waitingSince != nil
        quietSince = nil
        waitingSince = nil
        comfortedAt = nil
    }

    /// The caller ended at `time`. While the agent is heard a caller's "yes" needs no answer;
    /// should the agent give way to it, `interrupted` tells. A "yes" to the house's own words, or
    /// to those of an agent that is gone, settles no debt.
    package mutating func callerEnded(at time: Duration, agentIsHeard: Bool) {
        guard !agentIsHeard || owesStill else { return }
        wait(from: time)
    }

    /// The agent was cut off; unless the caller still speaks it owes an answer from now on. A
    /// comfort that was cut off with it is followed by the next as soon as a first one comes.
    package mutating func interrupted(at now: Duration, callerSpeaks: Bool) {
        guard !callerSpeaks else { return }
        guard waitingSince != nil else { return wait(from: now) }
        guard toolsRunning == 0, let comfortedAt else { return }
        self.comfortedAt = min(comfortedAt, now + comfortAfter - Self.comfortEvery)
    }

    /// The agent broke off in the middle of a reply, whose last sound ended at `time`.
    package mutating func replyBrokeOff(at time: Duration) {
        if waitingSince == nil, toolsRunning == 0 { wait(from: time) }
    }

    /// The agent's audio, or the word that there is no more: it has answered.
    package mutating func agentSpoke() {
        owesStill = false
        waitingSince = nil
        comfortedAt = nil
    }

    /// A transcript or a reply without audio yet: it is alive, but the caller hears nothing of
    /// that and is comforted all the same.
    package mutating func agentStirred(at now: Duration) {
        if waitingSince != nil { stirredAt = now }
    }

    /// A tool begins: what it takes is not the agent's.
    package mutating func toolBegan(at now: Duration) {
        toolsRunning += 1
        if toolsRunning == 1 { heldAt = now }
        quietSince = comfortedAt ?? quietSince ?? waitingSince ?? now
    }

    /// A tool has ended; the agent has as long as it had before, but the caller has heard nothing
    /// all the while.
    package mutating func toolEnded(at now: Duration) {
        guard toolsRunning > 0 else { return }
        toolsRunning -= 1
        guard toolsRunning == 0, let held = heldAt else { return }
        heldAt = nil
        let quiet = comfortedAt == nil ? quietSince : nil
        quietSince = nil
        // A turn that ended while the tool ran is waited for from the tool's end, and so is the
        // result of one for which the caller was told to wait.
        guard let since = waitingSince ?? comfortedAt.map({ _ in now }) else { return }
        let shift = max(.zero, now - max(held, since))
        waitingSince = since + shift
        quietSince = quiet
        stirredAt = stirredAt.map { $0 + shift }
        let again = now + comfortAfter - Self.comfortEvery
        comfortedAt = comfortedAt.map { $0 < held ? $0 + shift : max($0, again) }
    }

    /// What is due at `now`, when the last that the caller heard of us ended, or will, at
    /// `soundUntil`.
    package mutating func check(at now: Duration, soundUntil: Duration = .zero) -> Action? {
        if toolsRunning > 0, let quiet = quietSince { quietSince = max(quiet, soundUntil) }
        guard let deadline, deadline <= now else { return nil }
        guard toolsRunning == 0 else {
            quietSince = nil
            comfortedAt = now
            return .comfort
        }
        guard let since = waitingSince else { return nil }
        if max(since, stirredAt ?? since) + lostAfter <= now {
            waitingSince = nil
            comfortedAt = nil
            return .lost
        }
        guard soundUntil <= now else {
            // What was said before is still heard: it is quiet from its end.
            comfortedAt = soundUntil + comfortAfter - Self.comfortEvery
            return nil
        }
        comfortedAt = now
        return .comfort
    }

    /// The agent was replaced by another: nothing is owed, no tool runs.
    package mutating func reset() {
        self = AnswerGuard(comfortAfter: comfortAfter, lostAfter: lostAfter)
    }

    private mutating func wait(from time: Duration) {
        owesStill = false
        waitingSince = time
        stirredAt = nil
        comfortedAt = nil
        quietSince = toolsRunning > 0 ? time : nil
        if toolsRunning > 0 { heldAt = max(heldAt ?? time, time) }
    }
}
