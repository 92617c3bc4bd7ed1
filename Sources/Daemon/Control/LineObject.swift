import Instruments
import Systemd
import Wire

/// A log line as one line of JSON on the control socket, and back.
///
///     {"time": …, "level": "notice", "text": …, "event": …, "message_id": …, "fields": {…}}
///     {"lost": 12}
enum LineObject: Sendable, Equatable {
    case line(SaidLine)
    /// So many lines are missing here: their reader was too slow.
    case lost(Int)

    /// The object in one line, with a line end.
    var bytes: [UInt8] { json.bytes + [UInt8(ascii: "\n")] }

    private var json: JSON {
        switch self {
        case .lost(let count): return ["lost": .integer(Int64(count))]
        case .line(let said):
            let line = said.line
            let fields = line.fields.map { JSON.Member($0.name, .string($0.value)) }
            return [
                "time": .string("\(UTCTime(said.at))"),
                "wall_clock_ns": .integer(Int64(said.at.wholeNanoseconds)),
                "level": .string("\(line.level)"), "text": .string(line.text),
                "event": .string(line.event),
                "message_id": MessageCatalogue.id(of: line.event).map { .string($0) } ?? .null,
                "fields": .object(fields),
            ]
        }
    }

    /// Reads what `bytes` has written; nil for anything else.
    init?(_ text: some Sequence<UInt8>) {
        guard let json = try? JSON(parsing: Array(text)) else { return nil }
        if let lost = json["lost"]?.whole {
            self = .lost(Int(lost))
            return
        }
        guard let level = LogLevel.allCases.first(where: { "\($0)" == json["level"]?.text }),
            let sentence = json["text"]?.text, let time = json["wall_clock_ns"]?.whole
        else { return nil }
        let fields = (json["fields"]?.members ?? []).map {
            LogField($0.name, $0.value.text ?? "")
        }
        let line = LogLine(
            level: level, text: sentence, event: json["event"]?.text ?? "", fields: fields)
        self = .line(SaidLine(line, at: .nanoseconds(time)))
    }

    /// For people, as the log itself looks on a terminal.
    func text(_ format: LineFormat) -> String {
        switch self {
        case .line(let said): format.text(of: said) + "\n"
        case .lost(let count): "… \(count) lines lost: this terminal was too slow …\n"
        }
    }
}
