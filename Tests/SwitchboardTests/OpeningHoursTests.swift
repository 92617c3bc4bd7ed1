import Switchboard
import TestDice
import Testing

/// Open or not, by the clock on the wall.
struct OpeningHoursTests {
    private static let berlin = ZoneShelf().zone("Europe/Berlin")
    private typealias Span = OpeningHours.Span

    /// Seconds after 1970 of a time of day in UTC.
    private static func moment(_ date: String, _ hour: Int, _ minute: Int = 0) throws -> Duration {
        let day = try #require(CivilDate(date))
        return .seconds(day.days * 86_400 + hour * 3_600 + minute * 60)
    }

    private static func hours(_ weekly: [Int: [Span]]) throws -> OpeningHours {
        OpeningHours(zone: try #require(berlin), weekly: (0..<7).map { weekly[$0] ?? [] })
    }

    private static let morning = Span(start: 8 * 3_600, end: 12 * 3_600)
    private static let night = Span(start: 22 * 3_600, end: 6 * 3_600)

    @Test func `a Monday in winter opens at seven and closes at eleven of UTC`() throws {
        let hours = try Self.hours([1: [Self.morning]])
        #expect(try !hours.isOpen(at: Self.moment("2026-01-12", 6, 59)))
        #expect(try hours.isOpen(at: Self.moment("2026-01-12", 7)))
        #expect(try hours.isOpen(at: Self.moment("2026-01-12", 10, 59)))
        #expect(try !hours.isOpen(at: Self.moment("2026-01-12", 11)))
        #expect(try !hours.isOpen(at: Self.moment("2026-01-13", 8)))
    }

    @Test func `in summer it opens an hour earlier by UTC`() throws {
        let hours = try Self.hours([1: [Self.morning]])
        #expect(try hours.isOpen(at: Self.moment("2026-07-13", 6)))
        #expect(try !hours.isOpen(at: Self.moment("2026-07-13", 10)))
    }

    @Test func `a night belongs to the day it begins on`() throws {
        var hours = try Self.hours([5: [Self.night]])
        #expect(try !hours.isOpen(at: Self.moment("2026-01-16", 4)))
        #expect(try hours.isOpen(at: Self.moment("2026-01-16", 22)))
        #expect(try hours.isOpen(at: Self.moment("2026-01-17", 4, 59)))
        #expect(try !hours.isOpen(at: Self.moment("2026-01-17", 5)))
        // Saturday is a holiday: the night of Friday still goes on into it.
        hours.holidays = [try #require(CivilDate("2026-01-17"))]
        #expect(try hours.isOpen(at: Self.moment("2026-01-17", 4, 59)))
        hours.holidays = [try #require(CivilDate("2026-01-16"))]
        #expect(try !hours.isOpen(at: Self.moment("2026-01-17", 4, 59)))
    }

    @Test func `holidays close, an exception counts before them`() throws {
        let all = Dictionary(uniqueKeysWithValues: (0..<7).map { ($0, [Self.morning]) })
        var hours = try Self.hours(all)
        hours.yearlyHolidays = [try #require(YearlyDate("12-25"))]
        hours.holidays = [try #require(CivilDate("2026-04-03"))]
        let noon = Span(start: 12 * 3_600, end: 13 * 3_600)
        hours.exceptions = [
            try #require(CivilDate("2027-12-25")): [noon],
            try #require(CivilDate("2026-12-28")): [],
        ]
        #expect(try !hours.isOpen(at: Self.moment("2026-12-25", 8)))
        #expect(try hours.isOpen(at: Self.moment("2026-12-26", 8)))
        #expect(try !hours.isOpen(at: Self.moment("2026-12-28", 8)))
        #expect(try !hours.isOpen(at: Self.moment("2026-04-03", 8)))
        #expect(try hours.isOpen(at: Self.moment("2027-04-03", 8)))
        #expect(try !hours.isOpen(at: Self.moment("2027-12-25", 8)))
        #expect(try hours.isOpen(at: Self.moment("2027-12-25", 11)))
    }

    @Test func `a time that is skipped in spring opens when the clock is moved`() throws {
        let hours = try Self.hours([0: [Span(start: 9_000, end: 4 * 3_600)]])
        let moved = try Self.moment("2026-03-29", 1)
        #expect(!hours.isOpen(at: moved - .seconds(1)))
        #expect(hours.isOpen(at: moved))
        #expect(try !hours.isOpen(at: Self.moment("2026-03-29", 2)))
    }

    @Test func `a time that comes twice in autumn is open twice`() throws {
        let hours = try Self.hours([0: [Span(start: 2 * 3_600, end: 9_000)]])
        let (first, second) = try (Self.moment("2026-10-25", 0), Self.moment("2026-10-25", 1))
        #expect(hours.isOpen(at: first))
        #expect(!hours.isOpen(at: second - .seconds(1)))
        #expect(hours.isOpen(at: second))
        #expect(!hours.isOpen(at: first + .seconds(1_800)))
        #expect(!hours.isOpen(at: second + .seconds(1_800)))
    }

    @Test func `what is always open is open on New Year's Day, and what never is is not`() throws {
        let day = Span(start: 0, end: 86_400)
        let always = try Self.hours(Dictionary(uniqueKeysWithValues: (0..<7).map { ($0, [day]) }))
        let now = try Self.moment("2026-01-01", 0)
        #expect(always.isOpen(at: now))
        #expect(try !Self.hours([:]).isOpen(at: now))
    }

    @Test func `dates are what the calendar says`() throws {
        #expect(CivilDate("1970-01-01")?.days == 0)
        #expect(CivilDate("2000-02-29")?.days == 11_016)
        #expect(CivilDate("2026-11-21")?.weekday == 6)
        for text in ["2026-02-29", "2100-02-29", "2026-13-01", "2026-00-10", "2026-1-1", "x", ""] {
            #expect(CivilDate(text) == nil, "\(text)")
        }
        for days in stride(from: -200_000, to: 200_000, by: 37) {
            let date = CivilDate(days: days)
            #expect(CivilDate(date.description)?.days == days)
        }
        #expect(YearlyDate("02-29") != nil)
        for text in ["02-30", "13-01", "1-1", "00-01", "01-00"] { #expect(YearlyDate(text) == nil) }
    }
}
