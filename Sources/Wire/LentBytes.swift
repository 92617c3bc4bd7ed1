/// A part of a message: where the message has it, or a copy from one that had to be unescaped.
package enum LentBytes {
    /// Gone when the message is.
    case inPlace(UnsafeRawBufferPointer)
    case copied([UInt8])

    /// A copy of a text; nil when it is not base64.
    package init?(base64 text: String) {
        let letters = Array(text.utf8)
        guard letters.withUnsafeBytes({ Base64.isValid($0) }) else { return nil }
        self = .copied(letters)
    }

    /// Lends the bytes.
    @inline(__always)
    package func lend<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        switch self {
        case .inPlace(let bytes): body(bytes)
        case .copied(let bytes): bytes.withUnsafeBytes(body)
        }
    }
}
