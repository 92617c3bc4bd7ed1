/// The opening handshake (RFC 6455 section 4): an HTTP/1.1 request that asks to become a
/// WebSocket, and the answer 101 that grants it.
///
///     client: request(…) ──► server: check(…) ── offer.response(…) ──► client: checkResponse(…)
///                                          └──── refusal (400, 426)
///
/// Extensions are never asked for and never granted, so frames carry no reserved bits. The
/// client's half is in WebSocketHandshake+Client.swift.
package enum WebSocketHandshake {
    /// The only version there is (section 11.6).
    static let version = "13"
    /// The constant that every server appends to the key (section 1.3).
    private static let acceptSuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
    /// Sixteen bytes in base64: 22 characters and two of padding (section 4.1).
    static let keyCharacters = 24
    static let nonceBytes = 16

    /// The `Sec-WebSocket-Accept` that answers a key (section 4.2.2): base64 of its SHA-1.
    package static func accept(key: String) -> String {
        Base64.text(Digest(.sha1, of: key + acceptSuffix).bytes)
    }

    /// The members of a field that lists tokens, over all its lines (RFC 9110 section 5.6.1).
    static func tokens(_ name: String, in fields: HTTPFields) -> [String] {
        fields.values(name).flatMap { value in
            value.utf8.split(separator: UInt8(ascii: ",")).compactMap { member in
                let token = member.trimmingPrefix { $0 == 0x20 || $0 == 0x09 }
                let end = token.lastIndex { $0 != 0x20 && $0 != 0x09 }
                return end.flatMap { String(token[...$0]) }
            }
        }
    }

    /// Whether such a list names the token, in any case of letters.
    static func lists(_ token: String, under name: String, in fields: HTTPFields) -> Bool {
        tokens(name, in: fields).contains { HTTPFields.same($0, token) }
    }
}

/// A client's valid wish for a WebSocket.
package struct WebSocketOffer: Sendable, Equatable {
    /// The client's `Sec-WebSocket-Key`.
    package let key: String
    /// The subprotocols it speaks, dearest first.
    package let subprotocols: [String]

    /// The answer that grants it: 101, with the subprotocol when the client asked for it.
    package func response(subprotocol: String? = nil) -> HTTPResponse {
        var fields: HTTPFields = [
            "Upgrade": "websocket", "Connection": "Upgrade",
            "Sec-WebSocket-Accept": WebSocketHandshake.accept(key: key),
        ]
        if let subprotocol, subprotocols.contains(subprotocol) {
            fields["Sec-WebSocket-Protocol"] = subprotocol
        }
        return HTTPResponse(status: 101, fields: fields)
    }
}

extension WebSocketHandshake {
    /// What a server makes of a request.
    package enum Check: Sendable, Equatable {
        /// A valid handshake; answer with `offer.response`.
        case offer(WebSocketOffer)
        /// None; the whole answer is here: 426 for a request that should have asked to upgrade or
        /// named version 13, 400 for one that asked wrongly.
        case refuse(HTTPResponse)
    }

    /// Whether a request asks for a WebSocket, validly or not.
    package static func isAsked(_ request: HTTPRequest) -> Bool {
        lists("websocket", under: "Upgrade", in: request.fields)
    }

    /// Judges a request by section 4.2.1; `minorVersion` is the 1 of HTTP/1.1.
    package static func check(_ request: HTTPRequest, minorVersion: Int) -> Check {
        let fields = request.fields
        guard isAsked(request) else { return .refuse(upgradeRequired("This is a WebSocket.")) }
        guard request.method == "GET", minorVersion >= 1 else {
            return malformed("A WebSocket is asked for with GET and HTTP/1.1.")
        }
        guard lists("upgrade", under: "Connection", in: fields) else {
            return malformed("Connection does not name the upgrade.")
        }
        guard fields.values("Host").count == 1 else { return malformed("Host is not given once.") }
        guard request.body.isEmpty else { return malformed("The handshake has a body.") }
        guard fields.values("Sec-WebSocket-Version") == [version] else {
            return .refuse(upgradeRequired("Sec-WebSocket-Version is 13 here."))
        }
        let keys = fields.values("Sec-WebSocket-Key")
        guard keys.count == 1, isKey(keys[0]) else {
            return malformed("Sec-WebSocket-Key is not one key of 16 bytes in base64.")
        }
        return .offer(
            WebSocketOffer(
                key: keys[0], subprotocols: tokens("Sec-WebSocket-Protocol", in: fields)))
    }

    /// Whether a text is base64 of 16 bytes. The four bits that its last letter has to spare may
    /// be anything: section 4.2.2 takes the key as text and never decodes it.
    static func isKey(_ text: String) -> Bool {
        guard text.utf8.count == keyCharacters, text.hasSuffix("==") else { return false }
        return text.utf8.dropLast(2).allSatisfy {
            switch $0 {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"):
                true
            default: false
            }
        }
    }

    private static func malformed(_ text: String) -> Check {
        .refuse(.problem(status: 400, detail: text))
    }

    /// 426 names what to upgrade to (RFC 9110 section 15.5.22) and the version (section 4.4).
    private static func upgradeRequired(_ text: String) -> HTTPResponse {
        .problem(
            status: 426, detail: text,
            fields: [
                "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": version,
            ])
    }
}
