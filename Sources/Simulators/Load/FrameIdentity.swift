package import Wire

/// Which frame of which call this is, written into the audio's first six bytes.
///
/// Six bytes are eight letters of base64 exactly, so that a reader need not decode the rest.
package struct FrameIdentity: Sendable, Equatable {
    /// Letters of base64 at the beginning of the frame.
    package static let letterCount = 8
    private static let byteCount = 6

    /// Which call, and which of its frames in this direction.
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
        let count = withUnsafeMutableBytes(of: &word) { bytes in
            Base64.decode(
                UnsafeRawBufferPointer(rebasing: letters[..<Self.letterCount]), into: bytes)
        }
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

/// The audio of a frame as base64, the same for all frames but for the identity at its head.
struct FrameLetters: Sendable {
    private let rest: [UInt8]

    /// Quiet noise of so many bytes; what it sounds like is of no consequence.
    init(bytes count: Int) {
        var dice = SeededRandom(seed: UInt64(count))
        let bytes = (0..<count).map { _ in UInt8(truncatingIfNeeded: dice.next()) }
        rest = Array(Base64.text(bytes).utf8.dropFirst(FrameIdentity.letterCount))
    }

    /// Letters of the whole frame.
    var count: Int { FrameIdentity.letterCount + rest.count }

    @inline(__always)
    func write(_ identity: FrameIdentity, into writer: inout MessageWriter) {
        identity.write(into: &writer)
        rest.withUnsafeBytes { writer.append($0) }
    }
}
