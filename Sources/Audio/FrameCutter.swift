/// Any chunks in, frames of one size out; what is no whole frame yet waits for the next chunk.
///
/// A frame that lies whole in its chunk is lent where it lies, aligned or not; one that was cut is
/// put together in a buffer.
package struct FrameCutter: ~Copyable {
    /// Bytes of a frame.
    package let frameBytes: Int
    /// Bytes waiting for their frame to fill: fewer than `frameBytes`.
    package private(set) var held = 0
    private let filler: UInt8
    private let buffer: Scratch

    /// Cuts frames of `frameBytes`; `pad` fills the last one with `filler`.
    package init(frameBytes: Int, filler: UInt8) {
        precondition(frameBytes > 0, "a frame has bytes")
        self.frameBytes = frameBytes
        self.filler = filler
        buffer = Scratch(byteCount: frameBytes)
    }

    /// Forgets the bytes held.
    package mutating func clear() {
        held = 0
    }

    /// Takes the next frame from the front of `rest`; nil when that holds none, and was kept.
    mutating func next(from rest: inout UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        guard held == 0, rest.count >= frameBytes else {
            return fill(from: &rest) ? UnsafeRawBufferPointer(frame) : nil
        }
        defer { rest = UnsafeRawBufferPointer(rebasing: rest[frameBytes...]) }
        return UnsafeRawBufferPointer(rebasing: rest[..<frameBytes])
    }

    /// Takes from the front of `rest` what the frame needs; true when the frame is whole.
    private mutating func fill(from rest: inout UnsafeRawBufferPointer) -> Bool {
        let count = min(rest.count, frameBytes - held)
        let space = UnsafeMutableRawBufferPointer(rebasing: buffer.bytes[held..<(held + count)])
        space.copyMemory(from: UnsafeRawBufferPointer(rebasing: rest[..<count]))
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        held += count
        guard held == frameBytes else { return false }
        held = 0
        return true
    }

    /// Makes a whole frame of the first `count` bytes and filler.
    mutating func pad(keeping count: Int) {
        for at in count..<frameBytes { buffer.bytes[at] = filler }
        held = 0
    }

    /// The frame last put together, until the next bytes come.
    var frame: UnsafeMutableRawBufferPointer { buffer.bytes }
}
