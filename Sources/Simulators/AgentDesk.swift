import Instruments
import Net
import Wire

/// Answers what a bridge, an SDK or a widget asks the service for.
struct AgentDesk: HTTPHandler {
    let house: AgentHouse
    let isSecure: Bool

    private var options: AgentOptions { house.options }

    func bodyLimit(_ request: HTTPRequest) -> Int { 1 << 20 }

    func answer(_ request: HTTPRequest, on loop: any Loop) async -> HTTPAnswer {
        let path = request.path.split(separator: "/").map(String.init)
        guard path.prefix(2) == ["v1", "convai"] else { return .respond(.missing("Not Found")) }
        let rest = Array(path.dropFirst(2))
        if rest == ["conversation"] { return await upgrade(request, on: loop) }
        if let refusal = refusal(of: request, rest) { return .respond(refusal) }
        switch options.restFault {
        case .tooMany:
            return .respond(
                .detail(429, "too_many_concurrent_requests", "Too many concurrent requests"))
        case .broken: return .respond(HTTPResponse(status: 500, type: "text/plain", text: "oops"))
        case .slow(let delay): await loop.pause(for: delay)
        case nil: break
        }
        return .respond(route(request, rest))
    }

    /// Widget and feedback are for browsers, which have no key.
    private func refusal(of request: HTTPRequest, _ path: [String]) -> HTTPResponse? {
        guard let key = options.apiKey, path.last != "widget", path.last != "feedback" else {
            return nil
        }
        guard let claim = request.fields["xi-api-key"] else {
            return .detail(401, "needs_authorization", "Neither authorization header nor key")
        }
        return Secret.same(key.revealed, claim)
            ? nil : .detail(401, "invalid_api_key", "Invalid API key")
    }

    private func route(_ request: HTTPRequest, _ path: [String]) -> HTTPResponse {
        let query = (try? Form(queryOf: request)) ?? Form()
        switch (request.method, path.first ?? "", path.count) {
        case ("GET", "conversation", 2): return conversationAccess(path[1], query, request)
        case ("POST", "twilio", 2): return registerCall(path[1], request)
        case ("GET", "agents", 1):
            let ids = options.agentIDs.isEmpty ? ["agent_test_clinic"] : options.agentIDs
            return .json([
                "agents": .array(ids.map { AgentCard.summary($0) }), "next_cursor": nil,
                "has_more": false,
            ])
        case ("GET", "agents", 2...3): return agent(path)
        case (_, "conversations", _): return conversations(request, path)
        case ("GET", "tools", 1): return .json(["tools": []])
        case ("POST", "tools", 1):
            return .json(["id": "tool_test_1", "tool_config": [:], "access_info": [:]])
        case (_, "tools", 2): return .missing("Tool not found")
        default: return .missing("Not Found")
        }
    }

    private func conversationAccess(
        _ what: String, _ query: Form, _ request: HTTPRequest
    ) -> HTTPResponse {
        guard ["get-signed-url", "get_signed_url", "token"].contains(what) else {
            return .missing("Not Found")
        }
        guard let agentID = query["agent_id"], !agentID.isEmpty else {
            return .unprocessable("query", "agent_id")
        }
        guard options.knows(agentID) else { return .missing("Agent \(agentID) not found") }
        if what == "token" {
            return .json([
                "token": .string("simulated.\(house.mint(for: agentID)).token"),
                "conversation_id": .string(house.newConversationID()),
            ])
        }
        let id = PercentCoding.encoded(agentID)
        let signature = house.mint(for: agentID)
        let path = "/v1/convai/conversation?agent_id=\(id)&conversation_signature=\(signature)"
        return .json(["signed_url": .string(socketOrigin(request) + path)])
    }

    /// Our own origin as the client knows it.
    private func socketOrigin(_ request: HTTPRequest) -> String {
        "\(isSecure ? "wss" : "ws")://\(request.fields["Host"] ?? "localhost")"
    }

    private func registerCall(_ what: String, _ request: HTTPRequest) -> HTTPResponse {
        guard what == "register-call" else { return .missing("Not Found") }
        guard let body = try? JSON(parsing: request.body) else {
            return .unprocessable("body", "body")
        }
        for field in ["agent_id", "from_number", "to_number"] where body[field]?.text == nil {
            return .unprocessable("body", field)
        }
        let agentID = body["agent_id"]?.text ?? ""
        guard options.knows(agentID) else { return .missing("Agent \(agentID) not found") }
        let url = socketOrigin(request) + "/v1/convai/conversation"
        return HTTPResponse(
            status: 200, type: "application/xml",
            text: """
                <?xml version="1.0" encoding="UTF-8"?>
                <Response><Connect><Stream url="\(url)"><Parameter name="conversation_id" \
                value="\(house.newConversationID())"/></Stream></Connect></Response>
                """)
    }

    private func agent(_ path: [String]) -> HTTPResponse {
        guard options.knows(path[1]) else { return .missing("Agent \(path[1]) not found") }
        if path.count == 2 { return .json(AgentCard.full(path[1], options)) }
        return path[2] == "widget"
            ? .json(AgentCard.widget(path[1], options)) : .missing("Not Found")
    }

    private func conversations(_ request: HTTPRequest, _ path: [String]) -> HTTPResponse {
        let shelf = house.shelf
        guard path.count > 1 else {
            let all = shelf.finished.prefix(100).map { AgentReportWriter.summary($0, isDone: true) }
            return .json(["conversations": .array(all), "next_cursor": nil, "has_more": false])
        }
        let id = path[1]
        let found = shelf.finished(id)
        guard found != nil || shelf.isLiving(id) else {
            return .missing("Conversation \(id) not found")
        }
        switch (request.method, path.count == 3 ? path[2] : "") {
        case ("GET", ""):
            guard let found else {
                return .json(["conversation_id": .string(id), "status": "in-progress"])
            }
            return .json(AgentReportWriter.record(found, status: "done"))
        case ("DELETE", ""):
            return shelf.delete(id) ? .json([:]) : .missing("Conversation \(id) not found")
        case ("GET", "audio"):
            let length = found.map { ($0.diary.end?.time ?? .zero) - $0.diary.began } ?? .zero
            return HTTPResponse(
                status: 200, fields: ["Content-Type": "audio/mpeg"],
                body: SilentMP3.bytes(lasting: length))
        case ("POST", "feedback"): return .json([:])
        default: return .missing("Not Found")
        }
    }
}

extension HTTPResponse {
    static func json(_ json: JSON, status: Int = 200) -> HTTPResponse {
        HTTPResponse(
            status: status, fields: ["Content-Type": "application/json"], body: json.bytes)
    }

    static func detail(_ status: Int, _ kind: String, _ message: String) -> HTTPResponse {
        json(["detail": ["status": .string(kind), "message": .string(message)]], status: status)
    }

    static func missing(_ message: String) -> HTTPResponse {
        detail(404, "document_not_found", message)
    }

    static func unprocessable(_ place: String, _ field: String) -> HTTPResponse {
        let fault: JSON = [
            "loc": [.string(place), .string(field)], "msg": "Field required", "type": "missing",
        ]
        return json(["detail": [fault]], status: 422)
    }
}
