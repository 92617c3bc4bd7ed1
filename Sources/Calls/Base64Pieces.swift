import Wire

/// Decodes base64 of any length on the stack.
enum Base64Pieces {
    /// Decoded bytes lent at once: six frames of 20 ms, and a multiple of three, so that every
    /// piece but the last is whole.
    static let bytes = 960
    private static let letters = bytes / 3 * 4

    /// Lends the decoded bytes piece by piece; false when it is not base64, after the
    /// pieces before the fault were lent. What was read from a message is (`LentBytes`).
    static func decode(
        _ text: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void
    ) -> Bool {
        guard let start = text.baseAddress else { return true }
        return withUnsafeTemporaryAllocation(byteCount: bytes, alignment: 16) { buffer in
            var done = 0
            while done < text.count {
                let size = min(letters, text.count - done)
                let piece = UnsafeRawBufferPointer(start: start + done, count: size)
                done += size
                guard let count = Base64.decode(piece, into: buffer) else { return false }
                // Padding belongs at the very end.
                guard done == text.count || count == bytes else { return false }
                body(UnsafeRawBufferPointer(start: buffer.baseAddress, count: count))
            }
            return true
        }
    }
}
