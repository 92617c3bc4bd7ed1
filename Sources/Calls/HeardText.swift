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

    /// The words that lie between these shares (0…1) of the text, without those it begins and
    /// breaks off in. Where its beginning is missing, dots say so.
    func share(from: Double = 0, to share: Double) -> String {
        let end = end(of: share)
        guard from > 0 else { return text(end) }
        var start = reached(from, .up)
        while start < end, start > 0, !letters[start - 1].isWhitespace { start += 1 }
        let words = text(end, from: start)
        return words.isEmpty ? "" : "…" + words
    }

    private func end(of share: Double) -> Int {
        let reached = reached(share, .down)
        guard reached < letters.count else { return letters.count }
        var end = reached
        while end > 0, !letters[end].isWhitespace {
            guard reached - end < Self.wordLettersMax else { return reached }
            end -= 1
        }
        return end
    }

    private func reached(_ share: Double, _ rule: FloatingPointRoundingRule) -> Int {
        Int((Double(letters.count) * min(max(share, 0), 1)).rounded(rule))
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

    private func text(_ end: Int, from start: Int = 0) -> String {
        var end = end
        while end > start, letters[end - 1].isWhitespace { end -= 1 }
        return start < end ? String(letters[start..<end]) : ""
    }
}
