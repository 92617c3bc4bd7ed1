/// Keeps callers from waiting for somebody who does not answer anyway.
///
///            failures in the window, or a quota error
///     closed ────────────────────────────────────────▶ open ──┐ time is over,
///        ▲                                              ▲     │ somebody tries
///        │ the probe succeeded          the probe failed│     ▼
///        └───────────────────────────────────────────── half-open: one probe at a time
///
/// A success takes one failure away, so a service that fails one call in a hundred stays
/// closed however many calls there are. A value without a clock: time is an argument.
package struct CircuitBreaker: Sendable, Equatable {
    /// When it opens, and for how long.
    package struct Limits: Sendable, Equatable {
        /// Failures that open it, when no success came between: the third caller need not learn
        /// what two have learnt.
        package var failuresMax = 3
        /// How long a failure counts.
        package var window = Duration.seconds(30)
        /// How long it stays open at first: a service that is restarted is back by then.
        package var openTime = Duration.seconds(15)
        /// A probe that fails doubles it up to this: nobody pays for many probes, and a service
        /// that is back is found within two minutes.
        package var openTimeMax = Duration.seconds(120)
        /// After a quota error: somebody has to pay first.
        package var quotaTime = Duration.seconds(300)
        /// How long a probe may keep us waiting; longer than a trial ever takes, which is 13 s.
        package var probeTime = Duration.seconds(15)

        package init() {}
    }

    /// What it lets through.
    package enum State: Sendable, Equatable {
        /// Everything; failures that still count, by their time.
        case closed(failures: [Duration])
        /// Nothing before `until`.
        case open(until: Duration)
        /// Nothing but the probe that was let through at `since`.
        case halfOpen(since: Duration)
    }

    /// What an outcome did to it.
    package enum Change: Sendable, Equatable {
        /// Nobody is let through before `until`.
        case opened(until: Duration)
        case closed
    }

    /// What it lets through now.
    package private(set) var state = State.closed(failures: [])
    private let limits: Limits
    /// How long it stays open when the next probe fails.
    private var nextOpenTime: Duration

    /// A closed one.
    package init(limits: Limits = Limits()) {
        precondition(limits.failuresMax > 0, "a breaker that is always open lets nobody through")
        self.limits = limits
        nextOpenTime = limits.openTime
    }

    /// True when everything is let through.
    package var isClosed: Bool {
        if case .closed = state { true } else { false }
    }

    /// Whether one may try now. The first who asks after the open time is the probe, and must
    /// tell what became of it; a probe nobody tells of gives its place up.
    package mutating func mayTry(at now: Duration) -> Bool {
        guard let due = probeDue else { return true }
        guard now >= due else { return false }
        state = .halfOpen(since: now)
        return true
    }

    /// When the next probe may be sent; nil while it is closed.
    package var probeDue: Duration? {
        switch state {
        case .closed: nil
        case .open(let until): until
        case .halfOpen(let since): since + limits.probeTime
        }
    }

    /// Somebody got through. What was tried before it opened proves nothing while it is open.
    package mutating func succeeded(at now: Duration) -> Change? {
        switch state {
        case .closed(let failures):
            state = .closed(failures: Array(counted(failures, at: now).dropFirst()))
            return nil
        case .open: return nil
        case .halfOpen:
            state = .closed(failures: [])
            nextOpenTime = limits.openTime
            return .closed
        }
    }

    /// Somebody did not get through.
    package mutating func failed(isQuota: Bool, at now: Duration) -> Change? {
        if isQuota { return open(until: now + limits.quotaTime) }
        switch state {
        case .closed(let failures):
            let all = counted(failures, at: now) + [now]
            state = .closed(failures: all)
            guard all.count >= limits.failuresMax else { return nil }
            return open(until: now + limits.openTime)
        case .open: return nil
        case .halfOpen:
            nextOpenTime = min(nextOpenTime * 2, limits.openTimeMax)
            return open(until: now + nextOpenTime)
        }
    }

    private func counted(_ failures: [Duration], at now: Duration) -> [Duration] {
        failures.filter { now - $0 < limits.window }
    }

    /// Opens, or stays open for longer.
    private mutating func open(until: Duration) -> Change? {
        if case .open(let earlier) = state {
            state = .open(until: max(earlier, until))
            return nil
        }
        state = .open(until: until)
        return .opened(until: until)
    }
}
