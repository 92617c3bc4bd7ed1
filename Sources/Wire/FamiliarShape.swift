/// The shape of the last message of its kind, by which the next one is read: two pieces of audio of
/// one stream differ in a few numbers and the audio itself, so what lies between is only compared.
///
///     {"event":"media","sequenceNumber":"  4  ","media":{…"chunk":"  3  ","payload":"  AAAA  "}…}
///     └────────── the same ──────────────┘└number┘└── the same ──┘└number┘└─ same ─┘└base64┘└same┘
///
/// It learns from messages that a `ShapeScanner` has read whole. A message that it knows differs
/// from one of those in nothing but digits and base64, so the scanner would read it alike; every
/// other one is nil, and read by the scanner.
package struct FamiliarShape: ~Copyable {
    /// What was found where the fields are.
    package struct Found {
        /// The numbers in the order in which they were learned, which may not be the message's.
        package fileprivate(set) var numbers: (Int64, Int64, Int64) = (0, 0, 0)
        /// The base64, which is not empty.
        package fileprivate(set) var base64 = UnsafeRawBufferPointer(start: nil, count: 0)
    }

    /// As many as Twilio counts in a piece of audio.
    package static let numbersMax = 3
    /// Bytes between the fields, in all: Twilio's are 155.
    private static let bytesMax = 256
    /// A peer none of whose messages resembles another is not learned from any more.
    private static let lessonsMax = 16
    /// As `ShapeText.integer`: far within an Int64.
    private static let digitsMax = 18

    /// A field, and how many bytes that never differ lie before it.
    private struct Part {
        var sameBytes = 0
        /// Which of the numbers; nil for base64.
        var number: Int?
    }

    /// What never differs, without the fields.
    private let same: UnsafeMutableRawPointer
    private var parts: (Part, Part, Part, Part) = (Part(), Part(), Part(), Part())
    /// Zero until something was learned.
    private var partCount = 0
    /// How many bytes that never differ lie behind the last field.
    private var lastBytes = 0
    private var lessons = 0

    /// Knows nothing yet.
    package init() {
        same = .allocate(byteCount: Self.bytesMax, alignment: 16)
    }

    deinit { same.deallocate() }
}

// Reading.
extension FamiliarShape {
    /// What the message holds; nil when it is of another shape.
    @inline(__always)
    package borrowing func find(in message: UnsafeRawBufferPointer) -> Found? {
        guard partCount > 0, let start = message.baseAddress else { return nil }
        var found = Found()
        var reader = Reader(cursor: start, end: start + message.count, same: UnsafeRawPointer(same))
        guard reader.read(parts.0, &found), partCount == 1 || reader.read(parts.1, &found),
            partCount <= 2 || reader.read(parts.2, &found),
            partCount <= 3 || reader.read(parts.3, &found),
            reader.end - reader.cursor == lastBytes, reader.skip(lastBytes)
        else { return nil }
        return found
    }

    /// One walk through a message, beside what was learned.
    private struct Reader {
        var cursor: UnsafeRawPointer
        let end: UnsafeRawPointer
        var same: UnsafeRawPointer

        /// Passes over bytes that must be those learned.
        @inline(__always)
        mutating func skip(_ count: Int) -> Bool {
            guard end - cursor >= count, FamiliarShape.isSame(cursor, same, count) else {
                return false
            }
            cursor += count
            same += count
            return true
        }

        @inline(__always)
        mutating func read(_ part: Part, _ found: inout Found) -> Bool {
            guard skip(part.sameBytes) else { return false }
            guard let number = part.number else { return readBase64(&found) }
            guard let value = readNumber() else { return false }
            switch number {
            case 0: found.numbers.0 = value
            case 1: found.numbers.1 = value
            default: found.numbers.2 = value
            }
            return true
        }

