extension Conversation {
    /// The longest a tool's result is told again, in bytes: an id, a time, a name.
    private static let recapResultBytesMax = 300

    /// The call so far in words for the next agent, no longer than `bytesMax`; the oldest turns
    /// are left out first, and it says how many. Empty when there is nothing to tell.
    package func recap(bytesMax: Int) -> String {
        guard !isEmpty else { return "" }
        var tail = keys > 0 ? ["The caller pressed \(keys) \(keys == 1 ? "key" : "keys")."] : []
        let told = turns.compactMap(Self.line)
        // Room for the longest head, before it is known how many are left out.
        var room = bytesMax - Self.head(leftOut: .max).utf8.count
        room -= tail.reduce(0) { $0 + $1.utf8.count + 1 }
        var taken = 0
        for line in told.reversed() {
            guard line.utf8.count + 1 <= room else { break }
            room -= line.utf8.count + 1
            tail.insert(line, at: 0)
            taken += 1
        }
        if taken == 0, let newest = told.last, room > 1 {
            tail.insert(SpokenText(newest).clipped(bytesMax: room - 1).revealed, at: 0)
            taken = 1
        }
        let text = ([Self.head(leftOut: dropped + told.count - taken)] + tail)
            .joined(separator: "\n")
        return SpokenText(text).clipped(bytesMax: bytesMax).revealed
    }

    private static func head(leftOut: Int) -> String {
        let head = "This call so far:"
        return leftOut == 0 ? head : head + "\n(\(leftOut) earlier turns are left out.)"
    }

    private static func line(_ turn: ConversationTurn) -> String? {
        switch turn {
        case .caller(let text): return text.isEmpty ? nil : "Caller: \(text.onOneLine)"
        case .agent(let turn):
            guard !turn.text.isEmpty else { return nil }
            return "You: \(turn.text.onOneLine)\(turn.isCut ? " [cut off here]" : "")"
        case .tool(let tool):
            let result = tool.result.clipped(bytesMax: recapResultBytesMax).onOneLine
            return "Tool \(tool.name) \(tool.isError ? "failed" : "done"): \(result)"
        }
    }
}

extension SpokenText {
    /// Without line ends, lest what a caller says looks like a line of ours.
    fileprivate var onOneLine: String {
        revealed.split(whereSeparator: \.isNewline).joined(separator: " ")
    }
}
