/// The marks on their way through Twilio's buffer: what their echoes say about what was heard.
///
/// A mark is echoed when the audio before it was played, or when a `clear` threw that audio away
/// (Media Streams, `mark`): echoes of marks sent before a clear therefore prove nothing.
package struct MarkLine: Sendable, Equatable {
    /// Marks are `a<number>`, so that an echo can be told from anybody else's.
    private static let prefix = UInt8(ascii: "a")

    /// The number of the last mark sent.
    package private(set) var last = 0
    private var clearedUpTo = 0
    /// The highest number that was truly played.
    package private(set) var played = 0

    package init() {}

    /// The next mark's number.
    package mutating func next() -> Int {
        last += 1
        return last
    }

    /// Numbers up to this one are another process's, whose echoes prove nothing to us.
    package mutating func skip(to number: Int) {
        last = max(last, number)
        clearedUpTo = last
    }

    /// Everything sent so far was thrown away by a clear.
    package mutating func clear() {
        clearedUpTo = last
    }

    /// True when all marks sent were played or cleared.
    package var isSettled: Bool { max(played, clearedUpTo) == last }

    /// Takes an echo; false when it is none of ours or says nothing.
    package mutating func echoed(_ name: String) -> Bool {
        guard name.utf8.first == Self.prefix, let number = Int(name.dropFirst()),
            number > played, number > clearedUpTo, number <= last
        else { return false }
        played = number
        return true
    }

    /// The name under which a number travels.
    package static func name(_ number: Int) -> String { "a\(number)" }
}
