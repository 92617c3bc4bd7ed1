import Testing

@testable import Wire

@Suite struct WebSocketHandshakeTests {
    /// The key of RFC 6455 section 1.3.
    private let key = "dGhlIHNhbXBsZSBub25jZQ=="

    private func request(
        _ change: (inout HTTPRequest) -> Void = { _ in }
    ) -> HTTPRequest {
        var request = HTTPRequest(
            method: "GET", target: "/media",
            fields: [
                "Host": "192.0.2.1:3000", "Upgrade": "websocket", "Connection": "Upgrade",
                "Sec-WebSocket-Key": key, "Sec-WebSocket-Version": "13",
            ])
        change(&request)
        return request
    }

    private func check(_ request: HTTPRequest, minorVersion: Int = 1) -> Int {
        switch WebSocketHandshake.check(request, minorVersion: minorVersion) {
        case .offer: 101
        case .refuse(let response): response.status
        }
    }

    private func granted(_ request: HTTPRequest) -> WebSocketOffer? {
        guard case .offer(let offer) = WebSocketHandshake.check(request, minorVersion: 1) else {
            return nil
        }
        return offer
    }

    @Test func `the example of RFC 6455 section 1_3 is answered`() {
        #expect(WebSocketHandshake.accept(key: key) == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
        #expect(WebSocketHandshake.key(nonce: Array("the sample nonce".utf8)) == key)
    }

    @Test func `a valid request is granted`() throws {
        let response = try #require(granted(request())).response()
        #expect(response.status == 101)
        #expect(response.fields["Upgrade"] == "websocket")
        #expect(response.fields["Connection"] == "Upgrade")
        #expect(response.fields["Sec-WebSocket-Accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
        #expect(response.fields["Sec-WebSocket-Protocol"] == nil)
        #expect(response.fields["Sec-WebSocket-Extensions"] == nil)
    }

    @Test(arguments: [
        ("Connection", "keep-alive, Upgrade"), ("Connection", "UPGRADE"),
        ("Connection", " keep-alive ,\tupgrade ,"), ("Upgrade", "WebSocket"),
        ("Upgrade", "h2c, websocket"), ("Origin", "http://192.0.2.9"),
        ("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits"),
        ("Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA=="),
        ("Sec-WebSocket-Key", "+/+/+/+/+/+/+/+/+/+/+w=="),
    ])
    func `variations that the RFC allows are granted`(_ name: String, _ value: String) throws {
        let offer = try #require(granted(request { $0.fields[name] = value }))
        #expect(offer.response().fields["Sec-WebSocket-Extensions"] == nil)
    }

    @Test(
        arguments: [
            ("Upgrade", nil, 426), ("Upgrade", "h2c", 426), ("Upgrade", "websocket2", 426),
            ("Upgrade", "web socket", 426), ("Connection", nil, 400), ("Connection", "close", 400),
            ("Connection", "xupgrade", 400), ("Host", nil, 400),
            ("Sec-WebSocket-Version", nil, 426), ("Sec-WebSocket-Version", "8", 426),
            ("Sec-WebSocket-Version", "130", 426), ("Sec-WebSocket-Version", "13, 8", 426),
            ("Sec-WebSocket-Key", nil, 400), ("Sec-WebSocket-Key", "", 400),
            ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=", 400),
            ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ===", 400),
            ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZSE=", 400),
            ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25j!Q==", 400),
            ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jé==", 400),
            ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25=ZQ==", 400),
        ] as [(String, String?, Int)])
    func `a request that breaks a rule is refused`(_ name: String, _ value: String?, _ status: Int)
    {
        #expect(check(request { $0.fields[name] = value }) == status)
    }

    @Test func `fields that may stand once are refused twice`() {
        #expect(check(request { $0.fields.append("Sec-WebSocket-Key", key) }) == 400)
        #expect(check(request { $0.fields.append("Sec-WebSocket-Version", "13") }) == 426)
        #expect(check(request { $0.fields.append("Host", "192.0.2.2") }) == 400)
        #expect(check(request { $0.fields.append("Connection", "keep-alive") }) == 101)
    }

