import Testing
import Wire

@testable import Twilio

struct TwilioRequestTests {
    private static let sid = "CA00000000000000000000000000000009"

    private static func requests(user: String? = nil) throws -> TwilioRequest {
        let account = try #require(AccountSID("AC00000000000000000000000000000001"))
        return TwilioRequest(
            TwilioCredentials(account: account, user: user, secret: SecretText("tok:en")))
    }

    private static func call() throws -> CallSID { try #require(CallSID(sid)) }

    @Test func `a call is placed with everything it was given`() throws {
        var call = OutboundCall(
            to: PhoneNumber("+15550100010"), from: PhoneNumber("+15550100006"),
            answer: .url("https://bridge.example.net/answer?a=1&b=2"))
        call.statusCallback = "https://bridge.example.net/status"
        call.statusEvents = ["answered", "completed"]
        call.timeoutSeconds = 30
        call.limitSeconds = 600
        call.machineDetection = .afterGreeting
        call.callToken = SecretText("{t}")
        let request = try Self.requests().create(call)
        #expect(request.method == "POST")
        #expect(
            request.target
                == "/2010-04-01/Accounts/AC00000000000000000000000000000001/Calls.json")
        let pair = "AC00000000000000000000000000000001:tok:en"
        #expect(request.fields["Authorization"] == "Basic " + Base64.text(Array(pair.utf8)))
        #expect(request.fields["Content-Type"] == "application/x-www-form-urlencoded")
        let form = try Form(parsing: request.body)
        let expected: Form = [
            "To": "+15550100010", "From": "+15550100006",
            "Url": "https://bridge.example.net/answer?a=1&b=2",
            "StatusCallback": "https://bridge.example.net/status",
            "StatusCallbackEvent": "answered", "StatusCallbackEvent": "completed",
            "Timeout": "30", "TimeLimit": "600", "MachineDetection": "DetectMessageEnd",
            "CallToken": "{t}",
        ]
        #expect(form == expected)
    }

    @Test func `who answered is found out after the greeting, or meanwhile`() throws {
        let callback = "https://bridge.example.net/amd?a=1"
        let ways: [(MachineDetection?, Form)] = [
            (nil, [:]), (.afterGreeting, ["MachineDetection": "DetectMessageEnd"]),
            (
                .meanwhile(callback: callback),
                [
                    "MachineDetection": "Enable", "AsyncAmd": "true",
                    "AsyncAmdStatusCallback": callback,
                ]
            ),
        ]
        for (way, expected) in ways {
            var call = OutboundCall(
                to: PhoneNumber("+15550100010"), from: PhoneNumber("+15550100006"),
                answer: .url("https://h.example/x"))
            call.machineDetection = way
            let form = try Form(parsing: Self.requests().create(call).body)
            #expect(Array(form.pairs.dropFirst(3)) == expected.pairs)
        }
    }

    @Test func `a document goes along when it is short enough`() throws {
        let requests = try Self.requests(user: "SK00000000000000000000000000000001")
        let hangup = TwiML(.hangup)
        let request = try requests.create(
            OutboundCall(
                to: PhoneNumber("+15550100010"), from: PhoneNumber("+15550100006"),
                answer: .document(hangup)))
        #expect(try Form(parsing: request.body)["Twiml"] == hangup.text())
        let pair = "SK00000000000000000000000000000001:tok:en"
        #expect(request.fields["Authorization"] == "Basic " + Base64.text(Array(pair.utf8)))
        #expect(request.target.contains("/Accounts/AC"))
        let long = TwiML(.say(TwiML.Say(String(repeating: "a", count: 4_000))))
        #expect(throws: TwiMLFault.self) { try requests.update(Self.call(), .document(long)) }
    }

    @Test func `a living call is redirected, given a document or ended`() throws {
        let requests = try Self.requests()
        let hangup = try TwiML(.hangup).text()
        let changes: [(CallUpdate, Form)] = [
            (.hangUp, ["Status": "completed"]), (.cancel, ["Status": "canceled"]),
            (
                .redirect(url: "https://h.example/x"),
                ["Url": "https://h.example/x", "Method": "POST"]
            ),
            (.document(TwiML(.hangup)), ["Twiml": hangup]),
        ]
        for (update, expected) in changes {
            let request = try requests.update(Self.call(), update)
            #expect(request.target.hasSuffix("/Calls/\(Self.sid).json"))
            #expect(try Form(parsing: request.body) == expected)
        }
    }

    @Test func `an answer names the call and its state`() throws {
        let body = """
            {"sid":"\(Self.sid)","status":"queued","answered_by":null,"to":null,"new":{}}
            """
        let answer = try TwilioAnswer(
            HTTPResponse(status: 201, type: "application/json", text: body))
        #expect(answer.call.text == Self.sid)
        #expect(answer.status == .queued)
        #expect(answer.answeredBy == nil)
    }

    private static func refusal(
        _ status: Int, _ body: String, _ fields: HTTPFields = [:]
    ) throws -> TwilioRefusal {
        try #require(throws: TwilioRefusal.self) {
            try TwilioAnswer(
                HTTPResponse(status: status, fields: fields, body: Array(body.utf8)))
        }
    }

    @Test func `a call that is over already is told apart from a failure`() throws {
        let redirect = try Self.refusal(
            400, #"{"code":21220,"message":"Call is not in-progress.","status":400}"#)
        #expect(redirect.isAlreadyOver)
        #expect(redirect.code == 21220)
        #expect(redirect.message == "Call is not in-progress.")
        #expect(!redirect.isRetriable && !redirect.isUncertain)
        #expect(try Self.refusal(404, #"{"code":20404}"#).isAlreadyOver)
        #expect(try Self.refusal(404, "").isAlreadyOver)
        #expect(try !Self.refusal(400, #"{"code":21211}"#).isAlreadyOver)
        #expect(try !Self.refusal(404, #"{"code":21218}"#).isAlreadyOver)
    }

    @Test func `only what was certainly not done may be repeated blindly`() throws {
        let busy = try Self.refusal(429, #"{"code":20429}"#, ["Retry-After": "2"])
        #expect(busy.isRetriable && !busy.isUncertain)
        #expect(busy.retryAfter == .seconds(2))
        let gateway = try Self.refusal(502, "<html>Bad gateway</html>")
        #expect(!gateway.isRetriable && gateway.isUncertain)
        #expect(gateway.code == nil)
        let odd = try Self.refusal(201, "{}")
        #expect(odd.isUncertain && !odd.isRetriable)
        for wait in ["-5", "99999999999", "soon"] {
            let refusal = try Self.refusal(429, "", ["Retry-After": wait])
            #expect(refusal.retryAfter.map { $0 <= .seconds(3_600) && $0 >= .zero } ?? true)
        }
    }

    @Test func `credentials do not print`() throws {
        let account = try #require(AccountSID("AC00000000000000000000000000000001"))
        let credentials = TwilioCredentials(account: account, secret: SecretText("tok:en"))
        var dumped = ""
        dump(credentials, to: &dumped)
        #expect(!"\(credentials)\(dumped)".contains("tok:en"))
    }
}
