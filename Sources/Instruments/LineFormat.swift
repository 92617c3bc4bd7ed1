/// A log line as one line of text: time, level, sentence, then fields.
///
///     2026-03-02T10:15:00.120Z notice  Call ended  EVENT=call.ended CALL_SID=CA… REASON="…"
package struct LineFormat: Sendable {
    private let isColoured: Bool

    /// Text with SGR colours when the reader is a terminal.
    package init(isColoured: Bool = false) { self.isColoured = isColoured }

    /// The line without a line end; control characters in it are escaped, so that nothing a
    /// peer sent can forge a line or steer a terminal.
    package func text(of said: SaidLine) -> String {
        let line = said.line
        var text = "\(UTCTime(said.at)) "
        text += paint(Self.name(of: line.level), Self.colour(of: line.level))
        text += " " + Self.escaped(line.text)
        let fields = (line.event.isEmpty ? [] : [LogField("EVENT", line.event)]) + line.fields
        guard !fields.isEmpty else { return text }
        return text + "  " + paint(Self.text(of: fields), "2")
    }

    /// Fields as `NAME=value`, with a value in quotes that would not be read as one word.
    package static func text(of fields: [LogField]) -> String {
        fields.map { "\(escaped($0.name))=\(quoted($0.value))" }.joined(separator: " ")
    }

    private func paint(_ text: String, _ code: String?) -> String {
        guard isColoured, let code else { return text }
        return "\u{1B}[\(code)m\(text)\u{1B}[0m"
    }

    /// All names have one width, so that sentences stand below each other.
    private static func name(of level: LogLevel) -> String {
        switch level {
        case .error: "error  "
        case .warning: "warning"
        case .notice: "notice "
        case .info: "info   "
        case .debug: "debug  "
        }
    }

    /// The SGR code of a level (ECMA-48 section 8.3.117); nil is the terminal's own colour.
    private static func colour(of level: LogLevel) -> String? {
        switch level {
        case .error: "1;31"
        case .warning: "33"
        case .notice: "1"
        case .info: nil
        case .debug: "2"
        }
    }

    private static func quoted(_ value: String) -> String {
        let isPlain = !value.isEmpty && value.utf8.allSatisfy { $0 > 0x20 && $0 != 0x22 }
        return isPlain ? escaped(value) : "\"\(escaped(value, quotes: true))\""
    }

    private static func escaped(_ text: String, quotes: Bool = false) -> String {
        guard text.unicodeScalars.contains(where: { mustEscape($0, quotes) }) else { return text }
        return text.unicodeScalars.reduce(into: "") { result, scalar in
            switch scalar {
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\"" where quotes: result += "\\\""
            case _ where mustEscape(scalar, quotes):
                result += "\\u{" + String(scalar.value, radix: 16) + "}"
            default: result.unicodeScalars.append(scalar)
            }
        }
    }

    /// Controls, line separators and the marks that turn a line's direction.
    private static func mustEscape(_ scalar: Unicode.Scalar, _ quotes: Bool) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x2028...0x202E, 0x2066...0x2069: true
        case 0x22: quotes
        default: false
        }
    }
}
