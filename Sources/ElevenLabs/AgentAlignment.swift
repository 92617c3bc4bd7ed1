import Wire

/// When each letter of a piece of the agent's audio is spoken, from the piece's own start.
package struct AgentAlignment: Sendable, Equatable {
    /// The letters in order, and when each begins.
    package let letters: [(text: String, start: Duration)]

    /// Reads the object under `alignment`; nil when it is of another shape.
    package init?(parsing bytes: [UInt8]) {
        guard let json = try? JSON(parsing: bytes), let letters = json["chars"]?.elements,
            let starts = json["char_start_times_ms"]?.elements, letters.count == starts.count
        else { return nil }
        var read: [(text: String, start: Duration)] = []
        for (letter, start) in zip(letters, starts) {
            guard let text = letter.text, let start = start.milliseconds else { return nil }
            read.append((text, start))
        }
        self.letters = read
    }

    /// How many letters, blanks not counted, begin before `time`.
    package func letters(until time: Duration) -> Int {
        letters.count { $0.start < time && !$0.text.allSatisfy(\.isWhitespace) }
    }

    package static func == (one: AgentAlignment, other: AgentAlignment) -> Bool {
        one.letters.elementsEqual(other.letters) { $0.text == $1.text && $0.start == $1.start }
    }
}

extension JSON {
    /// A number of milliseconds, whole or not.
    fileprivate var milliseconds: Duration? {
        switch self {
        case .integer(let value) where abs(value) < 1 << 40: .milliseconds(value)
        case .number(let value) where abs(value) < 1e12: .microseconds(Int64(value * 1_000))
        default: nil
        }
    }
}
