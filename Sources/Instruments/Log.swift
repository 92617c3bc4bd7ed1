import Synchronization

/// How much a line matters; the numbers are syslog's (RFC 5424 section 6.2.1).
package enum LogLevel: Int, Sendable, Comparable, CaseIterable {
    /// Look now.
    case error = 3
    /// Look today.
    case warning = 4
    /// An operator may care.
    case notice = 5
    case info = 6
    case debug = 7

    /// True when `a` is the less urgent of the two.
    package static func < (a: LogLevel, b: LogLevel) -> Bool { a.rawValue > b.rawValue }
}

/// The threshold of a log and all its copies; from any thread, without a lock.
package final class LogDial: Sendable {
    private let value: Atomic<Int>

    /// A dial at that level.
    package init(_ level: LogLevel) { value = Atomic(level.rawValue) }

    /// Lines less urgent than this are not said.
    package var level: LogLevel {
        get { LogLevel(rawValue: value.load(ordering: .relaxed)) ?? .info }
        set { value.store(newValue.rawValue, ordering: .relaxed) }
    }
}

/// One fact beside a line's text; its name is a journal field (`CALL_SID`).
package struct LogField: Sendable, Equatable {
    package var name: String
    package var value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    /// The names by which a call's lines are found; whoever reads these lines has them already.
    package static let namesOfCall: Set = [
        "CALL_SID", "STREAM_SID", "CONVERSATION_ID", "SESSION_ID",
    ]

    /// Twilio's name of the call.
    package static func callSID(_ value: String) -> LogField { LogField("CALL_SID", value) }
    /// Twilio's name of the media stream.
    package static func streamSID(_ value: String) -> LogField { LogField("STREAM_SID", value) }
    /// ElevenLabs' name of the conversation.
    package static func conversationID(_ value: String) -> LogField {
        LogField("CONVERSATION_ID", value)
    }
    /// Our own name of the conversation.
    package static func sessionID(_ value: String) -> LogField { LogField("SESSION_ID", value) }
    /// The agent's key.
    package static func agent(_ value: String) -> LogField { LogField("AGENT", value) }
    /// Why something happened: a word of ours where there is one, else a sentence.
    package static func reason(_ value: String) -> LogField { LogField("REASON", value) }
    /// What a `reason` of one word leaves open.
    package static func detail(_ value: String) -> LogField { LogField("DETAIL", value) }
}

/// One thing said: level, sentence, fields.
package struct LogLine: Sendable, Equatable {
    package var level: LogLevel
    package var text: String
    /// The kind of event, dotted and constant (`call.ended`); journal field `EVENT`.
    package var event: String
    package var fields: [LogField]

    package init(level: LogLevel, text: String, event: String, fields: [LogField] = []) {
        self.level = level
        self.text = text
        self.event = event
        self.fields = fields
    }
}

/// Where lines go. `write` is called on event loops and never blocks.
package protocol LogSink: Sendable {
    func write(_ line: LogLine)
}

/// A voice with a threshold and the fields it always says.
package struct Log: Sendable {
    private let sink: any LogSink
    private let dial: LogDial
    package private(set) var fields: [LogField]

    package init(to sink: any LogSink, threshold: LogLevel = .info, fields: [LogField] = []) {
        self.init(to: sink, dial: LogDial(threshold), fields: fields)
    }

    /// A voice whose threshold, and that of every copy, can be turned while it speaks.
    package init(to sink: any LogSink, dial: LogDial, fields: [LogField] = []) {
        self.sink = sink
        self.dial = dial
        self.fields = fields
    }

    /// The least urgent level that is said.
    package var threshold: LogLevel { dial.level }

    /// The same voice, saying these fields too (a field of the same name is replaced).
    package func with(fields more: [LogField]) -> Log {
        var copy = self
        copy.fields.removeAll { old in more.contains { $0.name == old.name } }
        copy.fields += more
        return copy
    }

    /// Says one line, when its level reaches the threshold. Its sentence is always the same, so that
    /// lines of a kind can be found and counted; what differs stands in fields.
    package func write(
        _ level: LogLevel, _ event: String, _ text: StaticString, _ more: [LogField] = []
    ) {
        guard level >= threshold else { return }
        say(level, event, text.description, more)
    }

    /// Says one of the few lines with a name in their sentence, because operators have always
    /// searched for it so; a test knows them.
    package func write(
        _ level: LogLevel, _ event: String, verbatim text: @autoclosure () -> String,
        _ more: [LogField] = []
    ) {
        guard level >= threshold else { return }
        say(level, event, text(), more)
    }

    private func say(_ level: LogLevel, _ event: String, _ text: String, _ more: [LogField]) {
        sink.write(LogLine(level: level, text: text, event: event, fields: fields + more))
    }

    /// Says one line at the level of the method's name.
    package func error(_ event: String, _ text: StaticString, _ more: LogField...) {
        write(.error, event, text, more)
    }
    package func warning(_ event: String, _ text: StaticString, _ more: LogField...) {
        write(.warning, event, text, more)
    }
    package func notice(_ event: String, _ text: StaticString, _ more: LogField...) {
        write(.notice, event, text, more)
    }
    package func info(_ event: String, _ text: StaticString, _ more: LogField...) {
        write(.info, event, text, more)
    }
    package func debug(_ event: String, _ text: StaticString, _ more: LogField...) {
        write(.debug, event, text, more)
    }
}
