/// Named hours: a time zone, a week, and the days that are not as others.
extension RoutingReader {
    /// The names that may be written of hours.
    static let hoursNames = ["time_zone", "weekly", "holidays", "exceptions"]

    private static let days = [
        "sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday",
    ]
    private static let timesExpected = "times as \"08:00-12:30\""

    /// The hours of that description; nil, with faults noted, when they cannot be told.
    mutating func readHours(_ value: PlacedJSON, _ zone: (String) -> ZoneFile?) -> OpeningHours? {
        let before = faults.count
        let fields = fields(of: value, Self.hoursNames)
        for name in ["time_zone", "weekly"] where fields[name] == nil && faults.count == before {
            refuse(value.place, "has no \"\(name)\"")
        }
        guard let place = fields["time_zone"],
            let name = text(place, "a time zone as \"Europe/Berlin\"")
        else { return nil }
        guard let zone = zone(name) else {
            refuse(
                place.place,
                "\(Self.quoted(name)) is no time zone of this machine; expected a "
                    + "name as \"Europe/Berlin\" (apt package tzdata)")
            return nil
        }
        var hours = OpeningHours(zone: zone, weekly: week(fields["weekly"]))
        readHolidays(fields["holidays"], into: &hours)
        for member in members(of: fields["exceptions"]) {
            guard let date = CivilDate(member.name) else {
                refuse(member.place, "is no date; expected one as \"2026-12-24\"")
                continue
            }
            hours.exceptions[date] = spans(member.value)
        }
        return faults.count == before ? hours : nil
    }

    /// The keys of a week are days, or the first and the last of several: `monday-friday`.
    private mutating func week(_ value: PlacedJSON?) -> [[OpeningHours.Span]] {
        var week = [[OpeningHours.Span]?](repeating: nil, count: 7)
        for member in members(of: value) {
            let spans = spans(member.value)
            for day in days(member) {
                if week[day] != nil {
                    refuse(member.place, "\(Self.days[day]) is already set")
                }
                week[day] = spans
            }
        }
        return week.map { $0 ?? [] }
    }

    private mutating func days(_ member: PlacedJSON.Member) -> [Int] {
        let names = member.name.split(separator: "-", omittingEmptySubsequences: false)
        var found: [Int] = []
        for name in names {
            guard let day = Self.days.firstIndex(of: String(name)), names.count <= 2 else {
                refuse(
                    String(name), at: member.place,
                    is: "is no day; days are written as \"monday\" or \"monday-friday\"",
                    known: Self.days)
                return []
            }
            found.append(day)
        }
        guard let first = found.first, let last = found.last else { return [] }
        return (0...(last - first + 7) % 7).map { (first + $0) % 7 }
    }

    private mutating func spans(_ value: PlacedJSON) -> [OpeningHours.Span] {
        var spans: [OpeningHours.Span] = []
        for element in elements(of: value, each: Self.timesExpected) {
            guard let text = text(element, Self.timesExpected) else { continue }
            guard let span = OpeningHours.Span(text) else {
                refuse(
                    element.place,
                    "\(Self.quoted(text)) is no time; expected "
                        + "\(Self.timesExpected), the whole day is \"00:00-24:00\"")
                continue
            }
            spans.append(span)
        }
        return spans
    }

    private mutating func readHolidays(_ value: PlacedJSON?, into hours: inout OpeningHours) {
        let expected = "dates as \"2026-04-03\", or \"12-25\" for every year"
        for element in elements(of: value, each: expected) {
            guard let text = text(element, expected) else { continue }
            let isNew: Bool
            if let date = CivilDate(text) {
                isNew = hours.holidays.insert(date).inserted
            } else if let date = YearlyDate(text) {
                isNew = hours.yearlyHolidays.insert(date).inserted
            } else {
                refuse(element.place, "\(Self.quoted(text)) is no date; expected \(expected)")
                continue
            }
            if !isNew { refuse(element.place, "\(Self.quoted(text)) is already in the list") }
        }
    }
}

extension OpeningHours.Span {
    /// Reads `22:00-06:00`; nil also when it begins and ends at the same time.
    init?(_ text: String) {
        let times = text.split(separator: "-", omittingEmptySubsequences: false).map(Self.time)
        guard times.count == 2, let start = times[0], let end = times[1], start != end,
            start < OpeningHours.daySeconds
        else { return nil }
        self.init(start: start, end: end)
    }

    /// Seconds after midnight; 24:00 is the next one.
    private static func time(_ text: Substring) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == [2, 2], let hour = CivilDate.whole(parts[0]),
            let minute = CivilDate.whole(parts[1]), minute < 60, hour * 60 + minute <= 24 * 60
        else { return nil }
        return (hour * 60 + minute) * 60
    }
}
