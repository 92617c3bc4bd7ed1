/// Passes over one JSON value, holding it to RFC 8259.
///
/// It knows less than the full reader and never more: surrogate escapes and numbers that could
/// leave a Double's range are unknown to it.
struct ShapeSkipper {
    private(set) var cursor: UnsafeRawPointer
    private let end: UnsafeRawPointer
    private var depth: Int
    /// One bit per depth: 1 within an object, 0 within an array.
    private var objects: UInt64 = 0

    /// Integer digits that stay far within a Double without an exponent.
    private static let digitsMax = 18

    init(_ cursor: UnsafeRawPointer, _ end: UnsafeRawPointer, depth: Int) {
        self.cursor = cursor
        self.end = end
        self.depth = depth
    }

    static func continuesNumber(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."),
            UInt8(ascii: "e"), UInt8(ascii: "E"):
            true
        default: false
        }
    }

    /// Passes over the next value; false when its shape is not known.
    mutating func skipValue() -> Bool {
        let outside = depth
        var needsValue = true
        while true {
            if needsValue {
                guard let opened = startValue() else { return false }
                if opened { continue }
                needsValue = false
            }
            guard depth > outside else { return true }
            guard let another = continueContainer() else { return false }
            needsValue = another
        }
    }

    /// Reads a scalar or an opening bracket; true when what comes next is a value again.
    private mutating func startValue() -> Bool? {
        guard let byte = peek() else { return nil }
        switch byte {
        case UInt8(ascii: "{"), UInt8(ascii: "["): return open(isObject: byte == UInt8(ascii: "{"))
        case UInt8(ascii: "\""): return skipString() ? false : nil
        case UInt8(ascii: "t"): return skipWord("true") ? false : nil
        case UInt8(ascii: "f"): return skipWord("false") ? false : nil
        case UInt8(ascii: "n"): return skipWord("null") ? false : nil
        default: return skipNumber() ? false : nil
        }
    }

    private mutating func open(isObject: Bool) -> Bool? {
        guard depth < JSON.depthMax else { return nil }
        cursor += 1
        guard let byte = peek() else { return nil }
        if byte == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
            cursor += 1
            return false
        }
        objects = objects << 1 | (isObject ? 1 : 0)
        depth += 1
        if isObject { return skipName() ? true : nil }
        return true
    }

    /// Behind a value: a comma (true), or brackets that close (false).
    private mutating func continueContainer() -> Bool? {
        guard let byte = peek() else { return nil }
        let isObject = objects & 1 == 1
        cursor += 1
        if byte == UInt8(ascii: ",") {
            guard isObject else { return true }
            return skipName() ? true : nil
        }
        guard byte == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else { return nil }
        objects >>= 1
        depth -= 1
        return false
    }

    private mutating func skipName() -> Bool {
        guard peek() == UInt8(ascii: "\""), skipString(), peek() == UInt8(ascii: ":") else {
            return false
        }
        cursor += 1
        return true
    }

    /// The next byte that is no white space.
    private mutating func peek() -> UInt8? {
        while cursor < end {
            let byte = cursor.load(as: UInt8.self)
            switch byte {
            case 0x20, 0x09, 0x0A, 0x0D: cursor += 1
            default: return byte
            }
        }
        return nil
    }

    private mutating func skipWord(_ word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        guard end - cursor >= count, ShapeText(start: cursor, count: count) == word else {
            return false
        }
        cursor += count
        return true
    }

    /// -?int frac? without exponent.
    private mutating func skipNumber() -> Bool {
        let start = cursor
        while cursor < end, Self.continuesNumber(cursor.load(as: UInt8.self)) { cursor += 1 }
        let number = UnsafeRawBufferPointer(start: start, count: cursor - start)
        let unsigned = number.first == UInt8(ascii: "-") ? number.dropFirst() : number[...]
        let whole = unsigned.prefix(while: HTTPToken.isDigit)
        guard (1...Self.digitsMax).contains(whole.count),
            whole.count == 1 || whole.first != UInt8(ascii: "0")
        else { return false }
        let rest = unsigned[whole.endIndex...]
        guard let point = rest.first else { return true }
        let fraction = rest.dropFirst()
        return point == UInt8(ascii: ".") && (1...Self.digitsMax).contains(fraction.count)
            && fraction.allSatisfy(HTTPToken.isDigit)
    }

    private mutating func skipString() -> Bool {
        cursor += 1
        while true {
            cursor = ShapeText.plainEnd(cursor, end)
            guard cursor < end else { return false }
            switch cursor.load(as: UInt8.self) {
            case UInt8(ascii: "\""):
                cursor += 1
                return true
            case UInt8(ascii: "\\"): guard skipEscape() else { return false }
            case 0x80...: guard skipScalar() else { return false }
            default: return false
            }
        }
    }

    private mutating func skipEscape() -> Bool {
        guard end - cursor >= 2 else { return false }
        let letter = cursor.load(fromByteOffset: 1, as: UInt8.self)
        cursor += 2
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
            UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return true
        case UInt8(ascii: "u"):
            guard end - cursor >= 4 else { return false }
            var unit: UInt32 = 0
            for place in 0..<4 {
                let byte = cursor.load(fromByteOffset: place, as: UInt8.self)
                guard let digit = HTTPToken.hexValue(byte) else { return false }
                unit = unit << 4 | UInt32(digit)
            }
            cursor += 4
            return !(0xD800...0xDFFF).contains(unit)
        default: return false
        }
    }

    /// One scalar of two to four bytes (RFC 3629 section 4).
    private mutating func skipScalar() -> Bool {
        let lead = cursor.load(as: UInt8.self)
        let size: Int
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch lead {
        case 0xC2...0xDF: size = 2
        case 0xE0...0xEF:
            size = 3
            if lead == 0xE0 { second = 0xA0...0xBF }
            if lead == 0xED { second = 0x80...0x9F }
        case 0xF0...0xF4:
            size = 4
            if lead == 0xF0 { second = 0x90...0xBF }
            if lead == 0xF4 { second = 0x80...0x8F }
        default: return false
        }
        guard end - cursor >= size else { return false }
        for place in 1..<size {
            let byte = cursor.load(fromByteOffset: place, as: UInt8.self)
            guard (place == 1 ? second : 0x80...0xBF).contains(byte) else { return false }
        }
        cursor += size
        return true
    }
}
