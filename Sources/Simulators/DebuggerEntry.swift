/// A line in Twilio's debugger: what the other side did wrong, under Twilio's number for it.
package struct DebuggerEntry: Error, Sendable, Equatable {
    /// Twilio's error or warning code (https://www.twilio.com/docs/api/errors).
    package var code: Int
    /// What happened, for people.
    package var text: String

    package init(_ code: Int, _ text: String) {
        self.code = code
        self.text = text
    }

    /// Codes that cost the caller nothing but show a fault of the server.
    private static let warnings: Set<Int> = [
        12200, 13224, 13225, 13227, 13520, 13521, 15003, 31930, 31931, 31950, 31951, 31953,
    ]

    /// False when the call or the stream suffered.
    package var isWarning: Bool { Self.warnings.contains(code) }

    /// The way Twilio writes a stream's failure into `StreamError`.
    package var streamTitle: String {
        switch code {
        case 31901: "Stream - WebSocket - Connection Timeout"
        case 31902: "Stream - WebSocket - Connection Refused"
        case 31903: "Stream - WebSocket - Connection Broken Pipe"
        case 31904: "Stream - WebSocket - Host Unreachable"
        case 31910: "Stream - WebSocket - SSL Protocol Error"
        case 31920: "Stream - WebSocket - Handshake Error"
        case 31921: "Stream - WebSocket - Close Error"
        case 31922: "Stream - WebSocket - Scheme Not Supported"
        case 31923: "Stream - WebSocket - Malformed URL"
        case 31924: "Stream - WebSocket - Protocol Error"
        case 31941: "Stream - Invalid Track Configuration"
        default: "Stream - Unknown Error"
        }
    }
}
