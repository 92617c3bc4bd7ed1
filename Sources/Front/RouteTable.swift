/// Every method, path, guard and handler, on one screen.
package enum RouteTable {
    /// The routes as they are tried; paths do not overlap.
    package static func routes(_ desk: FrontDesk) -> [Route] {
        let steps = StepWriter(desk: desk)
        let voice = VoiceRoutes(desk: desk, steps: steps)
        let transfers = TransferRoutes(desk: desk, steps: steps)
        let audio = AudioRoutes(desk: desk)
        let sockets = SocketRoutes(desk: desk)
        let outbound = OutboundRoutes(desk: desk, voice: voice)
        let calls = CallRoutes(desk: desk)
        let operators = OperatorRoutes(desk: desk)
        return [
            Route("POST", "/api/twilio/voice", .twilio, voice.ring),
            Route("POST", "/api/twilio/after-stream", .twilio, voice.afterStream),
            Route("POST", "/api/twilio/stream-status", .twilio, voice.streamStatus),
            Route("POST", "/api/twilio/status", .twilio, outbound.callStatus),
            Route("POST", "/api/twilio/dial-status", .twilio, transfers.dialStatus),
            Route("POST", "/api/twilio/whisper/{call_sid}", .twilio, transfers.whisper),
            Route("POST", "/api/twilio/accept", .twilio, transfers.accept),
            Route("GET", "/audio/{name}/{file}", .open, audio.recording),
            Route("POST", "/api/twilio/outbound", .twilio, outbound.answered),
            Route("POST", "/api/twilio/answered-by", .twilio, outbound.answeredBy),
            Route("GET", "/api/twilio/stream", .twilioStream, sockets.stream),
            Route("GET", "/api/twilio/conversations", .local, operators.conversations),
            Route("POST", "/webhook/initiate-call", .apiKey, outbound.initiate),
            Route("POST", "/api/calls/{call_sid}/end", .apiKey, calls.end),
            Route("POST", "/api/calls/{call_sid}/transfer", .apiKey, calls.transfer),
            Route("POST", "/api/calls/{call_sid}/emergency", .apiKey, calls.emergency),
            Route("POST", "/api/calls/{call_sid}/say", .apiKey, calls.say),
            Route("POST", "/api/calls/{call_sid}/dtmf", .apiKey, calls.dtmf),
            Route("POST", "/api/calls/{call_sid}/context", .apiKey, calls.context),
            Route("GET", "/health", .open, operators.health),
            Route("GET", "/api/health", .open, operators.health),
            Route("GET", "/healthz", .open, operators.health),
            Route("GET", "/livez", .open, operators.alive),
            Route("GET", "/readyz", .open, operators.ready),
            Route("GET", "/", .open, operators.about),
        ]
    }
}
