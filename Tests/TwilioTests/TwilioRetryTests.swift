import Testing
import Wire

@testable import Twilio

struct TwilioRetryTests {
    private static func refusal(_ status: Int, _ fields: HTTPFields = [:]) throws -> TwilioFailure {
        let body = Array(#"{"code":\#(status == 429 ? 20429 : 20500)}"#.utf8)
        let response = HTTPResponse(status: status, fields: fields, body: body)
        return .refused(try #require(throws: TwilioRefusal.self) { try TwilioAnswer(response) })
    }

    private static func retry(repeatable: Bool) -> TwilioRetry {
        TwilioRetry(deadline: .seconds(10), isRepeatable: repeatable)
    }

    @Test func `too many requests are repeated, each time after a longer wait`() throws {
        let busy = try Self.refusal(429)
        var retry = Self.retry(repeatable: false)
        #expect(retry.wait(after: busy, at: .zero, dice: 1) == .milliseconds(250))
        #expect(retry.wait(after: busy, at: .seconds(1), dice: 0.5) == .milliseconds(250))
        #expect(retry.wait(after: busy, at: .seconds(2), dice: 1) == .seconds(1))
        #expect(retry.wait(after: busy, at: .seconds(3), dice: 0) == nil)
    }

    @Test func `Twilio's own wish is honoured unless it is too late by then`() throws {
        var retry = Self.retry(repeatable: false)
        let soon = try Self.refusal(429, ["Retry-After": "2"])
        #expect(retry.wait(after: soon, at: .zero, dice: 0) == .seconds(2))
        let late = try Self.refusal(429, ["Retry-After": "60"])
        #expect(retry.wait(after: late, at: .seconds(2), dice: 0) == nil)
        #expect(retry.wait(after: soon, at: .seconds(9), dice: 0) == nil)
    }

    @Test func `a new call is not placed twice, a change is repeated`() throws {
        let uncertain = [
            try Self.refusal(500), try Self.refusal(503), .unanswered("it took too long"),
        ]
        for failure in uncertain {
            var create = Self.retry(repeatable: false)
            #expect(create.wait(after: failure, at: .zero, dice: 1) == nil)
            var change = Self.retry(repeatable: true)
            #expect(change.wait(after: failure, at: .zero, dice: 1) != nil)
            #expect(failure.isUncertain)
        }
        var create = Self.retry(repeatable: false)
        #expect(create.wait(after: .unreachable("refused"), at: .zero, dice: 1) != nil)
    }

    @Test func `what Twilio refuses for good is not asked again`() throws {
        for status in [400, 401, 403, 404] {
            var retry = Self.retry(repeatable: true)
            #expect(retry.wait(after: try Self.refusal(status), at: .zero, dice: 1) == nil)
        }
        var retry = Self.retry(repeatable: true)
        #expect(retry.wait(after: .unusable("too long"), at: .zero, dice: 1) == nil)
    }

    @Test func `a failure is a sentence with Twilio's code and its meaning`() throws {
        let body = #"{"code":21211,"message":"The number is not valid.","status":400}"#
        let refusal = try #require(throws: TwilioRefusal.self) {
            try TwilioAnswer(HTTPResponse(status: 400, type: "application/json", text: body))
        }
        #expect(refusal.isAboutTheNumber)
        #expect(
            "\(TwilioFailure.refused(refusal))"
                == "Twilio answered 400, code 21211: the number to call is not valid")
        let odd = try Self.refusal(404)
        #expect("\(odd)".hasPrefix("Twilio answered 404, code 20500"))
    }
}
