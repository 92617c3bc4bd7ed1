import Wire

/// JSON as people write it by hand: with // and /* */ comments and a comma after the last element.
///
///     bytes ─▶ grammar, with a place for every token ─▶ plain JSON of the same length ─▶ Wire
///
/// Comments and spare commas become blanks, so every byte keeps its place. The grammar is checked
/// here because the reader in Wire says that a text is wrong, but not where.
struct CommentedJSON {
    /// Arrays and objects within each other; the tables written here have five.
    static let depthMax = 32

    /// One scalar, name, `{` or `[`, in the order of the text.
    struct Token {
        var start: Int
        var end: Int
        var isScalar: Bool
    }

    /// What may stand at a place.
    private enum Next { case value, valueOrEnd, name, nameOrEnd, colon, commaOrEnd, nothing }

    private(set) var bytes: [UInt8]
    private(set) var tokens: [Token] = []
    private var at = 0
    private var next = Next.value
    private var open: [UInt8] = []
    private var lastComma: Int?

    /// Reads the text; the fault tells the first place where it is wrong.
    init(_ bytes: [UInt8]) throws(TextFault) {
        self.bytes = bytes
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { blank(0..<3) }
        at = 0
        while true {
            try skipBlanks()
            guard at < bytes.count else { break }
            try take(bytes[at])
        }
        guard next == .nothing else { throw TextFault(at: bytes.count, expected) }
    }

    /// The value of the whole text.
    func value() throws(TextFault) -> JSON {
        do { return try JSON(parsing: bytes) } catch {
            for token in tokens where token.isScalar {
                guard (try? JSON(parsing: Array(bytes[token.start..<token.end]))) == nil else {
                    continue
                }
                throw TextFault(at: token.start, "expected a string, a number, true, false or null")
            }
            throw TextFault(at: 0, "is no JSON: \(error)")
        }
    }
}

/// What is wrong with a text, and at which byte.
struct TextFault: Error, Equatable {
    let offset: Int
    let problem: String

    init(at offset: Int, _ problem: String) {
        self.offset = offset
        self.problem = problem
    }
}

extension CommentedJSON {
    private var expected: String {
        switch next {
        case .value: "expected a value"
        case .valueOrEnd: "expected a value or ]"
        case .name: "expected a name in double quotes"
        case .nameOrEnd: "expected a name in double quotes or }"
        case .colon: "expected : after the name"
        case .commaOrEnd:
            open.last == UInt8(ascii: "{") ? "expected , or }" : "expected , or ]"
        case .nothing: "expected the end of the file"
        }
    }

    private mutating func take(_ byte: UInt8) throws(TextFault) {
        switch byte {
        case UInt8(ascii: "{"), UInt8(ascii: "["): try enter(byte)
        case UInt8(ascii: "}"), UInt8(ascii: "]"): try leave(byte)
        case UInt8(ascii: ":"):
            try expect(next == .colon)
            (at, next) = (at + 1, .value)
        case UInt8(ascii: ","):
            try expect(next == .commaOrEnd)
            lastComma = at
            (at, next) = (at + 1, open.last == UInt8(ascii: "{") ? .nameOrEnd : .valueOrEnd)
        case UInt8(ascii: "\""): try takeString()
        default: try takeWord()
        }
    }

    private func expect(_ isRight: Bool) throws(TextFault) {
        if !isRight { throw TextFault(at: at, expected) }
    }

    private mutating func enter(_ byte: UInt8) throws(TextFault) {
        try expect(next == .value || next == .valueOrEnd)
        guard open.count < Self.depthMax else { throw TextFault(at: at, "is nested too deep") }
        tokens.append(Token(start: at, end: at + 1, isScalar: false))
        open.append(byte)
        lastComma = nil
        (at, next) = (at + 1, byte == UInt8(ascii: "{") ? .nameOrEnd : .valueOrEnd)
    }

    private mutating func leave(_ byte: UInt8) throws(TextFault) {
        let isObject = byte == UInt8(ascii: "}")
        try expect(open.last == (isObject ? UInt8(ascii: "{") : UInt8(ascii: "[")))
        try expect(next == .commaOrEnd || next == (isObject ? .nameOrEnd : .valueOrEnd))
        if next != .commaOrEnd, let lastComma { blank(lastComma..<(lastComma + 1)) }
        open.removeLast()
        at += 1
        valueIsOver()
    }

    private mutating func valueIsOver() {
        lastComma = nil
        next = open.isEmpty ? .nothing : .commaOrEnd
    }

    private mutating func takeString() throws(TextFault) {
        let isName = next == .name || next == .nameOrEnd
        try expect(isName || next == .value || next == .valueOrEnd)
        let start = at
        at += 1
        while at < bytes.count, bytes[at] != UInt8(ascii: "\""), bytes[at] >= 0x20 {
            at += bytes[at] == UInt8(ascii: "\\") ? 2 : 1
        }
        guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") else {
            throw TextFault(at: start, "the string is not closed on its line")
        }
        at += 1
        tokens.append(Token(start: start, end: at, isScalar: true))
        if isName { (lastComma, next) = (nil, .colon) } else { valueIsOver() }
    }

    private mutating func takeWord() throws(TextFault) {
        try expect(next == .value || next == .valueOrEnd)
        let start = at
        while at < bytes.count, Self.isWordByte(bytes[at]) { at += 1 }
        guard at > start else { throw TextFault(at: at, expected) }
        tokens.append(Token(start: start, end: at, isScalar: true))
        valueIsOver()
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "+-._".utf8.contains(byte)
        }
    }

    private mutating func skipBlanks() throws(TextFault) {
        while at < bytes.count {
            switch bytes[at] {
            case 0x20, 0x09, 0x0A, 0x0D: at += 1
            case UInt8(ascii: "/"): try skipComment()
            default: return
            }
        }
    }

    private mutating func skipComment() throws(TextFault) {
        let start = at
        let second = at + 1 < bytes.count ? bytes[at + 1] : 0
        if second == UInt8(ascii: "/") {
            while at < bytes.count, bytes[at] != 0x0A { at += 1 }
        } else if second == UInt8(ascii: "*") {
            at += 2
            while !bytes[min(at, bytes.count)...].starts(with: "*/".utf8) {
                guard at < bytes.count else {
                    throw TextFault(at: start, "the comment is not closed")
                }
                at += 1
            }
            at += 2
        } else {
            throw TextFault(at: at, expected)
        }
        blank(start..<at)
    }

    /// Line ends stay, so that lines keep their numbers in whatever reads on.
    private mutating func blank(_ range: Range<Int>) {
        for index in range where bytes[index] != 0x0A { bytes[index] = 0x20 }
    }
}
