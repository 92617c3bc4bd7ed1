package import Calls
import Wire

/// Takes out of a trace what it tells of people: voices, words, numbers.
///
///     voice of the caller ─▶ a buzz as loud, 20 ms by 20 ms     (guards listen for speech)
///     voice of the agent  ─▶ silence as long
///     words               ─▶ as many x       numbers ─▶ their last digits gone
///
/// The call is then run again with what is left, and must decide as it once did; what it sends is
/// shorter of voices and numbers, and is written down anew, so that the redacted trace replays.
package struct TraceRedaction: Sendable {
    /// What became of it.
    package struct Result: Sendable {
        /// The redacted trace.
        package var bytes: [UInt8]
        /// The first decision that was another; nil: all are the same.
        package var difference: String?
    }

    private let announcements: AnnouncementShelf

    /// With the recordings of the house that wrote the trace.
    package init(announcements: AnnouncementShelf) { self.announcements = announcements }

    /// A trace without what it tells of people.
    package func redact(_ records: [TraceRecord]) throws(TraceFault) -> Result {
        let mask = TraceMask()
        let masked = records.map { mask.masked($0) }
        let replay = try TraceReplay(masked, announcements: announcements, rewritesBytes: true)
        let (outcome, rewritten) = replay.rewrite()
        var writer = TraceWriter()
        for record in rewritten { writer.append(record) }
        return Result(bytes: writer.bytes, difference: outcome.difference)
    }
}
