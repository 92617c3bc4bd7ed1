/// Keeps a log from being filled by whoever makes the same thing happen again and again: each kind
/// of line is said at most once in a while, and what was left unsaid is counted.
package struct Reticence: Sendable, Equatable {
    private struct Silence: Sendable, Equatable {
        var until: Duration
        var unsaid = 0
    }

    /// Kinds that are told apart; any more share the silence of one.
    package static let kindsMax = 64
    private static let rest = ""

    /// The shortest time between two lines of a kind.
    package let pause: Duration
    private var silences: [String: Silence] = [:]

    package init(pause: Duration = .seconds(10)) { self.pause = pause }

    /// How many of the kind were left unsaid since the last that was said; nil when this one is to
    /// be left unsaid too.
    package mutating func unsaidBefore(_ kind: String, at now: Duration) -> Int? {
        let isKnown = silences[kind] != nil || silences.count < Self.kindsMax
        let kind = isKnown ? kind : Self.rest
        if let silence = silences[kind], now < silence.until {
            silences[kind]?.unsaid += 1
            return nil
        }
        let unsaid = silences[kind]?.unsaid ?? 0
        silences[kind] = Silence(until: now + pause)
        return unsaid
    }
}
