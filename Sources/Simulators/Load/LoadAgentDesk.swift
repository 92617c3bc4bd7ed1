import Instruments
import Net
import Wire

/// The agent's side as a server: signed addresses and sockets.
struct LoadAgentDesk: HTTPHandler {
    private static let signedURLPath = "/v1/convai/conversation/get-signed-url"
    private static let socketPath = "/v1/convai/conversation"

    let isSecure: Bool
    /// Gets every socket on its loop.
    let opened: @Sendable (any MessageSocket) -> Void

    func bodyLimit(_ request: HTTPRequest) -> Int { 0 }

    func answer(_ request: HTTPRequest, on loop: any Loop) async -> HTTPAnswer {
        switch request.path {
        case Self.signedURLPath[...]:
            let host = request.fields["Host"] ?? "127.0.0.1"
            let url =
                "\(isSecure ? "wss" : "ws")://\(host)\(Self.socketPath)"
                + "?\(request.query ?? "")&conversation_signature=test"
            let body: JSON = ["signed_url": .string(url)]
            return .respond(
                HTTPResponse(
                    status: 200, fields: ["Content-Type": "application/json"], body: body.bytes))
        case Self.socketPath[...]:
            // Some bridges offer the service's own subprotocol.
            return .webSocket(WebSocketAcceptance(subprotocol: "convai", accepted: opened))
        default: return .respond(HTTPResponse(status: 404))
        }
    }
}
