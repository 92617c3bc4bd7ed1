import Testing

@testable import Calls

@Suite struct MessagePadTests {
    @Test func `what is on it is told once`() throws {
        var pad = MessagePad()
        #expect(pad.take() == nil)
        pad.errand = "Nobody answered."
        pad.add(keys: "12")
        pad.add(keys: "3#")
        pad.add(tool: "book")
        pad.add(tool: "book")
        let taken = pad.take()
        let told = try #require(taken)
        #expect(told.hasPrefix("Nobody answered. Meanwhile the caller pressed these keys: 12 3#"))
        #expect(told.split(separator: "book").count == 2)
        #expect(pad.isEmpty)
        #expect(pad.take() == nil)
    }

    @Test func `it has an end, and shows no key`() {
        var pad = MessagePad()
        for number in 0..<100 {
            pad.add(keys: "77777")
            pad.add(tool: "tool\(number)")
        }
        #expect(pad.keys.utf8.count == MessagePad.keysMax)
        #expect(pad.tools.count == MessagePad.toolsMax)
        var text = "\(pad) \(String(reflecting: pad))"
        dump(pad, to: &text)
        #expect(!text.contains("77"))
    }
}
