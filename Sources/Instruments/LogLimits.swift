/// How large one line may be, so that it fits one datagram and no peer can fill the memory.
package enum LogLimits {
    /// Bytes of one line with all its fields; far below the 208 KiB a datagram may have.
    package static let lineBytesMax = 16 * 1024
    /// Bytes of text kept of a line that is over `lineBytesMax`.
    package static let textBytesKept = 8 * 1024
    /// Bytes kept of each value of such a line.
    package static let valueBytesKept = 128
    /// Fields kept of such a line.
    package static let fieldsKept = 32
    /// Bytes of a field's name; journald refuses longer ones.
    package static let nameBytesMax = 64
}

/// A line and the moment it was said, on the wall clock.
package struct SaidLine: Sendable, Equatable {
    /// What was said.
    package var line: LogLine
    /// Time since 1970-01-01T00:00:00Z.
    package var at: Duration

    /// A line said at that moment.
    package init(_ line: LogLine, at: Duration) {
        self.line = line
        self.at = at
    }
}

extension LogLine {
    /// Bytes of its text and fields, as a measure of the memory it holds.
    package var bytes: Int {
        fields.reduce(text.utf8.count + event.utf8.count) {
            $0 + $1.name.utf8.count + $1.value.utf8.count
        }
    }

    /// The same line within `LogLimits`; what was cut ends in `…`.
    package var limited: LogLine {
        guard bytes > LogLimits.lineBytesMax else { return self }
        var line = self
        line.text = text.cut(toBytes: LogLimits.textBytesKept)
        line.event = event.cut(toBytes: LogLimits.valueBytesKept)
        line.fields = fields.prefix(LogLimits.fieldsKept).map {
            LogField(
                $0.name.cut(toBytes: LogLimits.nameBytesMax),
                $0.value.cut(toBytes: LogLimits.valueBytesKept))
        }
        return line
    }
}

extension String {
    /// At most `limit` bytes of UTF-8, never through a character; a cut end is marked `…`.
    fileprivate func cut(toBytes limit: Int) -> String {
        guard utf8.count > limit else { return self }
        var kept = 0
        let end = unicodeScalars.firstIndex { scalar in
            kept += UTF8.width(scalar)
            return kept > limit
        }
        return String(self[..<(end ?? endIndex)]) + "…"
    }
}
