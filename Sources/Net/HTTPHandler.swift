package import Instruments
package import Wire

/// Who answers a server's requests.
package protocol HTTPHandler: Sendable {
    /// The most bytes a request's body may have; asked with its head alone. 413 above it.
    func bodyLimit(_ request: HTTPRequest) -> Int
    /// Answers one request; runs on its connection's loop and is cancelled when it takes too long.
    func answer(_ request: HTTPRequest, on loop: any Loop) async -> HTTPAnswer
}

/// What to do about a request.
package enum HTTPAnswer: Sendable {
    /// Send this, whole.
    case respond(HTTPResponse)
    /// Send the head and its body, then what the closure writes (chunked) until it returns.
    /// The closure's task is cancelled when the peer is gone.
    case stream(HTTPResponse, @Sendable (any HTTPBodyWriter) async -> Void)
    /// Become a WebSocket; a request that asks for none, or wrongly, gets 426 or 400.
    case webSocket(WebSocketAcceptance)
}

/// The far end of a streamed body.
package protocol HTTPBodyWriter: Sendable {
    /// Sends bytes; waits while too many are unsent. False when the peer is gone.
    func write(_ bytes: [UInt8]) async -> Bool
}

/// How to accept a WebSocket.
package struct WebSocketAcceptance: Sendable {
    /// Said to the client if it asked for it.
    package var subprotocol: String?
    package var options: WebSocketOptions
    /// Gets the socket on its loop, before any byte of it is delivered; sets its handler.
    package var accepted: @Sendable (any MessageSocket) -> Void

    package init(
        subprotocol: String? = nil, options: WebSocketOptions = .init(),
        accepted: @escaping @Sendable (any MessageSocket) -> Void
    ) {
        self.subprotocol = subprotocol
        self.options = options
        self.accepted = accepted
    }
}
