/// Finds the end of a head byte by byte and holds its lines to the letter of RFC 9112.
///
/// Every fault is noticed at the byte that makes it one, so that a fault does not depend on how
/// the network cut the bytes, and nobody waits for the end of a head that never comes: a TLS
/// hello on a plain port, or line ends without CR.
struct HTTPHeadScanner: Sendable, Equatable {
    private enum State: Sendable, Equatable {
        /// Nothing yet; one empty line before a request is let pass (RFC 9112 section 2.2).
        case begin, beginCR, afterEmptyLine
        case firstLine, firstLineCR
        case lineStart, line, lineCR
        case endCR
    }

    private var state: State = .begin
    /// Bytes seen, a leading empty line included.
    private(set) var count = 0
    /// Bytes of the leading empty line: 0 or 2.
    private(set) var leading = 0
    private(set) var fields = 0

    private static let tab: UInt8 = 0x09
    private static let lineFeed: UInt8 = 0x0A
    private static let carriageReturn: UInt8 = 0x0D

    /// True when nothing but a leading empty line was seen.
    var isIdle: Bool { state == .begin || state == .afterEmptyLine }

    /// Takes one byte; true when it was the head's last.
    mutating func take(_ byte: UInt8, _ limits: HTTPLimits) throws(HTTPFailure) -> Bool {
        count += 1
        guard count - leading <= limits.headBytesMax else {
            throw HTTPFailure(431, "the head is larger than its limit")
        }
        switch state {
        case .begin, .afterEmptyLine: try start(byte)
        case .firstLine: try inLine(byte, then: .firstLineCR, limits)
        case .line: try inLine(byte, then: .lineCR, limits)
        case .lineStart: try startLine(byte, limits)
        case .beginCR, .firstLineCR, .lineCR, .endCR: return try lineEnd(byte)
        }
        return false
    }

    private mutating func start(_ byte: UInt8) throws(HTTPFailure) {
        if byte == Self.carriageReturn, state == .begin {
            state = .beginCR
        } else if Self.isText(byte), byte != 0x20, byte != Self.tab {
            state = .firstLine
        } else {
            throw HTTPFailure(400, "the first line begins with a forbidden byte")
        }
    }

    private mutating func startLine(_ byte: UInt8, _ limits: HTTPLimits) throws(HTTPFailure) {
        if byte == Self.carriageReturn {
            state = .endCR
            return
        }
        guard byte != 0x20, byte != Self.tab else {
            throw HTTPFailure(400, "a field is folded over two lines")
        }
        guard Self.isText(byte) else { throw Self.forbidden(byte) }
        fields += 1
        guard fields <= limits.fieldsMax else {
            throw HTTPFailure(431, "the head has more fields than its limit")
        }
        state = .line
    }

    private mutating func inLine(
        _ byte: UInt8, then end: State, _ limits: HTTPLimits
    ) throws(HTTPFailure) {
        if byte == Self.carriageReturn {
            state = end
            return
        }
        guard Self.isText(byte) else { throw Self.forbidden(byte) }
        guard state != .firstLine || count - leading <= limits.firstLineBytesMax else {
            throw HTTPFailure(414, "the first line is longer than its limit")
        }
    }

    private mutating func lineEnd(_ byte: UInt8) throws(HTTPFailure) -> Bool {
        guard byte == Self.lineFeed else {
            throw HTTPFailure(400, "a line ends with CR alone")
        }
        if state == .beginCR {
            leading = 2
            state = .afterEmptyLine
            return false
        }
        defer { state = .lineStart }
        return state == .endCR
    }

    private static func forbidden(_ byte: UInt8) -> HTTPFailure {
        byte == lineFeed
            ? HTTPFailure(400, "a line ends with LF alone")
            : HTTPFailure(400, "the head has a control byte")
    }

    /// HTAB, SP, VCHAR and obs-text (RFC 9110 section 5.5).
    static func isText(_ byte: UInt8) -> Bool {
        (byte >= 0x20 && byte != 0x7F) || byte == tab
    }
}
