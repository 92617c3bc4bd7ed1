/// A settings file: the part of systemd's EnvironmentFile= syntax (systemd.exec(5)) that means
/// the same to systemd, to a shell and to every `.env` reader.
///
///     # a comment                      a line of its own
///     NAME=value                       spaces round the value are no part of it
///     export NAME="a \"value\""        \" \\ \$ \` inside double quotes
///     NAME='as it is'
///     NAME=one,\                       goes on in the next line
///     two
///
/// What those readers take differently is a fault here: a quote in the middle, ` #` after a
/// value, `${…}`, other backslashes.
package struct ConfigurationFile {
    /// One assignment, with the line where it begins.
    package struct Assignment: Equatable {
        package var name: String
        package var value: String
        package var line: Int
    }

    /// Bytes of a whole file: a thousand times the settings there are.
    static let bytesMax = 256 * 1024
    /// Faults told of one file; after that it is not a settings file at all.
    package static let faultsMax = 50

    /// What is set, each name once.
    package private(set) var assignments: [Assignment] = []
    /// What is wrong, in the order of the lines.
    package private(set) var faults: [ConfigurationFault] = []
    private let path: String
    private var lines: ArraySlice<String>
    private var number = 0

    /// Reads the bytes of the file called `path`; what is wrong is in `faults`.
    package init(_ bytes: [UInt8], path: String) {
        self.path = path
        guard let text = String(validating: bytes, as: UTF8.self) else {
            lines = []
            faults = [ConfigurationFault(.file(path: path, line: 0), "is not UTF-8 text")]
            return
        }
        let start =
            text.hasPrefix("\u{FEFF}") ? text.unicodeScalars.dropFirst() : text.unicodeScalars[...]
        lines =
            start.split(separator: "\n", omittingEmptySubsequences: false).map { line in
                String(line.last == "\r" ? line.dropLast() : line)
            }[...]
        while faults.count < Self.faultsMax, let line = nextLine() { readLine(line) }
    }

    private mutating func nextLine() -> String? {
        guard let line = lines.popFirst() else { return nil }
        number += 1
        return line
    }

    private mutating func readLine(_ line: String) {
        let first = number
        var text = line.trimmed
        guard let mark = text.utf8.first else { return }
        do throws(LineFault) {
            if mark == UInt8(ascii: "#") || mark == UInt8(ascii: ";") {
                // Before v254 systemd takes the next line for part of such a comment.
                if text.last == "\\" { throw .commentGoesOn }
                return
            }
            while text.last == "\\", let more = nextLine() {
                text = (text.dropLast() + more).trimmed
            }
            let assignment = try Self.assignment(text[...])
            try take(assignment.name, assignment.value, line: first)
        } catch {
            faults.append(ConfigurationFault(.file(path: path, line: first), error.rawValue))
        }
    }

    private mutating func take(_ name: String, _ value: String, line: Int) throws(LineFault) {
        if let earlier = assignments.first(where: { $0.name == name }) {
            let source = ConfigurationSource.file(path: path, line: line)
            faults.append(
                ConfigurationFault(source, "\(name) is already set in line \(earlier.line)"))
        } else {
            assignments.append(Assignment(name: name, value: value, line: line))
        }
    }
}

/// What can be wrong with a line; the sentence says what to do.
private enum LineFault: String, Error {
    case commentGoesOn = "a comment must not end in a backslash: the next line would belong to it"
    case noEquals = "expected NAME=value"
    case name = "a name has capital letters, digits and underscores only, and no digit first"
    case control = "a control character is no part of any value"
    case openQuote = "the quote is not closed on this line"
    case afterQuote = "nothing may follow the closing quote; a comment stands on its own line"
    case innerQuote = "a quote inside a value: put the whole value into quotes"
    case innerComment = "a comment stands on its own line; if # is meant, put the value into quotes"
    case backslash = "a backslash: put the value into single quotes if it is meant"
    case variable = "${…} is not replaced here: write the value, or put it into single quotes"
}

extension ConfigurationFile {
    private static func assignment(
        _ line: Substring
    ) throws(LineFault) -> (name: String, value: String) {
        guard let equals = line.firstIndex(of: "=") else { throw .noEquals }
        var name = line[..<equals].trimmed
        let export = "export"
        if name.hasPrefix(export + " ") || name.hasPrefix(export + "\t") {
            name = name.dropFirst(export.count).trimmed
        }
        let isName = name.utf8.allSatisfy { byte in
            (0x41...0x5A).contains(byte) || (0x30...0x39).contains(byte)
                || byte == UInt8(ascii: "_")
        }
        guard isName, let first = name.utf8.first, !(0x30...0x39).contains(first) else {
            throw .name
        }
        return (name, try value(line[line.index(after: equals)...].trimmed))
    }

    private static func value(_ text: String) throws(LineFault) -> String {
        guard text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
            throw .control
        }
        guard let mark = text.first, mark == "\"" || mark == "'" else { return try plain(text) }
        let rest = text.dropFirst()
        return mark == "'" ? try singleQuoted(rest) : try doubleQuoted(rest)
    }

    private static func plain(_ text: String) throws(LineFault) -> String {
        let bytes = text.utf8
        if bytes.contains(UInt8(ascii: "\"")) || bytes.contains(UInt8(ascii: "'")) {
            throw .innerQuote
        }
        if bytes.contains(UInt8(ascii: "\\")) { throw .backslash }
        if bytes.contains(" #".utf8) || bytes.first == UInt8(ascii: "#") { throw .innerComment }
        if bytes.contains("${".utf8) { throw .variable }
        return text
    }

    private static func singleQuoted(_ text: Substring) throws(LineFault) -> String {
        guard let end = text.firstIndex(of: "'") else { throw .openQuote }
        guard text.index(after: end) == text.endIndex else { throw .afterQuote }
        return String(text[..<end])
    }

    private static func doubleQuoted(_ text: Substring) throws(LineFault) -> String {
        var value = ""
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\"":
                guard rest.isEmpty else { throw .afterQuote }
                return value
            case "\\":
                guard let escaped = rest.popFirst() else { throw .openQuote }
                guard "\"\\$`".unicodeScalars.contains(escaped) else { throw .backslash }
                value.unicodeScalars.append(escaped)
            case "$" where rest.first == "{":
                throw .variable
            default:
                value.unicodeScalars.append(scalar)
            }
        }
        throw .openQuote
    }
}

extension StringProtocol {
    /// Without spaces and tabs at both ends.
    fileprivate var trimmed: String {
        let isSpace = { (scalar: Unicode.Scalar) in scalar == " " || scalar == "\t" }
        var kept = Substring(self).unicodeScalars
        while let first = kept.first, isSpace(first) { kept.removeFirst() }
        while let last = kept.last, isSpace(last) { kept.removeLast() }
        return String(kept)
    }
}
