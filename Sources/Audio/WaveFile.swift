/// What is wrong with a WAV file.
package enum WaveFileError: Error, Equatable {
    /// The first bytes are not `RIFF….WAVE`.
    case notWave
    /// The file ends before the part its own numbers promise.
    case truncated
    /// There is no `fmt ` chunk before the samples, or a short or contradictory one.
    case badFormat
    /// There is no `data` chunk.
    case noSamples
    /// The samples are neither PCM16 (format 1) nor mu-law (format 7).
    case encoding(tag: Int, bitsPerSample: Int)
    /// More than one channel, or none.
    case channels(Int)
    /// A rate no agent or telephone uses.
    case rate(Int)
    /// The last sample is cut in half.
    case oddLength
    /// Longer than `WaveFile.bytesMax`.
    case tooLong
}

/// A WAV file of one channel: PCM16 or mu-law, read from bytes and written to bytes.
package struct WaveFile: Sendable, Equatable {
    /// How the samples are written.
    package var format: AudioFormat
    /// The samples as they lie in the file.
    package var bytes: [UInt8]

    /// The longest file read: two hours of 16 kHz PCM16 are 220 MiB.
    package static let bytesMax = 256 << 20

    /// A file of these samples.
    package init(format: AudioFormat, bytes: [UInt8]) {
        self.format = format
        self.bytes = bytes
    }

    /// The samples as 16-bit numbers; half a sample at the end is ignored.
    package var samples: [Int16] {
        let count = bytes.count / format.bytesPerSample
        return [Int16](unsafeUninitializedCapacity: count) { samples, written in
            let target = UnsafeMutableRawBufferPointer(samples)
            switch format.encoding {
            case .muLaw: bytes.withUnsafeBytes { MuLaw.decode($0, into: target) }
            case .pcm16: target.copyBytes(from: bytes[..<(2 * count)])
            }
            written = count
        }
    }
}

extension WaveFile {
    /// The file as it is stored: `RIFF`, a `fmt ` chunk, for mu-law a `fact` chunk, the samples.
    package var encoded: [UInt8] {
        let isPCM = format.encoding == .pcm16
        let padding = bytes.count % 2
        // What is not PCM carries an extension's size and a count of samples (Microsoft's WAVE).
        let header = isPCM ? 36 : 50
        var file: [UInt8] = []
        file.reserveCapacity(8 + header + bytes.count + padding)
        file.add("RIFF", UInt32(header + bytes.count + padding))
        file += "WAVE".utf8
        file.add("fmt ", UInt32(isPCM ? 16 : 18))
        file.add(UInt16(isPCM ? 1 : 7))
        file.add(UInt16(1))
        file.add(UInt32(format.rate))
        file.add(UInt32(format.rate * format.bytesPerSample))
        file.add(UInt16(format.bytesPerSample))
        file.add(UInt16(8 * format.bytesPerSample))
        if !isPCM {
            file.add(UInt16(0))
            file.add("fact", UInt32(4))
            file.add(UInt32(bytes.count))
        }
        file.add("data", UInt32(bytes.count))
        file += bytes
        if padding == 1 { file.append(0) }
        return file
    }
}

extension [UInt8] {
    fileprivate mutating func add(_ name: StaticString, _ size: UInt32) {
        self += UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        add(size)
    }

    fileprivate mutating func add(_ value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.littleEndian) { self += $0 }
    }
}