        @inline(__always)
        private mutating func readBase64(_ found: inout Found) -> Bool {
            guard let stop = Base64Check.end(cursor, end), stop > cursor else { return false }
            found.base64 = UnsafeRawBufferPointer(start: cursor, count: stop - cursor)
            cursor = stop
            return true
        }

        /// What follows is compared with what followed the number learned from, and ends it.
        @inline(__always)
        private mutating func readNumber() -> Int64? {
            let start = cursor
            var value: Int64 = 0
            while cursor < end {
                let digit = cursor.load(as: UInt8.self) &- UInt8(ascii: "0")
                guard digit < 10 else { break }
                guard cursor - start < FamiliarShape.digitsMax else { return nil }
                value = value &* 10 &+ Int64(digit)
                cursor += 1
            }
            // JSON writes no zero before another digit.
            guard cursor - start == 1 || cursor > start && start.load(as: UInt8.self) != 0x30
            else { return nil }
            return value
        }
    }

    /// Whether two runs of bytes are the same: 16 or 8 at a time, the last of them twice.
    @inline(__always)
    private static func isSame(
        _ one: UnsafeRawPointer, _ other: UnsafeRawPointer, _ count: Int
    ) -> Bool {
        guard count >= 16 else { return isShortSame(one, other, count) }
        var differs = difference(one, other, count &- 16)
        var at = 0
        while at < count &- 16 {
            differs |= difference(one, other, at)
            at &+= 16
        }
        return differs[0] | differs[1] == 0
    }

    @inline(__always)
    private static func difference(
        _ one: UnsafeRawPointer, _ other: UnsafeRawPointer, _ at: Int
    ) -> SIMD2<UInt64> {
        one.loadUnaligned(fromByteOffset: at, as: SIMD2<UInt64>.self)
            ^ other.loadUnaligned(fromByteOffset: at, as: SIMD2<UInt64>.self)
    }

    /// The same for fewer than 16.
    @inline(__always)
    private static func isShortSame(
        _ one: UnsafeRawPointer, _ other: UnsafeRawPointer, _ count: Int
    ) -> Bool {
        var at = 0
        if count >= 8 {
            let first = one.loadUnaligned(as: UInt64.self) ^ other.loadUnaligned(as: UInt64.self)
            let last =
                one.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
                ^ other.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
            return first | last == 0
        }
        while at < count {
            let letter = one.load(fromByteOffset: at, as: UInt8.self)
            guard letter == other.load(fromByteOffset: at, as: UInt8.self) else { return false }
            at &+= 1
        }
        return true
    }
}

// Learning.
extension FamiliarShape {
    /// Learns from a message that was read whole. The numbers come in the order in which `Found`
    /// is to give them; each field is nil when the message has none.
    package mutating func learn(
        _ message: UnsafeRawBufferPointer, numbers: [ShapeText?], base64: ShapeText
    ) {
        guard lessons < Self.lessonsMax, numbers.count <= Self.numbersMax,
            let start = message.baseAddress
        else { return }
        lessons += 1
        partCount = 0
        var fields = numbers.indices.compactMap { index in
            numbers[index].map { (text: $0, number: Optional(index)) }
        }
        fields.append((base64, nil))
        fields.sort { $0.text.start < $1.text.start }
        let fieldBytes = fields.reduce(0) { $0 + $1.text.count }
        guard message.count - fieldBytes <= Self.bytesMax else { return }
        var cursor = start
        var target = same
        var learned = [Part](repeating: Part(), count: 4)
        for (index, field) in fields.enumerated() {
            let count = field.text.start - cursor
            target.copyMemory(from: cursor, byteCount: count)
            target += count
            cursor = field.text.start + field.text.count
            learned[index] = Part(sameBytes: count, number: field.number)
        }
        lastBytes = start + message.count - cursor
        target.copyMemory(from: cursor, byteCount: lastBytes)
        parts = (learned[0], learned[1], learned[2], learned[3])
        partCount = fields.count
    }
}
