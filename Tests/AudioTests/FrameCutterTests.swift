import TestDice
import Testing

@testable import Audio

private func cut(_ chunks: [[UInt8]], flush: Bool = false) -> [[UInt8]] {
    var cutter = FrameCutter(frameBytes: 160, filler: MuLaw.silence)
    var frames: [[UInt8]] = []
    for chunk in chunks {
        chunk.withUnsafeBytes { cutter.push($0) { frames.append([UInt8]($0)) } }
    }
    if flush { cutter.flush { frames.append([UInt8]($0)) } }
    return frames
}

@Test func `chunks of any size give the same frames`() {
    var dice = Dice(seed: 160)
    let bytes = dice.bytes(5000)
    let whole = cut([bytes], flush: true)
    #expect(whole.count == 32)
    #expect(whole.flatMap { $0 }.prefix(5000) == bytes[...])
    #expect(whole[31][40...].allSatisfy { $0 == 0xFF })
    for size in [1, 2, 159, 160, 161, 320, 999] {
        let chunks = stride(from: 0, to: 5000, by: size).map { at in
            [UInt8](bytes[at..<min(5000, at + size)])
        }
        #expect(cut(chunks, flush: true) == whole)
    }
}

@Test func `what is no whole frame waits`() {
    #expect(cut([[UInt8](repeating: 1, count: 159)]).isEmpty)
    #expect(cut([[UInt8](repeating: 1, count: 159), [], [2]]).map(\.last) == [2])
}

@Test func `a flush gives nothing when nothing is held`() {
    #expect(cut([], flush: true).isEmpty)
    #expect(cut([[UInt8](repeating: 1, count: 320)], flush: true).count == 2)
}

@Test func `cleared bytes are forgotten`() {
    var cutter = FrameCutter(frameBytes: 4, filler: 9)
    var frames: [[UInt8]] = []
    [UInt8]([1, 2, 3]).withUnsafeBytes { cutter.push($0) { frames.append([UInt8]($0)) } }
    #expect(cutter.held == 3)
    cutter.clear()
    [UInt8]([5]).withUnsafeBytes { cutter.push($0) { frames.append([UInt8]($0)) } }
    cutter.flush { frames.append([UInt8]($0)) }
    #expect(frames == [[5, 9, 9, 9]])
    #expect(cutter.held == 0)
}

extension FrameCutter {
    /// Hands every frame that `chunk` completes to `sink`.
    fileprivate mutating func push(
        _ chunk: UnsafeRawBufferPointer, _ sink: (UnsafeRawBufferPointer) -> Void
    ) {
        var rest = chunk
        while let frame = next(from: &rest) { sink(frame) }
    }

    /// Hands the bytes still held to `sink`, filled up to a whole frame; nothing if none are held.
    fileprivate mutating func flush(_ sink: (UnsafeRawBufferPointer) -> Void) {
        guard held > 0 else { return }
        pad(keeping: held)
        sink(UnsafeRawBufferPointer(frame))
    }
}
