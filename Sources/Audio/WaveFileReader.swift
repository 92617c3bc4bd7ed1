extension WaveFile {
    /// Reads a file; chunks that are not needed are passed over.
    ///
    /// A writer into a pipe cannot go back and fill in the length of its samples (espeak-ng and sox
    /// leave 0x7FFFF000 and more): such a length means all the rest.
    package init(reading file: [UInt8]) throws(WaveFileError) {
        guard file.count <= Self.bytesMax else { throw .tooLong }
        var reader = ChunkReader(file: file)
        try reader.readRIFF()
        var format: AudioFormat?
        while let chunk = reader.next() {
            switch chunk.name {
            case "fmt ":
                format = try Self.format(chunk.body(of: file))
            case "data":
                guard let format else { throw .badFormat }
                let samples = try chunk.samples(of: file)
                guard samples.count % format.bytesPerSample == 0 else { throw .oddLength }
                self.init(format: format, bytes: [UInt8](samples))
                return
            default:
                _ = try chunk.body(of: file)
            }
        }
        throw .noSamples
    }

    /// Reads the body of a `fmt ` chunk.
    private static func format(_ body: ArraySlice<UInt8>) throws(WaveFileError) -> AudioFormat {
        guard body.count >= 16 else { throw .badFormat }
        var tag = body.number(at: 0, bytes: 2)
        let channels = body.number(at: 2, bytes: 2)
        let rate = body.number(at: 4, bytes: 4)
        let bytesPerSample = body.number(at: 12, bytes: 2)
        let bits = body.number(at: 14, bytes: 2)
        // WAVE_FORMAT_EXTENSIBLE: the tag proper begins the sub-format's GUID.
        if tag == 0xFFFE {
            guard body.count >= 40 else { throw .badFormat }
            tag = body.number(at: 24, bytes: 2)
        }
        guard channels == 1 else { throw .channels(channels) }
        let encoding: AudioFormat.Encoding
        switch (tag, bits) {
        case (1, 16): encoding = .pcm16
        case (7, 8): encoding = .muLaw
        default: throw .encoding(tag: tag, bitsPerSample: bits)
        }
        guard AudioFormat.agentFormats.contains(where: { $0.rate == rate }) else {
            throw .rate(rate)
        }
        let format = AudioFormat(encoding, rate: rate)
        guard bytesPerSample == format.bytesPerSample else { throw .badFormat }
        return format
    }
}

/// Walks the chunks of a RIFF file.
private struct ChunkReader {
    let file: [UInt8]
    private var at = 0

    init(file: [UInt8]) {
        self.file = file
    }

    /// Passes `RIFF`, its length and `WAVE`. The length is not believed: pipes leave it wrong too.
    mutating func readRIFF() throws(WaveFileError) {
        guard file.count >= 12, file[..<4].elementsEqual("RIFF".utf8),
            file[8..<12].elementsEqual("WAVE".utf8)
        else { throw .notWave }
        at = 12
    }

    /// The next chunk's head; nil when fewer bytes are left than a head has.
    mutating func next() -> Chunk? {
        guard file.count - at >= 8 else { return nil }
        let size = file[(at + 4)...].number(at: 0, bytes: 4)
        let chunk = Chunk(
            name: String(decoding: file[at..<(at + 4)], as: UTF8.self), start: at + 8, size: size)
        // Chunks begin at even places. A chunk past the end is found out when its body is read.
        at = min(file.count, at + 8 + size + size % 2)
        return chunk
    }
}

/// Where a chunk's body lies, by its own account.
private struct Chunk {
    let name: String
    let start: Int
    let size: Int

    /// Lengths from here on are what a writer into a pipe leaves.
    private static let unknownSize = 0x7FFF_F000

    func body(of file: [UInt8]) throws(WaveFileError) -> ArraySlice<UInt8> {
        guard size <= file.count - start else { throw .truncated }
        return file[start..<(start + size)]
    }

    func samples(of file: [UInt8]) throws(WaveFileError) -> ArraySlice<UInt8> {
        size >= Self.unknownSize ? file[start...] : try body(of: file)
    }
}

extension ArraySlice<UInt8> {
    /// The little-endian number of `bytes` bytes that begins `offset` bytes in.
    fileprivate func number(at offset: Int, bytes: Int) -> Int {
        var value = 0
        for at in (0..<bytes).reversed() {
            value = value << 8 | Int(self[startIndex + offset + at])
        }
        return value
    }
}
