/// Ends calls on whose other end nobody is left: asks first, then waits, then ends.
///
///     caller speaks ──▶ quiet 0 s ── askAfter ──▶ .ask ── endAfter ──▶ .end
///                          ▲                                │
///                          └────── caller speaks again ─────┘
///
/// It counts the caller's silence alone. While the agent is heard, a tool runs or a transfer is
/// under way the count stands still, but it is not begun anew: an agent that asks "are you there?"
/// every few seconds does not keep a dead line open.
package struct SilenceGuard: Sendable, Equatable {
    /// What to do.
    package enum Action: Sendable, Equatable {
        /// Ask the caller whether they are there.
        case ask
        /// Nobody answered: end the call.
        case end
    }

    /// Why the caller's silence is no fault at present.
    package struct Hold: OptionSet, Sendable {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }

        /// The conversation has not begun, or is being taken up anew.
        package static let starting = Hold(rawValue: 1)
        /// Agent, announcement or music is heard.
        package static let listening = Hold(rawValue: 2)
        /// A tool runs.
        package static let tool = Hold(rawValue: 4)
        /// The caller speaks.
        fileprivate static let speaking = Hold(rawValue: 128)
    }

    private enum Stage { case quiet, asked, over }

    private let askAfter: Duration
    private let endAfter: Duration
    private var stage = Stage.quiet
    private var holds: Hold = .starting
    /// Quiet counted before the count last stood still.
    private var counted: Duration = .zero
    private var since: Duration = .zero

    /// A guard that asks after 10 s of silence and ends 15 s later; held as `.starting` at first.
    package init(askAfter: Duration = .seconds(10), endAfter: Duration = .seconds(15)) {
        self.askAfter = askAfter
        self.endAfter = endAfter
    }

    /// When to come back with `check`; nil while the count stands still.
    package var deadline: Duration? {
        guard holds.isEmpty, stage != .over else { return nil }
        return since + (stage == .quiet ? askAfter : endAfter) - counted
    }

    /// The caller begins to speak, as `SpeechWatch` hears it.
    package mutating func callerBegan(at now: Duration) {
        hold(.speaking, at: now)
        forgive(at: now)
    }

    /// The caller has ended; the silence counts from `now`.
    package mutating func callerEnded(at now: Duration) {
        release(.speaking, at: now)
        forgive(at: now)
    }

    /// The caller did something else that shows they are there, such as pressing a key.
    package mutating func callerActed(at now: Duration) { forgive(at: now) }

    /// The count stands still from now on.
    package mutating func hold(_ hold: Hold, at now: Duration) {
        if holds.isEmpty { counted += max(.zero, now - since) }
        holds.formUnion(hold)
    }

    /// That reason is over; the count goes on when it was the last.
    package mutating func release(_ hold: Hold, at now: Duration) {
        guard !holds.isDisjoint(with: hold) else { return }
        holds.subtract(hold)
        if holds.isEmpty { since = now }
    }

    /// What is due at `now`; each is said once.
    package mutating func check(at now: Duration) -> Action? {
        guard let deadline, deadline <= now else { return nil }
        counted = .zero
        since = now
        if stage == .quiet {
            stage = .asked
            return .ask
        }
        stage = .over
        return .end
    }

    private mutating func forgive(at now: Duration) {
        guard stage != .over else { return }
        stage = .quiet
        counted = .zero
        since = now
    }
}
