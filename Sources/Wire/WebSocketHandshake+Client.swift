/// Why an answer to our handshake does not open a WebSocket.
package enum WebSocketRefusal: Error, Sendable, Equatable {
    /// The server answered with another status than 101.
    case status(Int)
    /// The server answered 101 and broke section 4.1; the text says which rule.
    case broken(String)
}

extension WebSocketHandshake {
    /// A key for `request`, of 16 bytes that must be random and new for every connection.
    package static func key(nonce: [UInt8]) -> String {
        precondition(nonce.count == nonceBytes, "a nonce has 16 bytes")
        return Base64.text(nonce)
    }

    /// The request that asks for a WebSocket (section 4.1). `authority` is the host with a port
    /// that is not the scheme's own. The handshake's fields win over those given.
    package static func request(
        authority: String, target: String, key: String, fields: HTTPFields = [:],
        subprotocols: [String] = []
    ) -> HTTPRequest {
        var all: HTTPFields = [
            "Host": authority, "Upgrade": "websocket", "Connection": "Upgrade",
            "Sec-WebSocket-Key": key, "Sec-WebSocket-Version": version,
        ]
        if !subprotocols.isEmpty {
            all["Sec-WebSocket-Protocol"] = subprotocols.joined(separator: ", ")
        }
        let ours = all
        for field in fields.all where !isOurs(field.name, ours) {
            all.append(field.name, field.value)
        }
        return HTTPRequest(method: "GET", target: target, fields: all)
    }

    /// A field that is set here, or one that would ask for what the machine cannot read.
    private static func isOurs(_ name: String, _ ours: HTTPFields) -> Bool {
        ours[name] != nil || HTTPFields.same(name, "Sec-WebSocket-Extensions")
            || HTTPFields.same(name, "Sec-WebSocket-Protocol")
    }

    /// Judges the answer by section 4.1 and returns the subprotocol the server chose.
    package static func checkResponse(
        _ response: HTTPResponse, key: String, subprotocols: [String] = []
    ) throws(WebSocketRefusal) -> String? {
        let fields = response.fields
        guard response.status == 101 else { throw .status(response.status) }
        guard tokens("Upgrade", in: fields).count == 1, isAgreed(fields) else {
            throw .broken("the answer does not upgrade to a WebSocket")
        }
        guard fields.values("Sec-WebSocket-Accept") == [accept(key: key)] else {
            throw .broken("Sec-WebSocket-Accept does not answer our key")
        }
        guard tokens("Sec-WebSocket-Extensions", in: fields).isEmpty else {
            throw .broken("the server granted an extension that was not asked for")
        }
        let chosen = fields.values("Sec-WebSocket-Protocol")
        guard let first = chosen.first else { return nil }
        guard chosen.count == 1, subprotocols.contains(first) else {
            throw .broken("the server chose a subprotocol that was not asked for")
        }
        return first
    }

    private static func isAgreed(_ fields: HTTPFields) -> Bool {
        lists("websocket", under: "Upgrade", in: fields)
            && lists("upgrade", under: "Connection", in: fields)
    }
}