    @Test func `only GET and HTTP 1_1 open a socket`() {
        #expect(check(request { $0.method = "POST" }) == 400)
        #expect(check(request { $0.method = "get" }) == 400)
        #expect(check(request { $0.body = [1] }) == 400)
        #expect(check(request(), minorVersion: 0) == 400)
    }

    @Test func `a refusal for the version names the right one`() {
        let old = request { $0.fields["Sec-WebSocket-Version"] = "7" }
        guard case .refuse(let response) = WebSocketHandshake.check(old, minorVersion: 1) else {
            Issue.record("version 7 was granted")
            return
        }
        #expect(response.status == 426)
        #expect(response.fields["Sec-WebSocket-Version"] == "13")
        #expect(response.fields["Upgrade"] == "websocket")
        #expect(response.fields["Connection"] == "Upgrade")
    }

    @Test func `a subprotocol is chosen only when it was asked for`() throws {
        let asking = request {
            $0.fields["Sec-WebSocket-Protocol"] = "convai, audio.v1"
            $0.fields.append("Sec-WebSocket-Protocol", "last")
        }
        let offer = try #require(granted(asking))
        #expect(offer.subprotocols == ["convai", "audio.v1", "last"])
        let name = "Sec-WebSocket-Protocol"
        #expect(offer.response(subprotocol: "audio.v1").fields[name] == "audio.v1")
        #expect(offer.response(subprotocol: "Convai").fields[name] == nil)
        #expect(offer.response(subprotocol: "other").fields[name] == nil)
        #expect(offer.response().fields[name] == nil)
    }

    @Test func `what the client asks the server grants`() throws {
        let asked = WebSocketHandshake.request(
            authority: "[::1]:8443", target: "/v1?agent_id=agent_test", key: key,
            fields: [
                "xi-api-key": "k", "host": "evil", "Sec-WebSocket-Extensions": "x",
                "sec-websocket-protocol": "y",
            ], subprotocols: ["convai", "b"])
        #expect(asked.fields.values("Host") == ["[::1]:8443"])
        #expect(asked.fields["Sec-WebSocket-Extensions"] == nil)
        #expect(asked.fields.values("Sec-WebSocket-Protocol") == ["convai, b"])
        #expect(asked.fields["xi-api-key"] == "k")
        #expect(asked.target == "/v1?agent_id=agent_test")
        let offer = try #require(granted(asked))
        let plain = try WebSocketHandshake.checkResponse(offer.response(), key: key)
        #expect(plain == nil)
        let chosen = try WebSocketHandshake.checkResponse(
            offer.response(subprotocol: "b"), key: key, subprotocols: ["convai", "b"])
        #expect(chosen == "b")
    }

    @Test func `an answer that refuses is told with its status`() {
        for status in [200, 302, 401, 403, 426, 500] {
            #expect(throws: WebSocketRefusal.status(status)) {
                try WebSocketHandshake.checkResponse(HTTPResponse(status: status), key: key)
            }
        }
    }

    @Test(
        arguments: [
            ("Upgrade", nil), ("Upgrade", "h2c"), ("Upgrade", "websocket, h2c"),
            ("Connection", nil),
            ("Connection", "close"), ("Sec-WebSocket-Accept", nil),
            ("Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOp="), ("Sec-WebSocket-Accept", ""),
            ("Sec-WebSocket-Extensions", "permessage-deflate"), ("Sec-WebSocket-Protocol", "z"),
            ("Sec-WebSocket-Protocol", "a, b"), ("Sec-WebSocket-Protocol", ""),
        ] as [(String, String?)])
    func `an answer that breaks a rule opens nothing`(_ name: String, _ value: String?) throws {
        var response = try #require(granted(request())).response()
        response.fields[name] = value
        #expect(throws: WebSocketRefusal.self) {
            try WebSocketHandshake.checkResponse(response, key: key, subprotocols: ["a", "b"])
        }
    }
}
