import Testing
import Twilio

@testable import Calls

@Suite struct TicketTests {
    private let key = Array("a key of at least 16 bytes".utf8)
    private let now = Duration.seconds(1_767_225_600)

    private func sid(_ digit: Character) throws -> CallSID {
        try #require(CallSID("CA0000000000000000000000000000000\(digit)"))
    }

    @Test func `a token opens its call's stream once`() throws {
        let book = TicketBook(key: key)
        let token = book.issue(for: try sid("1"), wallClock: now).text
        try book.redeem(token, for: try sid("1"), wallClock: now + .seconds(29))
        #expect(throws: StreamToken.Fault.replayed) {
            try book.redeem(token, for: try sid("1"), wallClock: now + .seconds(29))
        }
    }

    @Test func `another process with the same key takes it, one with another does not`() throws {
        let token = TicketBook(key: key).issue(for: try sid("1"), wallClock: now).text
        try TicketBook(key: key).redeem(token, for: try sid("1"), wallClock: now)
        #expect(throws: StreamToken.Fault.forged) {
            try TicketBook(key: key.reversed()).redeem(token, for: try sid("1"), wallClock: now)
        }
    }

    @Test func `a token is for one call and thirty seconds`() throws {
        let book = TicketBook(key: key)
        let token = book.issue(for: try sid("1"), wallClock: now).text
        #expect(throws: StreamToken.Fault.forged) {
            try book.redeem(token, for: try sid("2"), wallClock: now)
        }
        #expect(throws: StreamToken.Fault.expired) {
            try book.redeem(token, for: try sid("1"), wallClock: now + .seconds(30))
        }
    }

    @Test func `what comes before the stream does not count`() throws {
        let book = TicketBook(key: key)
        let step = NextStep.say(String(repeating: "x", count: 200))
        let token = book.issue(for: try sid("1"), wallClock: now, lead: step.lead).text
        #expect(throws: StreamToken.Fault.expired) {
            try book.redeem(token, for: try sid("1"), wallClock: now + .seconds(60))
        }
        try book.redeem(token, for: try sid("1"), wallClock: now + .seconds(59))
    }

    @Test(arguments: [
        ("", StreamToken.Fault.missing), ("x", .malformed), ("1.2.3", .malformed),
        ("..", .malformed), ("x.000000000000000000000000.00", .malformed),
        ("9999999999.000000000000000000000000.00", .forged),
    ])
    func `what is no token is told apart`(_ text: String, _ fault: StreamToken.Fault) throws {
        let book = TicketBook(key: key)
        #expect(throws: fault) { try book.redeem(text, for: try sid("1"), wallClock: now) }
        #expect(throws: StreamToken.Fault.missing) {
            try book.redeem(nil, for: try sid("1"), wallClock: now)
        }
    }

    @Test func `every letter of a token counts`() throws {
        let book = TicketBook(key: key)
        let token = Array(book.issue(for: try sid("1"), wallClock: now).text.utf8)
        for place in token.indices {
            var bent = token
            bent[place] = bent[place] == 0x30 ? 0x31 : 0x30
            #expect(throws: (any Error).self, "letter \(place)") {
                try book.redeem(
                    String(decoding: bent, as: UTF8.self), for: try sid("1"), wallClock: now)
            }
        }
    }

    @Test func `session names count up and carry the date`() {
        let names = SessionNames()
        #expect(names.next(wallClock: now) == "session_20260101_000000_00001")
        #expect(names.next(wallClock: now + .seconds(3_661)) == "session_20260101_010101_00002")
    }
}
