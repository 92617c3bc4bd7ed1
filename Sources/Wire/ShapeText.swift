/// A text within a message: printable ASCII without escapes, not copied.
///
/// Valid as long as the message's bytes are.
package struct ShapeText {
    let start: UnsafeRawPointer
    /// How many bytes, and letters, it has.
    package let count: Int

    init(start: UnsafeRawPointer, count: Int) {
        self.start = start
        self.count = count
    }

    /// The letters where they lie.
    package var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: count) }

    /// A copy.
    package var string: String { String(decoding: bytes, as: UTF8.self) }

    /// The integer that the letters write as JSON writes it, of at most 18 digits; nil otherwise.
    package var integer: Int64? {
        let isNegative = count > 0 && start.load(as: UInt8.self) == UInt8(ascii: "-")
        let digits = bytes[(isNegative ? 1 : 0)...]
        guard (1...18).contains(digits.count),
            digits.count == 1 || digits.first != UInt8(ascii: "0")
        else { return nil }
        var value: Int64 = 0
        for byte in digits {
            guard byte >= 0x30, byte <= 0x39 else { return nil }
            value = value * 10 + Int64(byte - 0x30)
        }
        return isNegative ? -value : value
    }

    /// True when the letters are these, compared by words.
    package static func == (text: ShapeText, literal: StaticString) -> Bool {
        let count = literal.utf8CodeUnitCount
        guard text.count == count else { return false }
        let other = UnsafeRawPointer(literal.utf8Start)
        var index = 0
        while count &- index >= 8 {
            guard text.has(other, at: index, as: UInt64.self) else { return false }
            index &+= 8
        }
        if count & 4 != 0 {
            guard text.has(other, at: index, as: UInt32.self) else { return false }
            index &+= 4
        }
        if count & 2 != 0 {
            guard text.has(other, at: index, as: UInt16.self) else { return false }
            index &+= 2
        }
        return count & 1 == 0 || text.has(other, at: index, as: UInt8.self)
    }

    @inline(__always)
    private func has<Word: FixedWidthInteger & BitwiseCopyable>(
        _ other: UnsafeRawPointer, at index: Int, as type: Word.Type
    ) -> Bool {
        start.loadUnaligned(fromByteOffset: index, as: type)
            == other.loadUnaligned(fromByteOffset: index, as: type)
    }

    /// Where printable ASCII without quotes and backslashes ends.
    @inline(__always)
    static func plainEnd(_ start: UnsafeRawPointer, _ end: UnsafeRawPointer) -> UnsafeRawPointer {
        // Most names and numbers end within 16 bytes; a call is for the payloads.
        guard end - start >= 16 else { return longPlainEnd(start, end) }
        let first = oddBytes(start.loadUnaligned(as: UInt64.self).littleEndian)
        if first != 0 { return start + first.trailingZeroBitCount / 8 }
        let second = oddBytes(start.loadUnaligned(fromByteOffset: 8, as: UInt64.self).littleEndian)
        if second != 0 { return start + 8 + second.trailingZeroBitCount / 8 }
        return longPlainEnd(start + 16, end)
    }

    @inline(never)
    private static func longPlainEnd(
        _ start: UnsafeRawPointer, _ end: UnsafeRawPointer
    ) -> UnsafeRawPointer {
        var cursor = start
        while end - cursor >= 32 {
            let odd =
                oddBytes(cursor.loadUnaligned(as: UInt64.self))
                | oddBytes(cursor.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
                | oddBytes(cursor.loadUnaligned(fromByteOffset: 16, as: UInt64.self))
                | oddBytes(cursor.loadUnaligned(fromByteOffset: 24, as: UInt64.self))
            guard odd == 0 else { break }
            cursor += 32
        }
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
