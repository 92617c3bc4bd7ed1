package import Wire

/// Requests to the service's REST interface, to be sent to the configured base, and their
/// answers (API reference, "conversational AI"). Keys and agents do not cross regions.
package enum AgentRequest {
    /// Which way a registered call goes.
    package enum Direction: String, Sendable { case inbound, outbound }

    /// Asks for the address of one conversation's socket, which opens one within 15 min; the
    /// conversation may outlast them.
    package static func signedURL(agent: String, key: SecretText) -> HTTPRequest {
        get("/v1/convai/conversation/get-signed-url?agent_id=\(PercentCoding.encoded(agent))", key)
    }

    /// Reads that address, which is used whole: nothing is appended to it. Where `base`, of which
    /// it was asked, has TLS, the conversation must have it too.
    package static func signedURL(
        from response: HTTPResponse, base: WebAddress
    ) throws(AgentRefusal) -> SignedURL {
        let json = try body(of: response)
        guard let text = json?["signed_url"]?.text, let address = try? WebAddress(text),
            address.scheme == "wss" || address.scheme == "ws"
        else { throw AgentRefusal(unreadable: response, "the answer bears no signed address") }
        guard address.isSecure || !base.isSecure else {
            throw AgentRefusal(unreadable: response, "the signed address is not encrypted")
        }
        return SignedURL(address)
    }

    /// Hands a ringing call over: the answer is TwiML that joins it to the agent directly, without
    /// this daemon. The agent must speak mu-law both ways.
    package static func registerCall(
        agent: String, from: String, to: String, direction: Direction = .inbound,
        setup: AgentSetup? = nil, key: SecretText
    ) -> HTTPRequest {
        var members: [JSON.Member] = [
            .init("agent_id", .string(agent)), .init("from_number", .string(from)),
            .init("to_number", .string(to)), .init("direction", .string(direction.rawValue)),
        ]
        if let setup { members.append(.init("conversation_initiation_client_data", setup.json)) }
        return HTTPRequest(
            method: "POST", target: "/v1/convai/twilio/register-call",
            fields: [
                "xi-api-key": key.revealed, "Content-Type": "application/json",
                "Accept": "application/xml, text/xml, */*",
            ], body: JSON.object(members).bytes)
    }

    /// Reads the TwiML, to be passed on to Twilio unchanged; some versions wrap it in a string
    /// of JSON.
    package static func twiML(from response: HTTPResponse) throws(AgentRefusal) -> String {
        let json = try body(of: response)
        let text = json?.text ?? String(decoding: response.body, as: UTF8.self)
        guard text.contains("<Response") else {
            throw AgentRefusal(unreadable: response, "the answer is no TwiML")
        }
        return text
    }

    /// Asks for the record of a conversation whose report did not come.
    package static func conversation(_ conversationID: String, key: SecretText) -> HTTPRequest {
        get("/v1/convai/conversations/\(PercentCoding.encoded(conversationID))", key)
    }

    /// Reads that record.
    package static func record(from response: HTTPResponse) throws(AgentRefusal) -> AgentRecord {
        guard let json = try body(of: response), json.members != nil else {
            throw AgentRefusal(unreadable: response, "the answer is no record")
        }
        return AgentRecord(json)
    }

    /// Asks for an agent's settings, among them its audio formats.
    package static func agent(_ agent: String, key: SecretText) -> HTTPRequest {
        get("/v1/convai/agents/\(PercentCoding.encoded(agent))", key)
    }

    /// Reads those settings.
    package static func settings(
        from response: HTTPResponse
    ) throws(AgentRefusal) -> AgentSettings {
        guard let json = try body(of: response), json.members != nil else {
            throw AgentRefusal(unreadable: response, "the answer is no agent")
        }
        return AgentSettings(json)
    }

    private static func get(_ target: String, _ key: SecretText) -> HTTPRequest {
        HTTPRequest(
            method: "GET", target: target,
            fields: ["xi-api-key": key.revealed, "Accept": "application/json"])
    }

    /// The body of a success as JSON, nil when it is none; anything but a success is thrown.
    private static func body(of response: HTTPResponse) throws(AgentRefusal) -> JSON? {
        let json = try? JSON(parsing: response.body)
        guard (200..<300).contains(response.status) else { throw AgentRefusal(response, json) }
        return json
    }
}

/// A conversation's address with the signature that opens it: a credential, printed as a mark.
package struct SignedURL: Sendable, Equatable {
    /// The address as the service gave it.
    package let address: WebAddress

    init(_ address: WebAddress) { self.address = address }
}

extension SignedURL: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "(signed address)" }
    package var debugDescription: String { "(signed address)" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
