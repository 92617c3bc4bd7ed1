import Testing

@testable import Daemon

private func read(_ text: String) -> ConfigurationFile {
    ConfigurationFile(Array(text.utf8), path: "t.conf")
}

private func problems(_ text: String) -> [String] { read(text).faults.map(\.description) }

@Suite struct ConfigurationFileTests {
    @Test(arguments: [
        ("A=b", "b"), ("A=", ""), ("A=\"\"", ""), ("A=''", ""), ("  A=b  ", "b"), ("A = b", "b"),
        ("A=\tb\t", "b"), ("export A=b", "b"), ("export\tA=b", "b"), ("A=b c", "b c"),
        ("A=b=c", "b=c"), ("A=b#c", "b#c"), ("A=\"b # c\"", "b # c"), ("A='b # c'", "b # c"),
        ("A=\"b 'c'\"", "b 'c'"), ("A='b \"c\"'", "b \"c\""), ("A=\" b \"", " b "),
        ("A=\"\\\"\\\\\\$\\`\"", "\"\\$`"), ("A='\\n${B}'", "\\n${B}"), ("A=$B", "$B"),
        ("A=b\r", "b"), ("\u{FEFF}A=b", "b"), ("A=b\\\nc", "bc"), ("A=b,\\\n  c", "b,  c"),
        ("A=zoë", "zoë"), ("A=b;c", "b;c"), ("A=b\\\r\nc", "bc"),
    ])
    func `a value reads as everybody would read it`(text: String, value: String) {
        let file = read(text)
        #expect(file.faults == [])
        #expect(file.assignments == [.init(name: "A", value: value, line: 1)])
    }

    @Test func `comments and empty lines are passed over, and lines keep their numbers`() {
        let file = read("# one\n\n; three\n   # four\nA=1\n\nB=2\\\n,3\nC=4\n")
        #expect(file.faults == [])
        #expect(file.assignments.map(\.name) == ["A", "B", "C"])
        #expect(file.assignments.map(\.line) == [5, 7, 9])
        #expect(file.assignments[1].value == "2,3")
    }

    @Test(arguments: [
        ("just words", "expected NAME=value"),
        ("=b", "a name has capital letters, digits and underscores only, and no digit first"),
        ("a=b", "a name has capital letters, digits and underscores only, and no digit first"),
        ("1A=b", "a name has capital letters, digits and underscores only, and no digit first"),
        ("A B=c", "a name has capital letters, digits and underscores only, and no digit first"),
        (
            "exportA=b",
            "a name has capital letters, digits and underscores only, and no digit first"
        ),
        ("A=\"b", "the quote is not closed on this line"),
        ("A='b", "the quote is not closed on this line"),
        ("A=\"b\\\"", "the quote is not closed on this line"),
        ("A=\"b\" c", "nothing may follow the closing quote; a comment stands on its own line"),
        ("A='b'c", "nothing may follow the closing quote; a comment stands on its own line"),
        ("A=b\"c\"", "a quote inside a value: put the whole value into quotes"),
        ("A=it's", "a quote inside a value: put the whole value into quotes"),
        ("A=b # c", "a comment stands on its own line; if # is meant, put the value into quotes"),
        ("A=# c", "a comment stands on its own line; if # is meant, put the value into quotes"),
        ("A=b\\c", "a backslash: put the value into single quotes if it is meant"),
        ("A=\"b\\n\"", "a backslash: put the value into single quotes if it is meant"),
        ("A=b\\", "a backslash: put the value into single quotes if it is meant"),
        ("A=${B}", "${…} is not replaced here: write the value, or put it into single quotes"),
        ("A=\"${B}\"", "${…} is not replaced here: write the value, or put it into single quotes"),
        ("A=b\u{0}c", "a control character is no part of any value"),
        ("A=b\u{1B}[2J", "a control character is no part of any value"),
        ("A=b\rc", "a control character is no part of any value"),
        ("# b\\", "a comment must not end in a backslash: the next line would belong to it"),
    ])
    func `what readers would take differently is a fault with its line`(
        line: String, fault: String
    ) {
        let file = read("X=1\n\(line)")
        #expect(file.faults.map(\.description) == ["t.conf:2: \(fault)"])
        #expect(file.assignments.map(\.name) == ["X"])
    }

    @Test func `a value is never part of a fault`() {
        let texts = ["A=\"sk_secret", "A='sk_secret' x", "A=sk_secret\"", "A=sk_secret\u{1}"]
        for text in texts { #expect(!problems(text).joined().contains("sk_secret")) }
    }

    @Test func `a name set twice is a fault that names both lines`() {
        let file = read("A=1\nB=2\nA=3\nA=4")
        #expect(
            file.faults.map(\.description) == [
                "t.conf:3: A is already set in line 1", "t.conf:4: A is already set in line 1",
            ])
        #expect(file.assignments.map(\.value) == ["1", "2"])
    }

    @Test func `faults after faults are all told, up to the limit`() {
        #expect(problems("x\ny\nA=\"\nz").count == 4)
        let many = problems(String(repeating: "x\n", count: 1_000))
        #expect(many.count == ConfigurationFile.faultsMax)
    }

    @Test func `bytes that are not text are one fault`() {
        let file = ConfigurationFile([0x41, 0x3D, 0xFF, 0x0A], path: "t.conf")
        #expect(file.faults.map(\.description) == ["t.conf: is not UTF-8 text"])
        #expect(file.assignments.isEmpty)
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `what is written in quotes comes back, whatever it is`(seed: UInt64) {
        var state = seed &* 0x9E37_79B9_7F4A_7C15
        let letters = Array("aZ0 \"'\\$`#;={}é😀,-_./:@".unicodeScalars)
        for round in 0..<300 {
            var value = ""
            for _ in 0..<(round % 20) {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                value.unicodeScalars.append(letters[Int(state >> 33) % letters.count])
            }
            let quoted = value.unicodeScalars.reduce(into: "") { text, scalar in
                if "\"\\$`".unicodeScalars.contains(scalar) { text += "\\" }
                text.unicodeScalars.append(scalar)
            }
            let file = read("A=\"\(quoted)\"\nB=1")
            #expect(file.faults == [], "seed \(seed) round \(round)")
            #expect(file.assignments.map(\.value) == [value, "1"], "seed \(seed) round \(round)")
        }
    }
}
