// Any bytes as a WAV file: read or refused, never more samples than bytes; what was read, written
// and read again is the same.

import Audio

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let file = [UInt8](UnsafeBufferPointer(start: bytes, count: count))
    guard let wave = try? WaveFile(reading: file) else { return 0 }
    precondition(wave.bytes.count <= count)
    precondition(wave.samples.count == wave.bytes.count / wave.format.bytesPerSample)
    guard let again = try? WaveFile(reading: wave.encoded) else {
        preconditionFailure("what we write we cannot read")
    }
    precondition(again == wave)
    return 0
}
