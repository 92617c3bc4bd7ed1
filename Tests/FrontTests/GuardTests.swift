import Instruments
import Testing
import Twilio
import Wire

@testable import Front

@Suite struct GuardTests {
    @Test func `idle conversations have exactly this shape`() async throws {
        let house = try FrontHouse()
        let response = await house.get("/api/twilio/conversations")
        #expect(response.status == 200)
        #expect(response.text == #"{"active": 0, "conversations": []}"# + "\n")
    }

    @Test func `a living call is listed with masked numbers`() async throws {
        let house = try FrontHouse()
        _ = await house.post("/api/twilio/voice", FrontHouse.voice)
        let response = await house.get("/api/twilio/conversations")
        #expect(response.json?["active"] == 1)
        let call = try #require(response.json?["conversations"]?.elements?.first)
        let expected = [
            "call_sid", "stream_sid", "conversation_id", "session_id", "agent", "direction", "from",
            "to", "status", "started_at", "duration_seconds", "caller_format", "agent_format",
            "turns", "last_event_at", "quality",
        ]
        #expect(call.members?.map(\.name) == expected)
        #expect(call["from"] == "+1***01")
        #expect(call["status"] == "ringing")
        #expect(!response.text.contains("5550100001"))
    }

    @Test func `conversations want this machine or a key`() async throws {
        let house = try FrontHouse()
        let path = "/api/twilio/conversations"
        #expect(await house.get(path, peer: "192.0.2.7").status == 401)
        #expect(await house.get(path, fields: ["X-Forwarded-For": "192.0.2.7"]).status == 401)
        let wrong: HTTPFields = ["X-API-Key": "key_test_3"]
        #expect(await house.get(path, peer: "192.0.2.7", fields: wrong).status == 403)
        for key in ["key_test_1", "key_test_2"] {
            let right: HTTPFields = ["X-API-Key": key]
            #expect(await house.get(path, peer: "192.0.2.7", fields: right).status == 200)
        }
    }

