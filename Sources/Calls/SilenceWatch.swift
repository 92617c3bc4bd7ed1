/// Notices a peer that says nothing while its connection stays open.
///
/// It looks at a count of messages now and then instead of at a clock with every message.
struct SilenceWatch: Sendable, Equatable {
    private var seen = -1
    private var since: Duration = .zero

    /// True when `count` has stood still for `limit` by `now`.
    mutating func isSilent(_ count: Int, at now: Duration, limit: Duration) -> Bool {
        if count != seen {
            seen = count
            since = now
        }
        return now - since >= limit
    }
}
