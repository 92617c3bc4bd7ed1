import TestDice
import Testing

@testable import Wire

struct JSONTests {
    @Test(
        arguments: [
            ("null", JSON.null), ("true", true), ("false", false), ("0", 0), ("-0", 0),
            ("-12", -12), ("1.5", 1.5), ("1e2", 100.0), ("1.0", 1.0), ("\"\"", ""),
            ("\"a\\u00e9\\n\\\"\\\\\\/\"", "aé\n\"\\/"), ("\"\\ud83d\\ude00\"", "😀"),
            ("\"\\u0000\"", "\0"), ("[]", .array([])), ("{}", .object([])),
            (" \t\r\n[1, 2 ]\n", [1, 2]),
            ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
            ("9223372036854775808", .number(9_223_372_036_854_775_808)),
            ("18446744073709551616", .number(18_446_744_073_709_551_616)),
            ("[-123456789012345678901234567890]", [.number(-1.2345678901234568e29)]),
            ("{\"a\":{\"b\":[null]},\"a\":2}", ["a": ["b": [nil]], "a": 2]),
        ] as [(String, JSON)])
    func `a text has one value`(text: String, value: JSON) throws {
        #expect(try JSON(parsing: text) == value)
    }

    @Test(arguments: [
        "", " ", "{", "}", "[1,]", "{\"a\":1,}", "{\"a\"}", "{a:1}", "'a'", "[1 2]", "1 2", "01",
        "+1",
        ".5", "1.", "1e", "0x1", "NaN", "Infinity", "1e999", "-", "tru", "truely", "nullx", "\"a",
        "\"\t\"", "\"\\x\"", "\"\\u12\"", "\"\\ud800\"", "\"\\udc00\"", "\"\\ud800\\u0041\"",
        "[1]]",
        "{\"a\":1}{", "\u{FEFF}[]x", "12345678901234567890123x", "01234567890123456789012",
        "// c\n1",
    ])
    func `what is no JSON is refused`(text: String) {
        #expect(throws: JSONError.self) { try JSON(parsing: text) }
    }

    @Test(arguments: [
        [0x22, 0xFF, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22],
    ])
    func `what is not UTF-8 is refused`(bytes: [UInt8]) {
        #expect(throws: JSONError.notUTF8) { try JSON(parsing: bytes) }
    }

    @Test func `a refusal names its limit`() throws {
        let nested = { String(repeating: "[", count: $0) + String(repeating: "]", count: $0) }
        #expect(throws: JSONError.tooDeep) { try JSON(parsing: nested(JSON.depthMax + 1)) }
        _ = try JSON(parsing: nested(JSON.depthMax))
        let values = "[" + String(repeating: "1,", count: JSON.valuesMax) + "1]"
        #expect(throws: JSONError.tooLarge) { try JSON(parsing: values) }
        #expect(throws: JSONError.empty) { try JSON(parsing: "") }
    }

    @Test func `a shorter text is not continued by what lay there before`() throws {
        #expect(try JSON(parsing: "[123456789,123456789]") == [123_456_789, 123_456_789])
        #expect(try JSON(parsing: "12") == 12)
        #expect(try JSON(parsing: "1234") == 1234)
        #expect(throws: JSONError.self) { try JSON(parsing: "[123456789") }
    }

    @Test func `strings that look like long integers stay strings`() throws {
        let text = "[123456789012345678901,\"123456789012345678901\\\"1234567890123456789012\"]"
        let expected: JSON = [
            .number(1.2345678901234568e20), "123456789012345678901\"1234567890123456789012",
        ]
        #expect(try JSON(parsing: text) == expected)
    }

    @Test(
        arguments: [
            (JSON.null, "null"), (true, "true"), (.integer(.min), "-9223372036854775808"),
            (0.1, "0.1"), (3.0, "3.0"), (.number(.infinity), "null"), (.number(.nan), "null"),
            ("a\"\\/\u{7F}é\u{2028}", "\"a\\\"\\\\/\u{7F}é\u{2028}\""),
            ("\u{0}\u{8}\t\n\u{B}\u{C}\r\u{1F}", "\"\\u0000\\b\\t\\n\\u000b\\f\\r\\u001f\""),
            (.array([1, .array([]), .object([])]), "[1,[],{}]"),
            (["a": 1, "b": ["c": nil]], "{\"a\":1,\"b\":{\"c\":null}}"),
        ] as [(JSON, String)])
    func `a value has one compact text`(value: JSON, text: String) {
        #expect(value.serialized == text)
        #expect(value.bytes == Array(text.utf8))
    }

    @Test func `what is written reads the same`() throws {
        let seed: UInt64 = 0x5EED_0002
        var dice = Dice(seed: seed)
        for round in 0..<2000 {
            let value = dice.json(depth: 4)
            #expect(try JSON(parsing: value.bytes) == value, "seed \(seed) round \(round)")
        }
    }
}

extension Dice {
    mutating func json(depth: Int) -> JSON {
        switch below(depth > 0 ? 8 : 6) {
        case 0: return .null
        case 1: return .bool(below(2) == 0)
        case 2: return .integer(Int64(bitPattern: next()) >> Int64(below(64)))
        case 3:
            let value = Double(bitPattern: next())
            return .number(value.isFinite ? value : 0.5)
        case 4, 5: return .string(string())
        case 6: return .array((0..<below(5)).map { _ in json(depth: depth - 1) })
        default:
            return .object((0..<below(5)).map { _ in .init(string(), json(depth: depth - 1)) })
        }
    }

    mutating func string() -> String {
        let scalars: [Unicode.Scalar] = [
            "\0", "\n", "\"", "\\", "/", "é", "\u{FFFF}", "😀", "\u{1F}",
        ]
        var text = ""
        for _ in 0..<below(12) {
            let plain = Unicode.Scalar(UInt8(0x20 + below(0x5F)))
            text.unicodeScalars.append(below(4) == 0 ? scalars[below(scalars.count)] : plain)
        }
        return text
    }
}
