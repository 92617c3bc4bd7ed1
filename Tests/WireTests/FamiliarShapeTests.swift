import Testing

@testable import Wire

/// A message of two numbers and base64 between three texts that never differ.
private struct Letter {
    var first = "7"
    var second = "20"
    var audio = "AAAA"

    var bytes: [UInt8] {
        Array(#"{"event":"media","n":"\#(first)","x":{"t":\#(second),"p":"\#(audio)"}}"#.utf8)
    }
}

/// What a shape that learned `sample` finds in `bytes`: first number, second number, base64.
private func found(_ bytes: [UInt8], after sample: Letter = Letter()) -> [String]? {
    var shape = FamiliarShape()
    sample.bytes.withUnsafeBytes { learn($0, into: &shape) }
    return bytes.withUnsafeBytes { bytes in
        shape.find(in: bytes).map {
            ["\($0.numbers.0)", "\($0.numbers.1)", String(decoding: $0.base64, as: UTF8.self)]
        }
    }
}

/// The fields of such a message, read by a scanner; nil when it is none.
private func fields(_ bytes: UnsafeRawBufferPointer) -> (numbers: [ShapeText?], audio: ShapeText)? {
    var scanner = ShapeScanner(bytes)
    var (event, first, second, audio): (ShapeText?, ShapeText?, ShapeText?, ShapeText?)
    scanner.enter()
    while let name = scanner.next() {
        if name == "event" {
            scanner.text(into: &event)
        } else if name == "n" {
            scanner.text(into: &first)
        } else {
            scanner.enter()
            while let name = scanner.next() {
                if name == "t" {
                    scanner.integer(into: &second)
                } else {
                    scanner.base64(into: &audio)
                }
            }
        }
    }
    guard scanner.isWhole, let audio else { return nil }
    return ([first, second], audio)
}

private func learn(_ bytes: UnsafeRawBufferPointer, into shape: inout FamiliarShape) {
    guard let (numbers, audio) = fields(bytes) else { return }
    shape.learn(bytes, numbers: numbers, base64: audio)
}

/// The same as `found`, by a scanner that knows nothing of an earlier message.
private func scanned(_ bytes: [UInt8]) -> [String]? {
    bytes.withUnsafeBytes { bytes in
        fields(bytes).map { $0.numbers.map { $0?.string ?? "" } + [$0.audio.string] }
    }
}

struct FamiliarShapeTests {
    @Test func `numbers and base64 may differ`() {
        #expect(found(Letter().bytes) == ["7", "20", "AAAA"])
        let other = Letter(first: "123456789012345678", second: "0", audio: "/+9Zq9A=")
        #expect(found(other.bytes) == ["123456789012345678", "0", "/+9Zq9A="])
        let long = String(repeating: "AbC/", count: 100) + "AA=="
        #expect(found(Letter(audio: long).bytes) == ["7", "20", long])
    }

    @Test(arguments: [
        Letter(first: ""), Letter(first: "07"), Letter(first: "-7"), Letter(first: "7a"),
        Letter(first: "1234567890123456789"), Letter(first: " 7"), Letter(second: "2.0"),
        Letter(second: "2e1"), Letter(second: "\"20\""), Letter(audio: ""), Letter(audio: "AAA"),
        Letter(audio: "AB=="), Letter(audio: "A\\/AA"), Letter(audio: "AAA=" + "AAAA"),
    ])
    fileprivate func `what the fields may not hold is another shape`(_ letter: Letter) {
        #expect(found(letter.bytes) == nil)
    }

    @Test func `what lies between may not differ, and nothing may be missing or follow`() {
        let bytes = Letter(first: "8", audio: "BBBB").bytes
        for place in bytes.indices {
            for bit in 0..<8 {
                var other = bytes
                other[place] ^= 1 << UInt8(bit)
                let read = found(other)
                // Whatever is found, a scanner finds too.
                if read != nil { #expect(read == scanned(other)) }
            }
        }
        #expect(found(bytes) == scanned(bytes))
        for count in bytes.indices { #expect(found(Array(bytes.prefix(count))) == nil) }
        #expect(found(bytes + [0x20]) == nil)
    }

    @Test func `fields are found in any order, and numbers that a message lacks are 0`() {
        var shape = FamiliarShape()
        let sample = Array(#"{"p":"AAAA","n":12}"#.utf8)
        sample.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress else { return }
            shape.learn(
                bytes, numbers: [nil, ShapeText(start: start + 16, count: 2)],
                base64: ShapeText(start: start + 6, count: 4))
        }
        Array(#"{"p":"BBBBBBBB","n":345}"#.utf8).withUnsafeBytes { bytes in
            let found = shape.find(in: bytes)
            #expect(found?.numbers.0 == 0 && found?.numbers.1 == 345)
            #expect(found?.base64.count == 8)
        }
    }

    @Test func `a message with too much between its fields is not learned`() {
        var shape = FamiliarShape()
        let sample = Array(#"{"p":"AAAA","x":"\#(String(repeating: "x", count: 300))"}"#.utf8)
        sample.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress else { return }
            shape.learn(bytes, numbers: [], base64: ShapeText(start: start + 6, count: 4))
            #expect(shape.find(in: bytes) == nil)
        }
    }

    @Test func `who never says the same twice is not learned from for ever`() {
        var shape = FamiliarShape()
        for round in 0..<40 {
            let text = #"{"event":"media","n":"1","x\#(round)":{"t":2,"p":"AAAA"}}"#
            Array(text.utf8).withUnsafeBytes { bytes in
                learn(bytes, into: &shape)
                #expect((shape.find(in: bytes) != nil) == (round < 16))
            }
        }
    }

    @Test func `no byte beyond a message is looked at`() {
        let bytes = Letter(first: "8", audio: "BBBB").bytes
        var shape = FamiliarShape()
        Letter().bytes.withUnsafeBytes { learn($0, into: &shape) }
        for count in 0...bytes.count {
            var isFound = false
            atPageEnd(Array(bytes.prefix(count))) { isFound = shape.find(in: $0) != nil }
            #expect(isFound == (count == bytes.count))
        }
    }
}
