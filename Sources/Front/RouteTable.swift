/// Every method, path, guard and handler, on one screen.
package enum RouteTable {
    /// The routes as they are tried; paths do not overlap.
    package static func routes(_ desk: FrontDesk) -> [Route] {
        let voice = VoiceRoutes(desk: desk)
        let sockets = SocketRoutes(desk: desk)
        let operators = OperatorRoutes(desk: desk)
        return [
            Route("POST", "/api/twilio/voice", .twilio, voice.ring),
            Route("POST", "/api/twilio/after-stream", .twilio, voice.afterStream),
            Route("POST", "/api/twilio/stream-status", .twilio, voice.streamStatus),
            Route("POST", "/api/twilio/status", .twilio, voice.status),
            Route("GET", "/api/twilio/stream", .twilioStream, sockets.stream),
            Route("GET", "/api/twilio/conversations", .local, operators.conversations),
            Route("GET", "/health", .open, operators.health),
            Route("GET", "/api/health", .open, operators.health),
            Route("GET", "/healthz", .open, operators.health),
            Route("GET", "/livez", .open, operators.alive),
            Route("GET", "/readyz", .open, operators.ready),
            Route("GET", "/", .open, operators.about),
        ]
    }
}
