/// A date of the Gregorian calendar, without a place or a time of day.
package struct CivilDate: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// Days after 1970-01-01.
    package let days: Int

    /// The date that many days after 1970-01-01.
    package init(days: Int) { self.days = days }

    /// The date of that name; nil when there is no such day.
    package init?(year: Int, month: Int, day: Int) {
        guard (1...9_999).contains(year), (1...12).contains(month), day >= 1,
            day <= Self.length(ofMonth: month, year: year)
        else { return nil }
        days = Self.days(year, month, day)
    }

    /// Reads `2026-12-24`.
    package init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == [4, 2, 2], let year = Self.whole(parts[0]),
            let month = Self.whole(parts[1]), let day = Self.whole(parts[2])
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    /// 0 is Sunday, as in POSIX time zones; 1970-01-01 was a Thursday.
    package var weekday: Int { ((days + 4) % 7 + 7) % 7 }

    /// The date so many days later.
    package func plus(_ count: Int) -> CivilDate { CivilDate(days: days + count) }

    /// Month and day, as yearly holidays are kept.
    package var yearly: YearlyDate {
        let date = fields
        return YearlyDate(month: date.month, day: date.day)
    }

    /// Its year.
    package var year: Int { fields.year }

    package static func < (a: CivilDate, b: CivilDate) -> Bool { a.days < b.days }

    package var description: String {
        let date = fields
        let padded = { (value: Int, width: Int) in
            String(repeating: "0", count: max(0, width - String(value).count)) + String(value)
        }
        return "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))"
    }

    /// The number of days of a month.
    static func length(ofMonth month: Int, year: Int) -> Int {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return month == 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
    }

    static func whole(_ text: Substring) -> Int? {
        text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(text) : nil
    }

    /// Years counted from March, so that the leap day is the last one; 400 years have 146,097 days.
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let year = month > 2 ? year : year - 1
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        // 719,468 days lie between 0000-03-01 and 1970-01-01.
        return era * 146_097 + dayOfEra - 719_468
    }

    private var fields: (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let fromMarch = (5 * dayOfYear + 2) / 153
        let month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
        return (
            yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month,
            dayOfYear - (153 * fromMarch + 2) / 5 + 1
        )
    }
}

/// A day that comes every year.
package struct YearlyDate: Hashable, Sendable {
    package let month: Int
    package let day: Int

    init(month: Int, day: Int) {
        self.month = month
        self.day = day
    }

    /// Reads `12-25`; `02-29` comes in leap years only.
    package init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == [2, 2], let month = CivilDate.whole(parts[0]),
            let day = CivilDate.whole(parts[1]), (1...12).contains(month), day >= 1,
            day <= CivilDate.length(ofMonth: month, year: 2_000)
        else { return nil }
        (self.month, self.day) = (month, day)
    }
}
