/// How often something may happen: so many times at once, and then one more every while.
package struct AllowedRate: Sendable, Equatable {
    /// Times at once, from rest.
    package var burst: Int
    /// How long until one more is allowed.
    package var every: Duration

    package init(burst: Int, every: Duration) {
        precondition(burst > 0 && every > .zero, "a rate allows something, some time")
        self.burst = burst
        self.every = every
    }
}

/// One token bucket: kept as the moment at which it will be full again (GCRA), nothing else.
struct TokenBucket: Sendable, Equatable {
    private(set) var fullAt: Duration = .zero

    /// How long to wait until the next one is allowed; zero when it is now.
    func wait(_ rate: AllowedRate, at now: Duration) -> Duration {
        let room = rate.every * (rate.burst - 1)
        return max(fullAt - now - room, .zero)
    }

    /// Takes one.
    mutating func take(_ rate: AllowedRate, at now: Duration) {
        fullAt = max(fullAt, now) + rate.every
    }
}

/// A bucket for each of many, such as peers; those at rest are forgotten.
struct TokenBuckets: Sendable, Equatable {
    /// A name costs about 100 bytes. When so many have lately been active, those that have been
    /// so the longest ago start afresh: the table stays small, and no stranger is shut out by it.
    static let namesMax = 4_096

    let rate: AllowedRate
    private var buckets: [String: TokenBucket] = [:]

    init(_ rate: AllowedRate) { self.rate = rate }

    /// How many are remembered.
    var count: Int { buckets.count }

    /// How long that one has to wait; zero when it need not. Nothing is taken.
    func wait(_ name: String, at now: Duration) -> Duration {
        buckets[name]?.wait(rate, at: now) ?? .zero
    }

    /// Takes one for that name, whether or not it was allowed.
    mutating func take(_ name: String, at now: Duration) {
        if buckets[name] == nil, buckets.count >= Self.namesMax { forget(at: now) }
        buckets[name, default: TokenBucket()].take(rate, at: now)
    }

    /// Takes one if it is allowed, and says how long to wait if not.
    mutating func takeIfAllowed(_ name: String, at now: Duration) -> Duration {
        let wait = wait(name, at: now)
        if wait == .zero { take(name, at: now) }
        return wait
    }

    private mutating func forget(at now: Duration) {
        buckets = buckets.filter { $0.value.fullAt > now }
        guard buckets.count >= Self.namesMax else { return }
        let oldest = buckets.sorted { $0.value.fullAt < $1.value.fullAt }
        for (name, _) in oldest.prefix(Self.namesMax / 4) { buckets[name] = nil }
    }
}
