/// Words that somebody spoke, or that a tool told: they print as their length, wherever printed.
package struct SpokenText: Sendable, Hashable {
    /// The words themselves: for the next agent, the memory and the transcript, never for a log.
    package let revealed: String

    package init(_ text: String) { revealed = text }

    /// Length in UTF-8.
    package var bytes: Int { revealed.utf8.count }
    /// True when there is nothing in it.
    package var isEmpty: Bool { revealed.isEmpty }

    /// The beginning of it, no longer than `bytesMax`, without half a letter.
    package func clipped(bytesMax: Int) -> SpokenText {
        guard bytes > bytesMax else { return self }
        var kept = ""
        var size = 0
        for letter in revealed {
            size += letter.utf8.count
            if size > bytesMax { break }
            kept.append(letter)
        }
        return SpokenText(kept)
    }
}

extension SpokenText: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "(\(bytes) bytes spoken)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
