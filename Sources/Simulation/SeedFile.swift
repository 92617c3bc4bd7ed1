/// A seed worth keeping: what it once found, and the number that tells the story again.
///
///     # What went wrong, in a sentence.
///     seed 195
///
/// A seed means what the simulation made of it when it was written down; when the simulation
/// draws differently, it is one more seed. What must stay proven is told as a dialogue as well.
package struct SeedFile: Sendable, Equatable {
    package var seed: UInt64
    package var comment: String

    package init(seed: UInt64, comment: String) {
        self.seed = seed
        self.comment = comment
    }

    /// Reads a file; nil when it names no seed.
    package init?(parsing text: String) {
        var comment: [Substring] = []
        var found: UInt64?
        for line in text.split(separator: "\n") {
            if line.hasPrefix("# ") {
                comment.append(line.dropFirst(2))
            } else if line.hasPrefix("seed ") {
                found = UInt64(line.dropFirst(5))
            } else {
                return nil
            }
        }
        guard let found else { return nil }
        self.init(seed: found, comment: comment.joined(separator: " "))
    }

    /// The file as it is written.
    package var text: String { "# \(comment)\nseed \(seed)\n" }
}
