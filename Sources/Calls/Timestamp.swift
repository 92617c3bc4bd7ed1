import FoundationEssentials

/// Wall clock as people and programs read it.
package enum Timestamp {
    /// RFC 3339 in UTC with milliseconds: `2025-11-20T14:24:00.123Z`; `wallClock` since 1970.
    package static func text(_ wallClock: Duration) -> String {
        Date(timeIntervalSince1970: wallClock.seconds)
            .formatted(.iso8601.year().month().day().time(includingFractionalSeconds: true)
                .timeZone(separator: .omitted))
    }
}
