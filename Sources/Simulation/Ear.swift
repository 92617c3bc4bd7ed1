/// Listens for dead air: how long a caller heard nothing from us though it was our turn.
///
/// Silence has a reason while
///   - an agent that is there says nothing: it listens, or thinks;
///   - Twilio or the network, not we, keep the caller from hearing: no stream is open and we
///     have not been asked yet, or the stream's line is dead;
///   - an agent went dumb behind an open connection, which cannot be told from the first case
///     before the limits on silence are reached.
/// Everything else counts: no agent yet, an agent lost, refused or never ready, an answer of ours
/// outstanding. Hearing anything, or silence with a reason, begins the count anew.
struct Ear: Sendable {
    /// Within this the caller hears something, whatever has happened.
    static let deadAirMax: Duration = .milliseconds(2_500)

    private(set) var deadAir: Duration = .zero
    private(set) var longest: Duration = .zero
    private(set) var isAnnoyed = false

    /// Whoever knew of the silence is no more.
    mutating func forget() { deadAir = .zero }

    /// A piece of time has passed; true the first time that it was too much.
    mutating func listened(
        for duration: Duration, hears: Bool, hasReason: Bool, slack: Duration
    ) -> Bool {
        guard !hears, !hasReason else {
            deadAir = .zero
            return false
        }
        deadAir += duration
        longest = max(longest, deadAir)
        guard deadAir > Self.deadAirMax + slack, !isAnnoyed else { return false }
        isAnnoyed = true
        return true
    }
}
