/// A key, token or credential-bearing address: it prints as a mark, wherever it is printed.
///
/// Interpolation, `dump` and the description of a struct that holds it show "(secret)"; the
/// text is had only by asking for `revealed`, which is easy to search for.
package struct SecretText: Sendable, Hashable {
    /// The secret itself: for a request's header, a signature's key, a socket's address.
    package let revealed: String

    /// Wraps a text as it was configured or received.
    package init(_ text: some StringProtocol) { revealed = String(text) }

    /// True for a text without a byte, which must never be used as a key.
    package var isEmpty: Bool { revealed.isEmpty }
}

extension SecretText: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "(secret)" }
    package var debugDescription: String { "(secret)" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
