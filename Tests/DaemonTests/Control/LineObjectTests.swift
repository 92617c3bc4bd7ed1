import Instruments
import Testing

@testable import Daemon

@Suite struct LineObjectTests {
    private let said = SaidLine(
        LogLine(
            level: .notice, text: "Call ended:\n\"it\"", event: "call.ended",
            fields: [.callSID("CA1"), .reason("caller_hung_up")]), at: .seconds(1_772_446_500))

    @Test func `a line goes as one line and comes back the same`() {
        let bytes = LineObject.line(said).bytes
        #expect(bytes.filter { $0 == UInt8(ascii: "\n") }.count == 1 && bytes.last == 0x0A)
        #expect(LineObject(bytes.dropLast()) == .line(said))
        #expect(LineObject(LineObject.lost(12).bytes.dropLast()) == .lost(12))
    }

    @Test func `it names the message as the journal does`() {
        let text = String(decoding: LineObject.line(said).bytes, as: UTF8.self)
        #expect(text.contains(#""message_id":"af289fa1bd45433aa792295dcc8e88ed""#))
        #expect(text.contains(#""time":"2026-03-02T10:15:00.000Z""#))
    }

    @Test func `people read the log's own form, and where lines are missing`() {
        #expect(LineObject.line(said).text(LineFormat()) == LineFormat().text(of: said) + "\n")
        #expect(LineObject.lost(3).text(LineFormat()).contains("3 lines lost"))
    }

    @Test(arguments: ["", "{}", "[1]", #"{"level":"loud","text":"a","wall_clock_ns":1}"#])
    func `what is no line is none`(text: String) {
        #expect(LineObject(text.utf8) == nil)
    }
}
