/// When a house is open: weekly times in its time zone, holidays and exceptions.
///
/// Times are what the clock on its wall shows. A span belongs to the day it begins on, also when
/// it ends in the next one. For a date an exception counts before a holiday, a holiday before
/// the week. A time that comes twice in autumn is open, or closed, twice.
package struct OpeningHours: Sendable, Equatable {
    /// From one time of day to another, in seconds after midnight; the end may lie in the next day.
    package struct Span: Sendable, Equatable, Hashable {
        /// Seconds after midnight; `end` after the same midnight, at most two days.
        package var start: Int
        package var end: Int

        /// From `start` to `end`; an end that is not later is the next day's.
        package init(start: Int, end: Int) {
            self.start = start
            self.end = end > start ? end : end + OpeningHours.daySeconds
        }
    }

    static let daySeconds = 86_400

    /// Where its clock hangs.
    package var zone: ZoneFile
    /// Seven lists, Sunday's first.
    package var weekly: [[Span]]
    /// Days that are closed once, and those that are closed every year.
    package var holidays: Set<CivilDate>
    package var yearlyHolidays: Set<YearlyDate>
    /// Dates with times of their own.
    package var exceptions: [CivilDate: [Span]]

    /// Hours; `weekly` has seven lists, Sunday's first.
    package init(
        zone: ZoneFile, weekly: [[Span]], holidays: Set<CivilDate> = [],
        yearlyHolidays: Set<YearlyDate> = [], exceptions: [CivilDate: [Span]] = [:]
    ) {
        precondition(weekly.count == 7, "a week has seven days")
        self.zone = zone
        self.weekly = weekly
        self.holidays = holidays
        self.yearlyHolidays = yearlyHolidays
        self.exceptions = exceptions
    }

    /// Whether it is open at that wall clock (since 1970, UTC).
    package func isOpen(at wallClock: Duration) -> Bool { isOpen(second: Self.second(wallClock)) }

    /// The times that count for a date.
    func spans(on date: CivilDate) -> [Span] {
        if let exception = exceptions[date] { return exception }
        if holidays.contains(date) || yearlyHolidays.contains(date.yearly) { return [] }
        return weekly[date.weekday]
    }

    private func isOpen(second: Int) -> Bool {
        let local = local(second)
        let today = CivilDate(days: local.quotient(Self.daySeconds))
        let time = local - today.days * Self.daySeconds
        return spans(on: today).contains { $0.start <= time && time < $0.end }
            || spans(on: today.plus(-1)).contains { time + Self.daySeconds < $0.end }
    }

    private func local(_ second: Int) -> Int { second + zone.offset(at: second) }

    private static func second(_ wallClock: Duration) -> Int {
        let parts = wallClock.components
        return parts.attoseconds < 0 ? Int(parts.seconds) - 1 : Int(parts.seconds)
    }
}
