/// A key, token or password: it can be used, but not printed, dumped or logged by mistake.
package struct Secret: Sendable, Equatable {
    /// The text itself, for the one place that sends or checks it.
    package let exposed: String

    /// Guards `text` from now on.
    package init(_ text: String) { exposed = text }

    /// Compares every byte, so that the time taken tells nothing but the length.
    package static func == (a: Secret, b: Secret) -> Bool {
        guard a.exposed.utf8.count == b.exposed.utf8.count else { return false }
        return zip(a.exposed.utf8, b.exposed.utf8).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "(secret)" }
    package var debugDescription: String { "(secret)" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
