import Testing
import Wire

@testable import ElevenLabs

struct AgentRequestTests {
    private static let key = SecretText("sk_test_key")

    private static func base() throws -> WebAddress {
        try WebAddress("https://api.elevenlabs.io")
    }

    private static func refusal(
        _ status: Int, _ body: String, _ fields: HTTPFields = [:]
    ) throws -> AgentRefusal {
        let response = HTTPResponse(status: status, fields: fields, body: Array(body.utf8))
        return try #require(throws: AgentRefusal.self) {
            try AgentRequest.signedURL(from: response, base: base())
        }
    }

    @Test func `a signed address is asked for with the key and the agent`() {
        let request = AgentRequest.signedURL(agent: "agent_test&1", key: Self.key)
        #expect(request.method == "GET")
        #expect(
            request.target == "/v1/convai/conversation/get-signed-url?agent_id=agent_test%261")
        #expect(request.fields["xi-api-key"] == "sk_test_key")
        #expect(request.body.isEmpty)
    }

    @Test func `a signed address is used whole and never printed`() throws {
        let text =
            "wss://api.elevenlabs.io/v1/convai/conversation?agent_id=agent_test1"
            + "&conversation_signature=cvtkn_x%2By"
        let response = HTTPResponse(
            status: 200, type: "application/json", text: #"{"signed_url":"\#(text)","new":1}"#)
        let signed = try AgentRequest.signedURL(from: response, base: Self.base())
        #expect(signed.address.text == text)
        var dumped = ""
        dump([signed], to: &dumped)
        #expect(!"\(signed)\([signed])\(dumped)".contains("cvtkn"))
    }

    @Test func `a conversation is encrypted where the service is`() throws {
        let body = #"{"signed_url":"ws://api.elevenlabs.io/v1/convai/conversation?x=y"}"#
        #expect(try Self.refusal(200, body).meaning == .unreadable)
        let response = HTTPResponse(status: 200, type: "application/json", text: body)
        let local = try WebAddress("http://127.0.0.1:8080")
        let signed = try AgentRequest.signedURL(from: response, base: local)
        #expect(!signed.address.isSecure)
    }

    @Test(arguments: [
        "", "{}", #"{"signed_url":null}"#, #"{"signed_url":"https://h.example/x"}"#,
        #"{"signed_url":"wss://"}"#, #"{"signed_url":7}"#, "<html></html>",
    ])
    func `an answer without an address is the service's fault`(_ body: String) throws {
        let refusal = try Self.refusal(200, body)
        #expect(refusal.meaning == .unreadable)
    }

    @Test(
        arguments: [
            (401, #"{"detail":{"status":"invalid_api_key","message":"no"}}"#, .unauthorized),
            (401, #"{"detail":{"status":"quota_exceeded","message":"no"}}"#, .quotaExceeded),
            (403, "", .unauthorized),
            (404, #"{"detail":{"status":"document_not_found","message":"no"}}"#, .notFound),
            (422, #"{"detail":[]}"#, .invalid), (400, #"{"detail":"no"}"#, .invalid),
            (429, #"{"detail":{"status":"too_many_concurrent_requests"}}"#, .tooMany),
            (408, "", .invalid), (409, "", .invalid),
            (500, "Internal Server Error", .unavailable), (503, "<html>", .unavailable),
            (302, "", .unreadable),
        ] as [(Int, String, AgentRefusal.Meaning)])
    func `a status and its word say what happened`(
        _ status: Int, _ body: String, _ meaning: AgentRefusal.Meaning
    ) throws {
        let refusal = try Self.refusal(status, body)
        #expect(refusal.meaning == meaning)
        #expect(refusal.status == status)
    }

    @Test func `a detail is an object, a list or a text`() throws {
        let object = try Self.refusal(
            404, #"{"detail":{"status":"document_not_found","message":"No agent."}}"#)
        #expect(object.word == "document_not_found")
        #expect(object.message == "No agent.")
        let newer = try Self.refusal(
            400, #"{"detail":{"type":"validation","code":"bad","message":"m","request_id":"r"}}"#)
        #expect(newer.word == "bad")
        let list = try Self.refusal(
            422,
            #"{"detail":[{"loc":["query","agent_id"],"msg":"Field required","type":"missing"}]}"#)
        #expect(list.word == "missing")
        #expect(list.message == "query.agent_id: Field required")
        let text = try Self.refusal(400, #"{"detail":"Not so."}"#)
        #expect(text.message == "Not so.")
        #expect(try Self.refusal(500, #"{"message":"m"}"#).message == "m")
        #expect(
            try Self.refusal(500, #"{"detail":"\#(String(repeating: "x", count: 900))"}"#)
                .message.count == AgentRefusal.messageCharactersMax)
    }

    @Test func `a refusal is told as it was given`() throws {
        let body = #"{"detail":{"status":"document_not_found","message":"No agent."}}"#
        #expect("\(try Self.refusal(404, body))" == "answered 404, document_not_found: No agent.")
        #expect("\(try Self.refusal(503, "<html>"))" == "answered 503")
    }

    @Test func `a call is registered and its TwiML passed on`() throws {
        let request = AgentRequest.registerCall(
            agent: "agent_test1", from: "+15550100001", to: "+15550100002",
            setup: AgentSetup(userID: "patient-5", version: "1"), key: Self.key)
        #expect(request.method == "POST")
        #expect(request.target == "/v1/convai/twilio/register-call")
        let json = try JSON(parsing: request.body)
        #expect(json["agent_id"] == "agent_test1")
        #expect(json["from_number"] == "+15550100001")
        #expect(json["to_number"] == "+15550100002")
        #expect(json["direction"] == "inbound")
        #expect(json["conversation_initiation_client_data"]?["user_id"] == "patient-5")
        let twiML = #"<?xml version="1.0"?><Response><Connect/></Response>"#
        let plain = HTTPResponse(status: 200, type: "application/xml", text: twiML)
        #expect(try AgentRequest.twiML(from: plain) == twiML)
        let wrapped = HTTPResponse(
            status: 200, type: "application/json", text: JSON.string(twiML).serialized)
        #expect(try AgentRequest.twiML(from: wrapped) == twiML)
        #expect(throws: AgentRefusal.self) {
            try AgentRequest.twiML(from: HTTPResponse(status: 200, body: Array("{}".utf8)))
        }
        #expect(throws: AgentRefusal.self) {
            try AgentRequest.twiML(from: HTTPResponse(status: 404, body: Array(twiML.utf8)))
        }
    }

    @Test func `a record that was not reported can be fetched`() throws {
        let request = AgentRequest.conversation("conv_1/x", key: Self.key)
        #expect(request.target == "/v1/convai/conversations/conv_1%2Fx")
        let response = HTTPResponse(
            status: 200, type: "application/json", text: #"{"status":"processing"}"#)
        #expect(try AgentRequest.record(from: response).status == "processing")
        #expect(throws: AgentRefusal.self) {
            try AgentRequest.record(from: HTTPResponse(status: 200, body: Array("[]".utf8)))
        }
    }

    @Test func `an agent's settings tell its formats and events`() throws {
        let text = """
            {"agent_id":"agent_test1","name":"Reception","conversation_config":{\
            "asr":{"user_input_audio_format":"ulaw_8000"},\
            "tts":{"agent_output_audio_format":"pcm_16000"},\
            "conversation":{"client_events":["audio","ping"]}},\
            "platform_settings":{"auth":{"enable_auth":true}}}
            """
        let settings = try AgentRequest.settings(
            from: HTTPResponse(status: 200, type: "application/json", text: text))
        #expect(settings.name == "Reception")
        #expect(settings.callerFormat == "ulaw_8000")
        #expect(settings.agentFormat == "pcm_16000")
        #expect(settings.events == ["audio", "ping"])
        #expect(settings.isPrivate)
        let bare = try AgentRequest.settings(
            from: HTTPResponse(status: 200, body: Array("{}".utf8)))
        #expect(bare.callerFormat == AgentMetadata.defaultFormat)
        #expect(bare.events == nil)
        #expect(!bare.isPrivate)
    }
}
