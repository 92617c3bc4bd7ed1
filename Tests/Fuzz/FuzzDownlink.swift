// Any audio in any chunks to the telephone: the first byte chooses the agent's format, the second
// the dice. Frames are whole, as many as were paid for, and the same as from one chunk.

import Audio

/// Pushes and, at times, ends or interrupts; counts what comes out.
private struct Listener {
    var heard: [UInt8] = []

    mutating func listen(_ frame: UnsafeRawBufferPointer) {
        precondition(frame.count == 160)
        heard += frame
    }
}

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = UnsafeBufferPointer(start: bytes, count: count)
    guard count > 2 else { return 0 }
    let agent = AudioFormat.agentFormats[Int(input[0]) % AudioFormat.agentFormats.count]
    let audio = UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: input[2...]))

    guard var whole = try? Transcoder(from: agent, to: .telephone),
        var cut = try? Transcoder(from: agent, to: .telephone)
    else { preconditionFailure("every agent format has a way to the telephone") }
    var (expected, heard) = (Listener(), Listener())
    whole.push(audio) { expected.listen($0) }
    whole.finish { expected.listen($0) }

    // An utterance that is interrupted, then the same one in pieces.
    var dice = UInt64(input[1]) | 1
    pushInPieces(audio, &cut, &dice) { _ in }
    cut.reset()
    pushInPieces(audio, &cut, &dice) { heard.listen($0) }
    cut.finish { heard.listen($0) }

    precondition(heard.heard.count == expected.heard.count)
    let isExact = ![22050, 44100].contains(agent.rate)
    precondition(!isExact || heard.heard == expected.heard)
    precondition(expected.heard.count / 160 <= audio.count / agent.bytesPerFrame + 2)
    return 0
}

private func pushInPieces(
    _ audio: UnsafeRawBufferPointer, _ transcoder: inout Transcoder, _ dice: inout UInt64,
    _ sink: (UnsafeRawBufferPointer) -> Void
) {
    var rest = audio
    while !rest.isEmpty {
        // The multiplier of Knuth's MMIX generator.
        dice = dice &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let size = min(rest.count, Int(dice >> 33) % 700)
        transcoder.push(UnsafeRawBufferPointer(rebasing: rest[..<size]), sink)
        rest = UnsafeRawBufferPointer(rebasing: rest[size...])
    }
}
