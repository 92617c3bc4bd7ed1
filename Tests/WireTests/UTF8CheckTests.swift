import Testing

@testable import Wire

@Suite struct UTF8CheckTests {
    /// The standard library's judgement.
    private func isText(_ bytes: [UInt8]) -> Bool {
        String(validating: bytes, as: UTF8.self) != nil
    }

    private func check(_ pieces: [UInt8]...) -> Bool {
        var check = UTF8Check()
        return pieces.allSatisfy { piece in piece.withUnsafeBytes { check.accept($0) } }
            && check.isComplete
    }

    @Test func `every one and two bytes are judged as the standard library does`() {
        for first in UInt8.min...UInt8.max {
            #expect(check([first]) == isText([first]), "\(first)")
            for second in UInt8.min...UInt8.max {
                let bytes = [first, second]
                if check(bytes) != isText(bytes) { Issue.record("\(bytes)") }
                if check([first], [second]) != isText(bytes) { Issue.record("cut \(bytes)") }
            }
        }
    }

    @Test func `every lead byte with edges behind it is judged as the standard library does`() {
        let edges: [UInt8] = [0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xFF]
        for lead in UInt8(0xC0)...0xFF {
            for second in edges {
                for third in edges {
                    for fourth in edges {
                        for bytes in [[lead, second, third], [lead, second, third, fourth]] {
                            if check(bytes) != isText(bytes) { Issue.record("\(bytes)") }
                        }
                    }
                }
            }
        }
    }

    @Test func `a long text is judged at every place and length`() {
        for odd: [UInt8] in [[0xC3, 0xA9], [0xF0, 0x9F, 0x93, 0x9E], [0xFF], [0xC3]] {
            for before in 0..<70 {
                let bytes = [UInt8](repeating: 0x61, count: before) + odd
                #expect(check(bytes) == isText(bytes), "\(before) before \(odd)")
                let longer = bytes + [UInt8](repeating: 0x62, count: 40)
                #expect(check(longer) == isText(longer), "\(before) before \(odd)")
            }
        }
    }

    @Test func `a text cut anywhere is judged the same`() {
        for bytes in WebSocketCases.goodTexts + WebSocketCases.badTexts + WebSocketCases.cutTexts {
            for cut in 0...bytes.count {
                let (head, tail) = (Array(bytes[..<cut]), Array(bytes[cut...]))
                #expect(check(head, tail) == isText(bytes), "\(bytes) cut at \(cut)")
            }
        }
    }
}
