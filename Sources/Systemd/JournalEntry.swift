import Instruments

/// A log line as one datagram of the journal's native protocol
/// (systemd.io/JOURNAL_NATIVE_PROTOCOL).
///
///     NAME=value\n                           when the value has no line end
///     NAME\n<8 bytes length, LE>value\n      otherwise
///
/// MESSAGE is all that `journalctl` shows, so it has the sentence and what the line knows besides;
/// lines of a kind are found by EVENT or MESSAGE_ID.
struct JournalEntry {
    private(set) var bytes: [UInt8] = []

    /// A line that waited longer than this before it was sent also tells when it was said;
    /// until then journald's own time stamp is as good.
    static let delayWorthTelling = Duration.seconds(1)

    init(_ said: SaidLine, identifier: String, sentAt now: Duration) {
        let line = said.line
        append("MESSAGE", Self.message(line))
        append("PRIORITY", String(line.level.rawValue))
        append("SYSLOG_IDENTIFIER", identifier)
        if !line.event.isEmpty { append("EVENT", line.event) }
        if let id = MessageCatalogue.id(of: line.event) { append("MESSAGE_ID", id) }
        for field in line.fields { append(Self.name(from: field.name), field.value) }
        if now - said.at > Self.delayWorthTelling {
            append("SYSLOG_TIMESTAMP", UTCTime(said.at).description)
        }
    }

    private static func message(_ line: LogLine) -> String {
        let told = line.fields.filter { !LogField.namesOfCall.contains($0.name) }
        return told.isEmpty ? line.text : line.text + "  " + LineFormat.text(of: told)
    }

    private mutating func append(_ name: String, _ value: String) {
        bytes += name.utf8
        let value = Array(value.utf8)
        if value.contains(UInt8(ascii: "\n")) {
            bytes.append(UInt8(ascii: "\n"))
            withUnsafeBytes(of: UInt64(value.count).littleEndian) { bytes += $0 }
        } else {
            bytes.append(UInt8(ascii: "="))
        }
        bytes += value
        bytes.append(UInt8(ascii: "\n"))
    }

    /// `call.id` → `CALL_ID`: journald drops fields whose names are not upper-case words that
    /// begin with a letter, of at most 64 bytes.
    static func name(from name: String) -> String {
        let word = name.utf8.prefix(LogLimits.nameBytesMax).map { byte in
            switch byte {
            case 0x61...0x7A: byte - 0x20
            case 0x41...0x5A, 0x30...0x39: byte
            default: UInt8(ascii: "_")
            }
        }
        let start = word.firstIndex { (0x41...0x5A).contains($0) }
        return start.map { String(decoding: word[$0...], as: UTF8.self) } ?? "FIELD"
    }
}
