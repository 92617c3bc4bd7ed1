/// Tokens.
extension XMLReader {
    var line: Int { 1 + bytes[..<min(place, bytes.count)].count { $0 == 0x0A } }

    func fault(_ reason: String) -> XMLError { XMLError(line: line, reason: reason) }

    func follows(_ token: String) -> Bool {
        bytes[min(place, bytes.count)...].starts(with: token.utf8)
    }

    @discardableResult
    mutating func skip(_ token: String) -> Bool {
        guard follows(token) else { return false }
        place += token.utf8.count
        return true
    }

    @discardableResult
    mutating func skipBlanks() -> Bool {
        let before = place
        while place < bytes.count, Self.isSpace(bytes[place]) { place += 1 }
        return place > before
    }

    /// Skips one comment or processing instruction.
    mutating func skipComment() throws(XMLError) -> Bool {
        if skip("<!--") {
            let inside = try bytes(until: "-->", "a comment does not end")
            guard !String(decoding: inside, as: UTF8.self).contains("--") else {
                throw fault("-- stands inside a comment")
            }
            return true
        }
        guard skip("<?") else { return false }
        guard try name().lowercased() != "xml" else { throw fault("a declaration in the middle") }
        _ = try bytes(until: "?>", "an instruction does not end")
        return true
    }

    mutating func characterSection() throws(XMLError) -> String {
        skip("<![CDATA[")
        let inside = try bytes(until: "]]>", "a CDATA section does not end")
        guard inside.allSatisfy(Self.isAllowed) else { throw fault("a control character") }
        return String(decoding: inside, as: UTF8.self)
    }

    /// Everything up to a token, which is skipped.
    mutating func bytes(
        until token: String, _ reason: String
    ) throws(XMLError) -> ArraySlice<UInt8> {
        let start = place
        while place < bytes.count {
            if follows(token) {
                defer { skip(token) }
                return bytes[start..<place]
            }
            place += 1
        }
        throw fault(reason)
    }

    mutating func name() throws(XMLError) -> String {
        let start = place
        guard place < bytes.count, Self.startsName(bytes[place]) else {
            throw fault("a name is missing")
        }
        while place < bytes.count, Self.continuesName(bytes[place]) { place += 1 }
        return String(decoding: bytes[start..<place], as: UTF8.self)
    }

    /// Character data up to a delimiter, which stays; entities resolved, line ends made one kind.
    mutating func text(
        until delimiter: String, inAttribute: Bool
    ) throws(XMLError) -> String {
        var result: [UInt8] = []
        while place < bytes.count, !follows(delimiter) {
            let byte = bytes[place]
            switch byte {
            case UInt8(ascii: "&"):
                result += Array(try reference().utf8)
                continue
            case UInt8(ascii: "<"): throw fault("< stands inside a value")
            case 0x0D:
                if place + 1 == bytes.count || bytes[place + 1] != 0x0A {
                    result.append(inAttribute ? 0x20 : 0x0A)
                }
            case 0x09, 0x0A: result.append(inAttribute ? 0x20 : byte)
            default:
                guard Self.isAllowed(byte) else { throw fault("a control character") }
                guard inAttribute || !follows("]]>") else { throw fault("]]> in the text") }
                result.append(byte)
            }
            place += 1
        }
        return String(decoding: result, as: UTF8.self)
    }

    static let entities = ["amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'"]

    /// `&amp;`, `&#60;`, `&#x3C;`
    mutating func reference() throws(XMLError) -> String {
        let start = place
        let end = bytes[start...].prefix(12).firstIndex(of: UInt8(ascii: ";"))
        guard let end else { throw fault("& begins no entity") }
        let inside = String(decoding: bytes[(start + 1)..<end], as: UTF8.self)
        place = end + 1
        if let character = Self.entities[inside] { return character }
        guard inside.first == "#" else { throw fault("the entity \(inside) is unknown") }
        let isHex = inside.hasPrefix("#x")
        let digits = inside.dropFirst(isHex ? 2 : 1)
        guard let first = digits.first, first.isHexDigit,
            let number = UInt32(digits, radix: isHex ? 16 : 10),
            let scalar = Unicode.Scalar(number),
            number >= 0x20 || number == 9 || number == 10 || number == 13,
            number != 0xFFFE, number != 0xFFFF
        else { throw fault("&\(inside); is no character") }
        return String(Character(scalar))
    }

    static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
    }

    static func isAllowed(_ byte: UInt8) -> Bool { byte >= 0x20 || isSpace(byte) }

    static func startsName(_ byte: UInt8) -> Bool {
        (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A || byte == 0x5F || byte == 0x3A
            || byte >= 0x80
    }

    static func continuesName(_ byte: UInt8) -> Bool {
        startsName(byte) || byte >= 0x30 && byte <= 0x39 || byte == 0x2D || byte == 0x2E
    }
}
