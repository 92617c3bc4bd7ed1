/// Gathers the caller's keys into one number: what is typed in one go is told in one go.
///
///     key, key, key ── pause ──▶ taken          # ends at once
package struct KeyCollector: Sendable, Equatable {
    /// So long after a key the next one begins another number.
    private static let pause = Duration.milliseconds(1_500)
    /// The longest number; a card's is 19.
    private static let keysMax = 32

    private var keys = ""
    /// When what was gathered is to be taken; nil while nothing is.
    package private(set) var deadline: Duration?

    package init() {}

    /// A key; answers the number when it is whole.
    package mutating func press(_ key: String, at now: Duration) -> String? {
        keys += key
        deadline = now + Self.pause
        return key == "#" || keys.count >= Self.keysMax ? take() : nil
    }

    /// The number, when the pause after its last key is over.
    package mutating func check(at now: Duration) -> String? {
        deadline.hasPassed(at: now) ? take() : nil
    }

    private mutating func take() -> String {
        defer { keys = "" }
        deadline = nil
        return keys
    }
}

extension KeyCollector: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "(\(keys.count) keys)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
