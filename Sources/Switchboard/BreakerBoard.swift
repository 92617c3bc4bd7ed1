import Synchronization

/// The circuit breakers of all agents, each under its agent's key.
///
/// From any thread. Time is an argument, always of the same monotonic clock.
package final class BreakerBoard: Sendable {
    /// One line of the board, for people and for figures.
    package struct Line: Sendable, Equatable {
        package let key: String
        package let state: CircuitBreaker.State
    }

    private let limits: CircuitBreaker.Limits
    private let breakers = Mutex<[String: CircuitBreaker]>([:])

    /// A board on which every breaker is closed.
    package init(limits: CircuitBreaker.Limits = CircuitBreaker.Limits()) {
        self.limits = limits
    }

    /// Whether that agent may be tried now; who is let through tells what became of it.
    package func mayTry(_ key: String, at now: Duration) -> Bool {
        // What never failed needs no breaker, so a key nobody configured leaves nothing behind.
        breakers.withLock { $0[key]?.mayTry(at: now) ?? true }
    }

    /// For how long that agent will not be tried; nil when it may be now. Takes no trial.
    package func wait(for key: String, at now: Duration) -> Duration? {
        let due = breakers.withLock { $0[key]?.probeDue }
        return due.flatMap { $0 > now ? $0 - now : nil }
    }

    /// That agent answered.
    @discardableResult
    package func succeeded(_ key: String, at now: Duration) -> CircuitBreaker.Change? {
        breakers.withLock { $0[key]?.succeeded(at: now) }
    }

    /// That agent did not answer, or was lost.
    @discardableResult
    package func failed(
        _ key: String, isQuota: Bool, at now: Duration
    ) -> CircuitBreaker.Change? {
        breakers.withLock {
            $0[key, default: CircuitBreaker(limits: limits)].failed(isQuota: isQuota, at: now)
        }
    }

    /// The agents a canary should try now, `max` of them at the most; each is let through by
    /// this as its one probe.
    package func dueProbes(at now: Duration, max: Int = .max) -> [String] {
        breakers.withLock { breakers in
            let due = breakers.filter { $0.value.probeDue.map { $0 <= now } ?? false }
            let keys = due.keys.sorted().prefix(max)
            return keys.filter { breakers[$0]?.mayTry(at: now) == true }
        }
    }

    /// When the next probe is due; nil while all are closed.
    package var nextProbe: Duration? {
        breakers.withLock { $0.values.compactMap(\.probeDue).min() }
    }

    /// Every breaker that ever had a failure, by key.
    package var lines: [Line] {
        breakers.withLock { breakers in
            breakers.map { Line(key: $0.key, state: $0.value.state) }
        }.sorted { $0.key < $1.key }
    }

    /// Forgets every agent that is not among `keys`: a table was replaced.
    package func keep(_ keys: Set<String>) {
        breakers.withLock { $0 = $0.filter { keys.contains($0.key) } }
    }
}
