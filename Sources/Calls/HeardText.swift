/// Finds how far into a reply's words a caller has heard.
struct HeardText {
    /// Less than this from the end is all of it: replies end in a little silence.
    static let tolerance = Duration.milliseconds(100)
    /// The fastest speech is about 20 letters a second: while a reply is still being generated,
    /// its audio is taken to become at least this long.
    private static let perLetterMin = Duration.milliseconds(50)
    /// A word longer than this is none: some languages do without blanks.
    private static let wordLettersMax = 40

    private let letters: [Character]

    init(_ text: String) { letters = Array(text) }

    /// No speaker says it in less.
    var durationMin: Duration { Self.perLetterMin * letters.count }

    /// The words that lie within that share (0…1) of the text, without the one it breaks off in.
    func share(_ share: Double) -> String {
        let reached = Int((Double(letters.count) * min(max(share, 0), 1)).rounded(.down))
        guard reached < letters.count else { return text(letters.count) }
        var end = reached
        while end > 0, !letters[end].isWhitespace {
            guard reached - end < Self.wordLettersMax else { return text(reached) }
            end -= 1
        }
        return text(end)
    }

    /// The text up to so many letters, blanks not counted.
    func letters(_ count: Int) -> String {
        var left = count
        for (at, letter) in letters.enumerated() where !letter.isWhitespace {
            if left == 0 { return text(at) }
            left -= 1
        }
        return text(letters.count)
    }

    private func text(_ end: Int) -> String {
        var end = end
        while end > 0, letters[end - 1].isWhitespace { end -= 1 }
        return String(letters[..<end])
    }
}
