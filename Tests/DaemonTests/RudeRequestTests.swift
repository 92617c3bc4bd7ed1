import Net
import Testing
import Twilio
import Wire

/// Requests that are no good get a problem that says why, are counted and told, and nobody else
/// notices.
@Suite(.serialized) struct RudeRequestTests {
    private static func problems(_ route: String, _ status: Int) -> String {
        "callbridge_http_problems_total{route=\"\(route)\",status=\"\(status)\"}"
    }

    private static func expect(
        _ response: HTTPResponse, _ status: Int, _ title: JSON
    ) {
        #expect(response.status == status)
        #expect(response.fields["Content-Type"] == "application/problem+json")
        #expect(response.json?["title"] == title)
        #expect(response.json?["status"]?.whole == Int64(status))
        #expect(response.json?["detail"]?.text?.isEmpty == false)
    }

    @Test(arguments: ["voice", "after-stream", "stream-status", "status"])
    func `a webhook with a forged signature is answered 403`(route: String) async throws {
        try await LiveHouse.disturbed { house in
            let path = "/api/twilio/\(route)"
            let form = RudeCaller(house).form()
            let forged = TwilioSignature.make(
                url: LiveHouse.publicURL + path, form: form, key: SecretText("another"))
            Self.expect(
                try await house.post(path, form, signature: forged), 403, "Forbidden")
            try await house.until(Self.problems(path, 403), is: 1)
            #expect(house.line("http.problem")?.field("HTTP_STATUS") == "403")
            #expect(house.daemon.activeCalls == 1)
        }
    }

    @Test(arguments: ["CallSid", "To"])
    func `a signed webhook that lacks something is answered 400`(name: String) async throws {
        try await LiveHouse.disturbed { house in
            let form = Self.form(house, without: name)
            let response = try await house.post("/api/twilio/voice", form)
            Self.expect(response, 400, "Bad request")
            try await house.until(Self.problems("/api/twilio/voice", 400), is: 1)
            #expect(house.line("http.problem")?.field("HTTP_STATUS") == "400")
        }
    }

    @Test func `a caller who withholds the number is answered all the same`() async throws {
        try await LiveHouse.disturbed { house in
            let form = Self.form(house, without: "From")
            let answer = try await house.post("/api/twilio/voice", form)
            #expect(answer.status == 200)
            let over = RudeCaller(house).form("canceled")
            #expect(try await house.post("/api/twilio/status", over).status == 204)
        }
    }

    private static func form(_ house: LiveHouse, without name: String) -> Form {
        var form = Form()
        for pair in RudeCaller(house).form().pairs where pair.name != name {
            form.append(pair.name, pair.value)
        }
        return form
    }

    @Test func `a path nobody serves is answered 404, a wrong method 405`() async throws {
        try await LiveHouse.disturbed { house in
            Self.expect(try await house.get("/api/telex"), 404, "Not found")
            let response = try await house.get("/api/twilio/voice")
            Self.expect(response, 405, "Method not allowed")
            #expect(response.fields["Allow"] == "POST")
            try await house.until(Self.problems("unknown", 404), is: 1)
            try await house.until(Self.problems("unknown", 405), is: 1)
            #expect(house.line("http.problem")?.field("HTTP_STATUS") == "405")
        }
    }

    @Test func `whoever comes through a proxy needs a key for the operator's list`() async throws {
        try await LiveHouse.disturbed { house in
            let response = try await house.get(
                "/api/twilio/conversations", fields: ["X-Forwarded-For": "192.0.2.1"])
            Self.expect(response, 401, "Unauthorized")
            try await house.until(Self.problems("/api/twilio/conversations", 401), is: 1)
        }
    }

    @Test func `a body beyond all measure is answered 413`() async throws {
        try await LiveHouse.disturbed { house in
            var form = RudeCaller(house).form()
            form.append("Digits", String(repeating: "1", count: 100_000))
            #expect(try await house.post("/api/twilio/voice", form).status == 413)
            try await house.until("callbridge_net_faults_total{fault=\"request_413\"}", is: 1)
            #expect(house.line("net.fault")?.field("REASON") == "request_413")
        }
    }

    @Test func `bytes that are no HTTP are answered 400`() async throws {
        try await LiveHouse.disturbed { house in
            let line = try await RawLine.open(to: house)
            await line.say("\u{16}\u{03}\u{01} hello?\r\n\r\n")
            let answer = String(decoding: try await line.all(), as: UTF8.self)
            #expect(answer.hasPrefix("HTTP/1.1 400 "))
            try await house.until("callbridge_net_faults_total{fault=\"request_400\"}", is: 1)
            #expect(house.line("net.fault")?.field("REASON") == "request_400")
        }
    }

    @Test func `a head that drips is answered 408`() async throws {
        try await LiveHouse.disturbed({ $0.http.head = .seconds(3) }) { house in
            let line = try await RawLine.open(to: house)
            await line.say("GET /health HTTP/1.1\r\nHost: callbridge.test\r\nX-Drip: ")
            let drip = Task {
                // One byte with every beat: no time-out between bytes would ever end this.
                try await house.until("the daemon answered") {
                    await line.say("x")
                    return !line.bytes.isEmpty
                }
            }
            let answer = String(decoding: try await line.all(), as: UTF8.self)
            try await drip.value
            #expect(answer.hasPrefix("HTTP/1.1 408 "))
            try await house.until("callbridge_net_faults_total{fault=\"timeout_head\"}", is: 1)
            #expect(house.line("net.fault")?.field("REASON") == "timeout_head")
        }
    }

    @Test func `a frame without a mask breaks the stream off with 1002`() async throws {
        try await LiveHouse.disturbed { house in
            let line = try await RawLine.open(to: house)
            let signature = TwilioSignature.make(
                url: "wss://callbridge.test/api/twilio/stream", key: LiveHouse.token)
            await line.say(
                "GET /api/twilio/stream HTTP/1.1\r\nHost: callbridge.test\r\n"
                    + "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                    + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                    + "\(TwilioSignature.headerName): \(signature)\r\n\r\n")
            try await house.until("the upgrade was granted") {
                line.text.hasSuffix("\r\n\r\n")
            }
            #expect(line.text.hasPrefix("HTTP/1.1 101 "))
            let head = line.bytes.count
            await line.say([0x81, 0x02] + Array("{}".utf8))
            // A close frame with 1002 in its first two bytes.
            let frame = try await line.all()[head...].prefix(4)
            #expect(frame.first == 0x88)
            #expect(Array(frame.suffix(2)) == [0x03, 0xEA])
            try await house.until("callbridge_net_faults_total{fault=\"websocket_1002\"}", is: 1)
            #expect(house.line("net.fault")?.field("REASON") == "websocket_1002")
        }
    }

    @Test func `connections cut in the middle of anything leave nothing behind`() async throws {
        try await LiveHouse.disturbed { house in
            let before = house.daemon.openConnections
            let half = "POST /api/twilio/voice HTTP/1.1\r\nContent-Length: 9\r\n\r\nCall"
            for beginning in ["", "GET", half] {
                let line = try await RawLine.open(to: house)
                await line.say(beginning)
                await line.hangUp()
            }
            try await house.until("they are gone") { house.daemon.openConnections <= before }
        }
    }
}
