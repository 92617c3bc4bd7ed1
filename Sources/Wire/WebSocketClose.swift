/// Close frames: their codes and payload (RFC 6455 sections 5.5.1 and 7.4).
package enum WebSocketClose {
    /// The purpose is fulfilled.
    package static let normal: UInt16 = 1000
    /// The server goes down, or the page was left.
    package static let goingAway: UInt16 = 1001
    /// The peer broke the protocol.
    package static let protocolError: UInt16 = 1002
    /// A kind of data that this end does not take.
    package static let unsupportedData: UInt16 = 1003
    /// Never sent: the close frame held no code.
    package static let noCode: UInt16 = 1005
    /// Never sent: the connection ended without a close frame.
    package static let lost: UInt16 = 1006
    /// Text that is not UTF-8.
    package static let invalidData: UInt16 = 1007
    /// A policy of this end was broken.
    package static let policyViolation: UInt16 = 1008
    /// The message is larger than this end takes.
    package static let messageTooBig: UInt16 = 1009
    /// This end met a condition that it cannot serve.
    package static let internalError: UInt16 = 1011
    /// The service restarts; the client may come back (IANA registry).
    package static let serviceRestart: UInt16 = 1012

    /// Whether a code may stand in a close frame: those of section 7.4.1, those registered with
    /// IANA since (1012 to 1014), and the ranges for libraries and private use.
    package static func isSendable(_ code: UInt16) -> Bool {
        switch code {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }

    /// The payload of a close frame. A code that may not be sent (1005, 1006) gives an empty
    /// one; a reason that leaves no room for the code in 125 bytes is cut at a scalar's end.
    package static func payload(code: UInt16, reason: String = "") -> [UInt8] {
        guard isSendable(code) else { return [] }
        var payload = [UInt8(truncatingIfNeeded: code >> 8), UInt8(truncatingIfNeeded: code)]
        for scalar in reason.unicodeScalars {
            guard let encoded = Unicode.UTF8.encode(scalar),
                payload.count + encoded.count <= WebSocketHeader.controlBytesMax
            else { break }
            payload.append(contentsOf: encoded)
        }
        return payload
    }

    /// Reads a close frame's payload; code 1005 and no reason when it is empty.
    static func read(
        _ payload: UnsafeRawBufferPointer
    ) throws(WebSocketViolation) -> (code: UInt16, reason: String) {
        guard !payload.isEmpty else { return (noCode, "") }
        guard payload.count >= 2 else { throw .closeOfOneByte }
        let code = UInt16(payload[0]) << 8 | UInt16(payload[1])
        guard isSendable(code) else { throw .closeCode }
        let reason = UnsafeRawBufferPointer(rebasing: payload[2...])
        guard UTF8Check.isValid(reason) else { throw .invalidText }
        return (code, String(decoding: reason, as: UTF8.self))
    }
}
