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
        #expect(call.text.contains("<Say"))
        let full = try FrontHouse(callsMax: 0)
        #expect(await full.get("/readyz").status == 503)
    }
}
