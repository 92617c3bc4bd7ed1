/// An MP3 of nothing, so that whoever stores or plays recordings has one.
///
/// MPEG-2 layer III, 32 kbit/s, 16 kHz, mono: 144 bytes for 36 ms. A frame whose side
/// information and main data are zero decodes to silence (ISO 13818-3, section 2.4).
package enum SilentMP3 {
    private static let frameBytes = 144
    private static let frameMilliseconds: Int64 = 36
    /// An hour; longer calls get no longer file.
    private static let framesMax = 100_000

    /// A file of at least one frame.
    package static func bytes(lasting duration: Duration) -> [UInt8] {
        var frame: [UInt8] = [0xFF, 0xF3, 0x48, 0xC4]
        frame += [UInt8](repeating: 0, count: frameBytes - frame.count)
        let count = min(max(1, Int(duration.milliseconds / frameMilliseconds)), framesMax)
        return Array(repeatElement(frame, count: count).joined())
    }
}
