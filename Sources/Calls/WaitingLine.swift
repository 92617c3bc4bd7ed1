import Twilio

/// Callers who wait for a place, the longest waiting first.
///
///     asks ─▶ in line ─▶ asks again, every few seconds ─▶ a place that nobody before it wants
///                 └─ asks no more ─▶ forgotten: hung up
///
/// Every one in line has a place kept as soon as one is free for it, so that nobody behind gets
/// it in between. How long somebody waits is told by the question itself, since Twilio carries it
/// from one to the next: another process forms the same line.
package struct WaitingLine: Sendable, Equatable {
    /// In line at the same time. More would hear for minutes that nobody has time.
    package static let callersMax = 100
    /// The longest wait; then the next rung has its turn.
    package static let waitMax: Duration = .seconds(300)
    /// Whoever has not asked again by then has hung up: three times what lies between two
    /// questions, and as long as Twilio tries to reach us.
    package static let patience: Duration = .seconds(25)

    /// When somebody has a turn; the times are wall clocks.
    package enum Turn: Sendable, Equatable {
        /// Before all who wait: whom we called ourselves is not told to wait.
        case first
        /// After all who wait, and will not wait.
        case last(now: Duration)
        /// After those who have waited for longer, and waits.
        case waiting(since: Duration, now: Duration)
    }

    /// One in line.
    struct Caller: Sendable, Equatable {
        let call: CallSID
        let number: PhoneNumber?
        let numberMax: Int?
        let since: Duration
        var askedAt: Duration
    }

    /// In the order of their waiting.
    private(set) var callers: [Caller] = []

    /// Forgets who has not asked for long, and, should the clock have been set back, everybody:
    /// they ask again soon.
    mutating func forget(at now: Duration) {
        callers.removeAll { !(.zero..<Self.patience).contains(now - $0.askedAt) }
    }

    /// Somebody waits, and may do so: there is room, and it was not long enough. Answers how many
    /// go before; nil when there is no waiting.
    mutating func wait(
        _ call: CallSID, to number: PhoneNumber?, numberMax: Int?, since: Duration,
        at now: Duration
    ) -> Int? {
        let since = self.since(of: call, since, at: now)
        if let place = callers.firstIndex(where: { $0.call == call }) {
            callers[place].askedAt = now
            guard now - since >= Self.waitMax else { return place }
            callers.remove(at: place)
        }
        guard now - since < Self.waitMax, callers.count < Self.callersMax else { return nil }
        let place = callers.firstIndex { $0.since > since } ?? callers.count
        callers.insert(
            Caller(call: call, number: number, numberMax: numberMax, since: since, askedAt: now),
            at: place)
        return place
    }

    /// Since when that caller waits. A question that does not tell comes when Twilio could not
    /// ask the address that did.
    func since(of call: CallSID, _ told: Duration, at now: Duration) -> Duration {
        callers.first { $0.call == call }?.since ?? min(told, now)
    }

    /// Somebody waits no more; false when they did not.
    @discardableResult
    mutating func leave(_ call: CallSID) -> Bool {
        guard let place = callers.firstIndex(where: { $0.call == call }) else { return false }
        callers.remove(at: place)
        return true
    }

    /// What is left of `places` when all who go before that caller had theirs.
    func left(of places: Places, before call: CallSID, since: Duration) -> Places {
        var places = places
        for other in callers {
            if other.call == call || other.since > since { break }
            places.give(to: other.number, max: other.numberMax)
        }
        return places
    }
}

/// The places that are free, in the house and for each number.
struct Places: Sendable, Equatable {
    var free: Int
    /// Those taken, by number.
    var taken: [PhoneNumber: Int]

    /// What keeps a call to that number out; nil when there is a place.
    func limit(for number: PhoneNumber?, max: Int?) -> CallRegistry.Limit? {
        if free <= 0 { return .total }
        if let number, let max, taken[number, default: 0] >= max { return .number }
        return nil
    }

    /// Keeps a place for that number, if there is one.
    mutating func give(to number: PhoneNumber?, max: Int?) {
        guard limit(for: number, max: max) == nil else { return }
        free -= 1
        if let number { taken[number, default: 0] += 1 }
    }
}
