package import Wire

/// Which frame of which call this is, written into the audio's first six bytes.
///
/// Six bytes are eight letters of base64 exactly, so that a reader need not decode the rest.
package struct FrameIdentity: Sendable, Equatable {
    /// Letters of base64 at the beginning of the frame.
    package static let letterCount = 8
    private static let byteCount = 6

    /// The call's number in its rig, and the frame's in its direction, from 0.
    package var call: UInt16
    package var index: UInt32

    package init(call: UInt16, index: UInt32) {
        self.call = call
        self.index = index
    }

    /// Reads the identity from the beginning of a frame's base64; nil when it is too short or
    /// none. Audio that is no frame of ours gives an identity of nobody.
    package init?(_ letters: UnsafeRawBufferPointer) {
        guard letters.count >= Self.letterCount else { return nil }
        var word: UInt64 = 0
        let head = UnsafeRawBufferPointer(rebasing: letters[..<Self.letterCount])
        let count = withUnsafeMutableBytes(of: &word) { Base64.decode(head, into: $0) }
        guard count == Self.byteCount else { return nil }
        word = UInt64(bigEndian: word)
        call = UInt16(truncatingIfNeeded: word >> 48)
        index = UInt32(truncatingIfNeeded: word >> 16)
    }

    /// Writes the eight letters.
    package func write(into writer: inout MessageWriter) {
        let word = (UInt64(call) << 48 | UInt64(index) << 16).bigEndian
        withUnsafeBytes(of: word) { bytes in
            writer.append(atMost: Self.letterCount) { target in
                Base64.encode(
                    UnsafeRawBufferPointer(rebasing: bytes[..<Self.byteCount]), into: target)
            }
        }
    }
}
