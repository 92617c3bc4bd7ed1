import TestDice
import Testing

@testable import Wire

struct FormTests {
    @Test(
        arguments: [
            ("", []), ("a=b", ["a=b"]), ("a", ["a="]), ("a=", ["a="]), ("=b", ["=b"]), ("=", ["="]),
            ("a=1&&b=2&", ["a=1", "b=2"]), ("a=1&a=2&a=", ["a=1", "a=2", "a="]),
            ("From=%2B15550100&To=%2b1", ["From=+15550100", "To=+1"]), ("a+b=c+d", ["a b=c d"]),
            ("a=b=c", ["a=b=c"]), ("a=%3D%26%25", ["a==&%"]), ("n=%C3%A4%F0%9F%98%80", ["n=ä😀"]),
            ("a=x y", ["a=x y"]), ("a=ä", ["a=ä"]), ("a;b=c", ["a;b=c"]), ("a=%00", ["a=\0"]),
        ] as [(String, [String])])
    func `pairs keep their order, repeats and empty values`(
        text: String, pairs: [String]
    ) throws {
        let form = try Form(parsing: Array(text.utf8))
        #expect(form.pairs.map { "\($0.name)=\($0.value)" } == pairs)
    }

    @Test(
        arguments: [
            ("a=%", .percent), ("a=%1", .percent), ("a=%zz", .percent), ("%4=a", .percent),
            ("a=%%41", .percent), ("a=%FF", .notUTF8), ("%C3=a", .notUTF8),
            ("a=%ED%A0%80", .notUTF8),
        ] as [(String, FormError)])
    func `what is broken is refused`(text: String, error: FormError) {
        #expect(throws: error) { try Form(parsing: Array(text.utf8)) }
    }

    @Test func `a form has at most so many pairs`() throws {
        let most = Array(repeating: "a=1", count: Form.pairsMax).joined(separator: "&")
        #expect(try Form(parsing: Array(most.utf8)).pairs.count == Form.pairsMax)
        #expect(throws: FormError.tooMany) { try Form(parsing: Array((most + "&a").utf8)) }
    }

    @Test func `a request's query is read`() throws {
        let form = try Form(queryOf: HTTPRequest(method: "GET", target: "/x?a=1&b=%3F&a=2"))
        #expect(form["a"] == "1")
        #expect(form["b"] == "?")
        #expect(form["c"] == nil)
        #expect(form.values("a") == ["1", "2"])
        #expect(try Form(queryOf: HTTPRequest(method: "GET", target: "/x")).pairs.isEmpty)
    }

    @Test func `what is encoded decodes to the same`() throws {
        let form: Form = ["Url": "https://h/x?a=1&b=2", "a b": "ä+&=%~*-._", "": ""]
        #expect(
            form.text == "Url=https%3A%2F%2Fh%2Fx%3Fa%3D1%26b%3D2&a+b=%C3%A4%2B%26%3D%25%7E*-._&=")
        let seed: UInt64 = 0x5EED_000A
        var dice = Dice(seed: seed)
        for round in 0..<1000 {
            var form = Form()
            for _ in 0..<dice.below(5) { form.append(dice.string(), dice.string()) }
            #expect(try Form(parsing: form.bytes) == form, "seed \(seed) round \(round)")
        }
    }

    @Test func `a path segment is encoded without plus`() {
        #expect(PercentCoding.encoded("a b/ä~+") == "a%20b%2F%C3%A4~%2B")
        #expect(PercentCoding.decoded("a%20b+%2F") == "a b+/")
        #expect(PercentCoding.decoded("a%2") == nil)
        #expect(PercentCoding.decoded("%FF") == nil)
    }
}
