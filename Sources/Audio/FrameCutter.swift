/// Any chunks in, frames of one size out; what is no whole frame yet waits for the next chunk.
///
/// Frames are copied once into a buffer of its own, so they are aligned whatever the chunks were.
package struct FrameCutter: ~Copyable {
    /// Bytes of a frame.
    package let frameBytes: Int
    /// Bytes waiting for their frame to fill: fewer than `frameBytes`.
    package private(set) var held = 0
    private let filler: UInt8
    private let buffer: Scratch

    /// Cuts frames of `frameBytes`; `flush` fills the last one with `filler`.
    package init(frameBytes: Int = 160, filler: UInt8 = MuLaw.silence) {
        precondition(frameBytes > 0, "a frame has bytes")
        self.frameBytes = frameBytes
        self.filler = filler
        buffer = Scratch(byteCount: frameBytes)
    }

    /// Hands every frame that `chunk` completes to `sink`, which must copy what it keeps.
    package mutating func push(
        _ chunk: UnsafeRawBufferPointer, _ sink: (UnsafeRawBufferPointer) -> Void
    ) {
        var rest = chunk
        while fill(from: &rest) { sink(UnsafeRawBufferPointer(frame)) }
    }

    /// Hands the bytes still held to `sink`, filled up to a whole frame; nothing if none are held.
    package mutating func flush(_ sink: (UnsafeRawBufferPointer) -> Void) {
        guard held > 0 else { return }
        pad(keeping: held)
        sink(UnsafeRawBufferPointer(frame))
    }

    /// Forgets the bytes held.
    package mutating func clear() {
        held = 0
    }

    /// Takes from the front of `rest` what the frame needs; true when the frame is whole.
    mutating func fill(from rest: inout UnsafeRawBufferPointer) -> Bool {
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

    /// The frame last made whole, until the next bytes come.
    var frame: UnsafeMutableRawBufferPointer { buffer.bytes }
}
