/// The rule by which a zone goes on after its table ends: a POSIX TZ string
/// (RFC 8536 section 3.3.1), such as `CET-1CEST,M3.5.0,M10.5.0/3`.
struct ZoneRule: Sendable, Equatable {
    /// The day of a year on which the clock is moved.
    enum Day: Sendable, Equatable {
        /// `Jn`: 1 to 365, the 29th of February is never counted.
        case fixed(Int)
        /// `n`: 0 to 365, the 29th of February is counted.
        case counted(Int)
        /// `Mm.w.d`: the weekday `d` for the `w`th time in the month, 5 for the last time.
        case weekday(month: Int, week: Int, weekday: Int)
    }

    /// Daylight saving: its offset, and when by the clock of the moment it begins and ends.
    struct Saving: Sendable, Equatable {
        var offset: Int
        var start: Day
        var startTime: Int
        var end: Day
        var endTime: Int
    }

    /// Seconds that standard time is ahead of UTC.
    let standard: Int
    let saving: Saving?

    /// Reads the rule; nil when it is none.
    init?(_ text: some Collection<UInt8>) {
        var text = RuleText(text)
        guard text.skipName(), let standard = text.offset() else { return nil }
        self.standard = -standard
        guard !text.isEmpty else {
            saving = nil
            return
        }
        guard text.skipName() else { return nil }
        var offset = self.standard + 3_600
        if text.first != UInt8(ascii: ",") {
            guard let given = text.offset() else { return nil }
            offset = -given
        }
        guard let (start, startTime) = text.change(), let (end, endTime) = text.change(),
            text.isEmpty
        else { return nil }
        saving = Saving(
            offset: offset, start: start, startTime: startTime, end: end, endTime: endTime)
    }

    /// Seconds ahead of UTC, that many seconds after 1970.
    func offset(at seconds: Int) -> Int {
        guard saving != nil else { return standard }
        // Times of a rule may lie a week off its day, so the neighbours count too.
        let year = CivilDate(days: seconds.quotient(86_400)).year
        let changes = (year - 1...year + 1).flatMap(changes(in:)).sorted { $0.at < $1.at }
        return changes.last { $0.at <= seconds }?.offset ?? standard
    }

    private func changes(in year: Int) -> [(at: Int, offset: Int)] {
        guard let saving, let start = saving.start.date(in: year),
            let end = saving.end.date(in: year)
        else { return [] }
        return [
            (end.days * 86_400 + saving.endTime - saving.offset, standard),
            (start.days * 86_400 + saving.startTime - standard, saving.offset),
        ]
    }
}

extension ZoneRule.Day {
    /// The date in that year.
    func date(in year: Int) -> CivilDate? {
        guard let newYear = CivilDate(year: year, month: 1, day: 1) else { return nil }
        switch self {
        case .fixed(let day):
            let isLeap = CivilDate.length(ofMonth: 2, year: year) == 29
            return newYear.plus(day - 1 + (isLeap && day > 59 ? 1 : 0))
        case .counted(let day): return newYear.plus(day)
        case .weekday(let month, let week, let weekday):
            guard let first = CivilDate(year: year, month: month, day: 1) else { return nil }
            var day = (weekday - first.weekday + 7) % 7 + 7 * (week - 1)
            while day >= CivilDate.length(ofMonth: month, year: year) { day -= 7 }
            return first.plus(day)
        }
    }
}

extension Int {
    /// The quotient rounded down, also of what lies before 1970.
    func quotient(_ divisor: Int) -> Int {
        let rough = self / divisor
        return self % divisor < 0 ? rough - 1 : rough
    }
}

/// What is left to read of a rule.
private struct RuleText {
    private var rest: ArraySlice<UInt8>

    init(_ text: some Collection<UInt8>) { rest = Array(text)[...] }

    var isEmpty: Bool { rest.isEmpty }
    var first: UInt8? { rest.first }

    private mutating func skip(_ byte: Character) -> Bool {
        guard let value = byte.asciiValue, rest.first == value else { return false }
        rest.removeFirst()
        return true
    }

    /// Three letters or more, or anything between < and >.
    mutating func skipName() -> Bool {
        if skip("<") {
            guard let end = rest.firstIndex(of: UInt8(ascii: ">")) else { return false }
            let length = end - rest.startIndex
            rest = rest[(end + 1)...]
            return length >= 3
        }
        let letters = rest.prefix { (0x41...0x5A).contains($0 & 0xDF) }
        rest = rest.dropFirst(letters.count)
        return letters.count >= 3
    }

    private mutating func whole(_ range: ClosedRange<Int>) -> Int? {
        let digits = rest.prefix { (0x30...0x39).contains($0) }
        guard (1...3).contains(digits.count) else { return nil }
        rest = rest.dropFirst(digits.count)
        let value = digits.reduce(0) { $0 * 10 + Int($1) - 0x30 }
        return range.contains(value) ? value : nil
    }

    /// `[+-]hh[:mm[:ss]]` in seconds; up to a week where a change's time is meant
    /// (RFC 8536 section 3.3.1).
    mutating func offset(hoursMax: Int = 24) -> Int? {
        let sign = skip("-") ? -1 : 1
        if sign == 1 { _ = skip("+") }
        guard let hours = whole(0...hoursMax) else { return nil }
        var seconds = hours * 3_600
        for unit in [60, 1] where skip(":") {
            guard let value = whole(0...59) else { return nil }
            seconds += value * unit
        }
        return sign * seconds
    }

    /// `,day[/time]`; two in the morning when no time is given.
    mutating func change() -> (ZoneRule.Day, Int)? {
        guard skip(","), let day = day() else { return nil }
        guard skip("/") else { return (day, 7_200) }
        return offset(hoursMax: 167).map { (day, $0) }
    }

    private mutating func day() -> ZoneRule.Day? {
        if skip("J") { return whole(1...365).map { .fixed($0) } }
        guard skip("M") else { return whole(0...365).map { .counted($0) } }
        guard let month = whole(1...12), skip("."), let week = whole(1...5), skip("."),
            let weekday = whole(0...6)
        else { return nil }
        return .weekday(month: month, week: week, weekday: weekday)
    }
}
