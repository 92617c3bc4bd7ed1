import Glibc

/// A moment as a date and time of day in UTC; prints as RFC 3339 with milliseconds.
package struct UTCTime: Sendable, Equatable, CustomStringConvertible {
    /// By the Gregorian calendar.
    package let year: Int
    /// 1 to 12.
    package let month: Int
    /// 1 to 31.
    package let day: Int
    /// 0 to 23.
    package let hour: Int
    /// 0 to 59.
    package let minute: Int
    /// 0 to 59; leap seconds are not told.
    package let second: Int
    /// 0 to 999.
    package let millisecond: Int

    /// The moment that long after 1970-01-01T00:00:00Z.
    package init(_ sinceEpoch: Duration) {
        let parts = sinceEpoch.components
        var seconds = time_t(parts.seconds)
        var nanoseconds = Int(parts.attoseconds / 1_000_000_000)
        if nanoseconds < 0 {
            // Duration counts both parts below zero; a calendar counts forward from the second.
            seconds -= 1
            nanoseconds += 1_000_000_000
        }
        var fields = tm()
        gmtime_r(&seconds, &fields)
        year = Int(fields.tm_year) + 1900
        month = Int(fields.tm_mon) + 1
        day = Int(fields.tm_mday)
        hour = Int(fields.tm_hour)
        minute = Int(fields.tm_min)
        second = Int(fields.tm_sec)
        millisecond = nanoseconds / 1_000_000
    }

    package var description: String {
        let date = "\(Self.padded(year, 4))-\(Self.padded(month, 2))-\(Self.padded(day, 2))"
        let time = "\(Self.padded(hour, 2)):\(Self.padded(minute, 2)):\(Self.padded(second, 2))"
        return "\(date)T\(time).\(Self.padded(millisecond, 3))Z"
    }

    private static func padded(_ value: Int, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
