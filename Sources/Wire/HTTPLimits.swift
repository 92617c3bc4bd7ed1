/// What one HTTP message may cost its reader.
package struct HTTPLimits: Sendable, Equatable {
    /// Bytes of a head, and of the trailer fields with the chunk extensions of one body.
    package var headBytesMax = 16 * 1024
    /// Bytes of the first line; a longer target is answered with 414.
    package var firstLineBytesMax = 8 * 1024
    /// Field lines of a head, and of a trailer.
    package var fieldsMax = 100
    /// Bytes of a body, unless the driver says otherwise with `allowBody`.
    package var bodyBytesMax = 1024 * 1024
    /// Interim (1xx) responses before the final one.
    package var interimResponsesMax = 8

    /// The limits above.
    package init() {}
}

/// Why a message was refused, with the status that tells its sender (RFC 9110 section 15).
package struct HTTPFailure: Error, Sendable, Equatable {
    /// 400, 413, 414, 417, 431, 501 or 505 for a request; always 502 for a response.
    package var status: Int
    /// A constant sentence for the log; it never holds the peer's bytes.
    package var reason: String

    /// A status and its sentence.
    package init(_ status: Int, _ reason: String) {
        self.status = status
        self.reason = reason
    }
}

/// What a head says beyond its fields: the message's extent and the connection's future.
package struct HTTPFraming: Sendable, Equatable {
    /// Where the body ends (RFC 9112 section 6.3).
    package enum Body: Sendable, Equatable {
        case none
        case counted(Int)
        case chunked
        /// Responses only: the body ends with the connection.
        case untilClose
    }

    /// Where this message's body ends.
    package var body: Body
    /// The minor version: 0 or 1, of HTTP/1.x.
    package var minorVersion: Int
    /// The peer is ready for another message on this connection (RFC 9112 section 9.3).
    package var keepsAlive: Bool
    /// `Connection: upgrade` with an `Upgrade` field, or a 101 response.
    package var asksUpgrade: Bool
    /// The client waits for `100 Continue` before it sends the body (RFC 9110 section 10.1.1).
    package var expectsContinue: Bool
}
