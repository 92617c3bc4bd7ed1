/// A text within a message: printable ASCII without escapes, not copied.
///
/// Valid as long as the message's bytes are.
package struct ShapeText {
    @usableFromInline let start: UnsafeRawPointer
    /// How many bytes, and letters, it has.
    package let count: Int

    @inlinable
    init(start: UnsafeRawPointer, count: Int) {
        self.start = start
        self.count = count
    }

    /// The letters where they lie.
    @inlinable
    package var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: count) }

    /// A copy.
    package var string: String { String(decoding: bytes, as: UTF8.self) }

    /// The integer that the letters write as JSON writes it, of at most 18 digits; nil otherwise.
    package var integer: Int64? {
        let isNegative = count > 0 && start.load(as: UInt8.self) == UInt8(ascii: "-")
        let first = isNegative ? 1 : 0
        guard count > first, count - first <= 18 else { return nil }
        // Pointer steps rather than a slice, which allocates where nothing is optimised.
        let startsWithZero = start.load(fromByteOffset: first, as: UInt8.self) == UInt8(ascii: "0")
        guard !startsWithZero || count - first == 1 else { return nil }
        var value: Int64 = 0
        var index = first
        while index < count {
            let byte = start.load(fromByteOffset: index, as: UInt8.self)
            guard byte >= 0x30, byte <= 0x39 else { return nil }
            value = value * 10 + Int64(byte - 0x30)
            index += 1
        }
        return isNegative ? -value : value
    }

    /// True when the letters are these.
    @inlinable
    @inline(__always)
    package static func == (text: ShapeText, literal: StaticString) -> Bool {
        let count = literal.utf8CodeUnitCount
        guard text.count == count else { return false }
        let letters = UnsafeRawPointer(literal.utf8Start)
        var at = 0
        while at + 8 <= count {
            let word = text.start.loadUnaligned(fromByteOffset: at, as: UInt64.self)
            guard word == letters.loadUnaligned(fromByteOffset: at, as: UInt64.self) else {
                return false
            }
            at += 8
        }
        while at < count {
            let letter = text.start.load(fromByteOffset: at, as: UInt8.self)
            guard letter == letters.load(fromByteOffset: at, as: UInt8.self) else { return false }
            at += 1
        }
        return true
    }

    /// Where printable ASCII without quotes and backslashes ends, eight bytes at a time.
    @usableFromInline
    static func plainEnd(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer) -> UnsafeRawPointer {
        var cursor = start
        while end - cursor >= 8 {
            let odd = oddBytes(cursor.loadUnaligned(as: UInt64.self).littleEndian)
            guard odd == 0 else { return cursor + odd.trailingZeroBitCount / 8 }
            cursor += 8
        }
        while cursor < end {
            let byte = cursor.load(as: UInt8.self)
            guard byte >= 0x20, byte < 0x80, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\")
            else { return cursor }
            cursor += 1
        }
        return cursor
    }

    /// The top bit of each byte that is a quote, a backslash, below 0x20 or above 0x7F; bits
    /// above the lowest one may be set falsely, by the borrow of the subtractions.
    @inline(__always)
    private static func oddBytes(_ word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let quote = word ^ ones &* UInt64(UInt8(ascii: "\""))
        let backslash = word ^ ones &* UInt64(UInt8(ascii: "\\"))
        let zeros = ((quote &- ones) & ~quote) | ((backslash &- ones) & ~backslash)
        let controls = (word &- ones &* 0x20) & ~word
        return (zeros | controls | word) & (ones &* 0x80)
    }
}
