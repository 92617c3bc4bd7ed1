/// A rule of RFC 6455 that the peer broke, with the close code that answers it.
struct WebSocketViolation: Error, Sendable, Equatable {
    let code: UInt16
    let reason: String

    /// A fault of framing or order: code 1002.
    private static func rule(_ reason: String) -> WebSocketViolation {
        WebSocketViolation(code: WebSocketClose.protocolError, reason: reason)
    }

    // Section 5.2: the header.
    static let reservedBit = rule("a reserved bit is set")
    static let reservedOpcode = rule("the opcode is reserved")
    static let paddedLength = rule("the length is not in its shortest form")
    static let lengthTopBit = rule("the length's highest bit is set")
    // Section 5.1: who masks.
    static let maskedByServer = rule("the server masked a frame")
    static let unmaskedByClient = rule("the client did not mask a frame")
    // Section 5.5: control frames.
    static let fragmentedControl = rule("a control frame is fragmented")
    static let longControl = rule("a control frame is longer than 125 bytes")
    static let closeOfOneByte = rule("a close frame holds half a code")
    static let closeCode = rule("the close code may not be sent")
    // Section 5.4: fragments.
    static let nothingToContinue = rule("a continuation without a beginning")
    static let messageUnfinished = rule("a new message within an unfinished one")
    // Section 8.1 and section 10.4.
    static let invalidText = WebSocketViolation(
        code: WebSocketClose.invalidData, reason: "a text is not UTF-8")
    static let messageTooBig = WebSocketViolation(
        code: WebSocketClose.messageTooBig, reason: "a message is larger than the limit")
    /// Not the peer's fault: the owner went on reading although it had stopped the machine.
    static let tooMuchHeld = WebSocketViolation(
        code: WebSocketClose.internalError, reason: "too many bytes wait behind a stop")
}
