/// A time zone as the machine's own file tells it (TZif, RFC 8536, version 2 and later).
///
///     header, data of 32 bit (skipped) ─▶ header, data of 64 bit ─▶ footer: the rule for the rest
///
/// Only offsets are kept: names and whether saving is in force are nobody's business here.
package struct ZoneFile: Sendable, Equatable {
    /// Bytes of a file: the largest of 2025 has 4 KB, in the fat form.
    package static let bytesMax = 64 * 1024

    /// Moments at which the clock was moved, rising, and the offset from then on.
    private var changes: [(at: Int, offset: Int)] = []
    private var before = 0
    private var rule: ZoneRule?

    /// Reads a file; nil when it is none of version 2 or later, or says what cannot be.
    package init?(_ bytes: [UInt8]) {
        var text = Bytes(bytes)
        guard bytes.count <= Self.bytesMax, let old = Header(&text), old.version >= 0x32,
            text.skip(old.length(timeBytes: 4)), let header = Header(&text),
            header.isPlausible, let body = text.take(header.length(timeBytes: 8)),
            read(body, header), let footer = text.line(), text.isEmpty
        else { return nil }
        guard !footer.isEmpty else { return }
        guard let rule = ZoneRule(footer) else { return nil }
        self.rule = rule
    }

    /// Seconds ahead of UTC at a moment, in seconds after 1970.
    package func offset(at seconds: Int) -> Int {
        guard let last = changes.last else { return rule?.offset(at: seconds) ?? before }
        if seconds >= last.at { return rule?.offset(at: seconds) ?? last.offset }
        var (low, high) = (-1, changes.count - 1)
        while high - low > 1 {
            let middle = (low + high) / 2
            if changes[middle].at <= seconds { low = middle } else { high = middle }
        }
        return low < 0 ? before : changes[low].offset
    }

    package static func == (a: ZoneFile, b: ZoneFile) -> Bool {
        a.before == b.before && a.rule == b.rule
            && a.changes.elementsEqual(b.changes) { $0 == $1 }
    }

    private mutating func read(_ body: ArraySlice<UInt8>, _ header: Header) -> Bool {
        var body = Bytes(body)
        var times: [Int] = []
        for _ in 0..<header.times {
            guard let time = body.integer(8) else { return false }
            if let last = times.last, last >= time { return false }
            times.append(time)
        }
        guard let indexes = body.take(header.times) else { return false }
        var offsets: [Int] = []
        for _ in 0..<header.types {
            guard let offset = body.integer(4), body.skip(2), Self.isOffset(offset) else {
                return false
            }
            offsets.append(offset)
        }
        before = offsets[0]
        for (time, index) in zip(times, indexes) {
            guard Int(index) < offsets.count else { return false }
            changes.append((time, offsets[Int(index)]))
        }
        return true
    }

    /// A clock is at most a day and a bit off UTC (RFC 8536 section 3.2, "utoff").
    private static func isOffset(_ seconds: Int) -> Bool { (-89_999...93_599).contains(seconds) }
}

/// The counts at the head of each of the file's two parts (RFC 8536 section 3.1).
private struct Header {
    let version: UInt8
    let times: Int
    let types: Int
    private let isUTC: Int
    private let isStandard: Int
    private let leaps: Int
    private let characters: Int

    init?(_ text: inout Bytes) {
        guard let magic = text.take(4), magic.elementsEqual("TZif".utf8),
            let version = text.take(1)?.first, text.skip(15),
            let isUTC = text.integer(4), let isStandard = text.integer(4),
            let leaps = text.integer(4), let times = text.integer(4),
            let types = text.integer(4), let characters = text.integer(4),
            [isUTC, isStandard, leaps, times, types, characters].allSatisfy({ $0 >= 0 })
        else { return nil }
        self.version = version
        (self.isUTC, self.isStandard, self.leaps) = (isUTC, isStandard, leaps)
        (self.times, self.types, self.characters) = (times, types, characters)
    }

    /// At least one type, and no more of them than an index of one byte can name.
    var isPlausible: Bool { (1...256).contains(types) }

    func length(timeBytes: Int) -> Int {
        times * (timeBytes + 1) + types * 6 + characters + leaps * (timeBytes + 4) + isStandard
            + isUTC
    }
}

/// What is left of a file.
private struct Bytes {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: some Collection<UInt8>) { rest = Array(bytes)[...] }

    var isEmpty: Bool { rest.isEmpty }

    mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
        guard count <= rest.count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    mutating func skip(_ count: Int) -> Bool { take(count) != nil }

    /// A signed whole number, its high byte first.
    mutating func integer(_ count: Int) -> Int? {
        guard let bytes = take(count) else { return nil }
        let word = bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return count == 8
            ? Int(truncatingIfNeeded: word) : Int(Int32(truncatingIfNeeded: word))
    }

    /// What stands between two line ends.
    mutating func line() -> ArraySlice<UInt8>? {
        guard rest.first == 0x0A, let end = rest.dropFirst().firstIndex(of: 0x0A) else {
            return nil
        }
        defer { rest = rest[(end + 1)...] }
        return rest[(rest.startIndex + 1)..<end]
    }
}