    @Test func `without a token only this machine may post unsigned`() async throws {
        let house = try FrontHouse(tokens: [])
        let path = "/api/twilio/voice"
        let form = FrontHouse.voice
        #expect(
            await house.post(path, form, signedWith: nil, peer: "192.0.2.7").status == 403)
        let proxied: HTTPFields = ["X-Forwarded-For": "192.0.2.7"]
        #expect(
            await house.post(path, form, signedWith: nil, peer: "127.0.0.1", fields: proxied)
                .status == 403)
        #expect(
            await house.post(path, form, signedWith: nil, peer: "127.0.0.1").status == 200)
    }

    private static let conversations = "/api/twilio/conversations"

    @Test(arguments: ["localhost", "LOCALHOST:3000", "127.0.0.1", "127.8.9.10:3000", "[::1]:80"])
    func `a request that names this machine needs no key`(_ host: String) async throws {
        let house = try FrontHouse()
        for peer in ["127.0.0.1", "::1", "::ffff:127.0.0.1"] {
            let response = await house.get(
                Self.conversations, peer: peer, fields: ["Host": host])
            #expect(response.status == 200, "\(peer)")
        }
    }

    @Test(arguments: [
        "callbridge.test", "callbridge.test:443", "rebound.example", "127.rebound.example",
        "localhost.rebound.example", "192.0.2.7", "127.0.0.1@rebound.example", "127.1", "",
    ])
    func `a request that names another host needs a key`(_ host: String) async throws {
        for keys in [[], [SecretText("key_test_1")]] {
            let house = try FrontHouse(apiKeys: keys)
            let fields: HTTPFields = ["Host": host]
            #expect(await house.get(Self.conversations, fields: fields).status == 401)
        }
        let unsigned = await (try FrontHouse(tokens: [])).post(
            "/api/twilio/voice", FrontHouse.voice, signedWith: nil, peer: "127.0.0.1",
            fields: ["Host": host])
        #expect(unsigned.status == 403)
    }

    @Test(arguments: ["X-Forwarded-For", "Forwarded", "X-Real-IP", "via"])
    func `a proxy's request needs a key, whatever host it names`(_ name: String) async throws {
        let house = try FrontHouse()
        for peer in ["127.0.0.1", "unix"] {
            let response = await house.get(
                Self.conversations, peer: peer, fields: ["Host": "localhost", name: "127.0.0.1"])
            #expect(response.status == 401, "\(peer)")
        }
    }

    @Test func `two hosts are none`() async throws {
        var fields: HTTPFields = ["Host": "localhost"]
        fields.append("Host", "localhost")
        #expect(await (try FrontHouse()).get(Self.conversations, fields: fields).status == 401)
    }

    @Test(arguments: [
        ("http://localhost:3000", 200), ("http://127.0.0.1", 200),
        ("https://callbridge.test", 401), ("http://rebound.example", 401), ("null", 401),
    ])
    func `a page of another place needs a key`(_ origin: String, _ status: Int) async throws {
        let house = try FrontHouse()
        let fields: HTTPFields = ["Host": "localhost", "Origin": origin]
        #expect(await house.get(Self.conversations, fields: fields).status == status)
    }

    @Test(arguments: [("localhost", 200), ("anything", 200), ("callbridge.test", 401)])
    func `a socket of this machine's own is it, unless there are keys or the public host is named`(
        _ host: String, _ status: Int
    ) async throws {
        let fields: HTTPFields = ["Host": host]
        let open = try FrontHouse(apiKeys: [])
        #expect(
            await open.get(Self.conversations, peer: "unix", fields: fields).status == status)
        let keyed = try FrontHouse()
        #expect(await keyed.get(Self.conversations, peer: "unix", fields: fields).status == 401)
    }

    @Test func `in development the public host is this machine too`() async throws {
        let house = try FrontHouse(publicURL: "https://localhost")
        let fields: HTTPFields = ["Host": "localhost"]
        #expect(await house.get(Self.conversations, fields: fields).status == 200)
    }

    @Test func `the stream's upgrade is signed as a socket's address`() async throws {
        let house = try FrontHouse()
        for (url, status) in [
            ("wss://callbridge.test/api/twilio/stream", 101),
            ("wss://callbridge.test/api/twilio/stream/", 101),
            ("https://callbridge.test/api/twilio/stream", 403),
        ] {
            let signature = TwilioSignature.make(url: url, key: FrontHouse.token)
            let response = await house.get(
                "/api/twilio/stream", peer: "192.0.2.7",
                fields: [TwilioSignature.headerName: signature])
            #expect(response.status == status, "\(url)")
        }
    }

    @Test func `unknown paths and methods say what there is instead`() async throws {
        let house = try FrontHouse()
        #expect(await house.get("/nowhere").status == 404)
        let wrong = await house.get("/api/twilio/voice")
        #expect(wrong.status == 405)
        #expect(wrong.fields["Allow"] == "POST")
    }

    @Test func `a stranger cannot fill the log, and everything is counted`() async throws {
        let board = MetricBoard()
        let house = try FrontHouse(board: board)
        for number in 0..<50 {
            _ = await house.get("/nowhere/\(number)", peer: "192.0.2.7")
            _ = await house.get("/api/twilio/voice", peer: "192.0.2.7")
            _ = await house.get(Self.conversations, peer: "192.0.2.7")
            _ = await house.post("/api/twilio/voice", FrontHouse.voice, signedWith: nil)
        }
        let lines = house.sink.lines(of: "http.problem")
        #expect(lines.filter { $0.level > .debug }.count == 4)
        // All of them are there for whoever looks closely.
        #expect(lines.count == 200)
        for (route, status) in [
            ("unknown", 404), ("unknown", 405), (Self.conversations, 401),
            ("/api/twilio/voice", 403),
        ] {
            let series = #"{route="\#(route)",status="\#(status)"} 50"#
            #expect(board.render().contains("callbridge_http_problems_total\(series)"))
        }
    }

    @Test func `a webhook that cannot be read is always said`() async throws {
        let house = try FrontHouse()
        let malformed = FrontHouse.voice.with("To", nil)
        for _ in 0..<3 { _ = await house.post("/api/twilio/voice", malformed) }
        #expect(house.sink.lines(of: "http.problem").count == 3)
    }

    @Test func `a problem is told in sentences`() async throws {
        let house = try FrontHouse()
        let path = "/api/twilio/voice"
        let absent = await house.post(path, FrontHouse.voice.with("To", nil))
        #expect(absent.json?["detail"] == "the parameter To is missing")
        let broken = await house.post(path, FrontHouse.voice.with("CallSid", "CA1"))
        #expect(broken.json?["detail"] == "the parameter CallSid is not what it must be")
        let forged = await house.post(path, FrontHouse.voice, signedWith: SecretText("another"))
        let said =
            "X-Twilio-Signature does not vouch for this: "
            + "no key known here makes it for this address and form"
        #expect(forged.json?["detail"] == .string(said))
    }

    @Test(arguments: ["/health", "/api/health", "/healthz"])
    func `health tells version, calls and uptime`(_ path: String) async throws {
        let house = try FrontHouse()
        let response = await house.get(path, peer: "192.0.2.7")
        #expect(response.status == 200)
        #expect(
            response.json?.members?.map(\.name) == [
                "status", "version", "active", "uptime_seconds",
            ])
        #expect(response.json?["status"] == "ok")
    }

    @Test func `ready means that a call would be taken`() async throws {
        let house = try FrontHouse()
        #expect(await house.get("/readyz").status == 200)
        #expect(await house.get("/livez").status == 200)
        await house.registry.drain()
        let draining = await house.get("/readyz")
        #expect(draining.status == 503)
        #expect(draining.json?["reason"] == "draining")
        let call = await house.post("/api/twilio/voice", FrontHouse.voice)
        #expect(call.text.contains("/audio/busy/"))
        let full = try FrontHouse(callsMax: 0)
        #expect(await full.get("/readyz").status == 503)
    }
}
