/// Decides whether a request to Twilio is sent again, and after which wait.
///
///     failure ─▶ may it be repeated? tries left? ─▶ wait: Twilio's own wish, or the dice between
///                nothing and a ceiling that doubles ─▶ only if it ends before the deadline
///
/// The whole ceiling is diced (error 20429, "exponential back-off with jitter"): those who were
/// refused together do not come back together.
package struct TwilioRetry: Sendable, Equatable {
    /// Tries of one request, the first among them.
    package static let triesMax = 4
    /// The first ceiling; refusals for concurrency pass within a request's length.
    package static let firstCeiling: Duration = .milliseconds(250)
    /// A caller is waiting for what comes of it.
    package static let ceilingMax: Duration = .seconds(3)

    /// When all of it must be over.
    package let deadline: Duration
    /// True for changes; false for what must not be done twice.
    package let isRepeatable: Bool
    private var tries = 1

    /// For a request whose first try is under way.
    package init(deadline: Duration, isRepeatable: Bool) {
        self.deadline = deadline
        self.isRepeatable = isRepeatable
    }

    /// How long to wait before the next try; nil to give up. `dice` is from 0 to 1.
    package mutating func wait(
        after failure: TwilioFailure, at now: Duration, dice: Double
    ) -> Duration? {
        guard tries < Self.triesMax, failure.isRetriable(repeatable: isRepeatable) else {
            return nil
        }
        var ceiling = Self.firstCeiling
        for _ in 1..<tries { ceiling *= 2 }
        var wait = min(ceiling, Self.ceilingMax) * min(max(dice, 0), 1)
        if case .refused(let refusal) = failure, let wish = refusal.retryAfter {
            wait += wish
        }
        guard now + wait < deadline else { return nil }
        tries += 1
        return wait
    }
}
