package import Audio

/// The agent's hearing: decodes the caller's audio and hears turns in it.
package struct AgentEar: Sendable, Equatable {
    private let format: AudioFormat
    private var detector: TurnDetector
    private var kept: [UInt8] = []
    private let keepsAudio: Bool

    /// Ten minutes at the highest rate; what is heard later is measured, not kept.
    private static let keptBytesMax = 600 * 96_000

    /// How the audio came.
    package private(set) var meter: UplinkMeter

    package init(format: AudioFormat, settings: TurnDetector.Settings, keepsAudio: Bool) {
        self.format = format
        self.keepsAudio = keepsAudio
        detector = TurnDetector(sampleRate: format.rate, settings: settings)
        meter = UplinkMeter(format: format)
    }

    /// True between the first speech and the end of the turn.
    package var isInTurn: Bool { detector.isInTurn }

    /// Everything heard, if it is kept.
    package var heard: [UInt8] { kept }

    /// Hears a chunk; a chunk with half a sample is refused as the service does.
    package mutating func hear(
        _ audio: [UInt8], at now: Duration
    ) throws(ClientFault) -> [TurnDetector.Event] {
        guard audio.count % format.bytesPerSample == 0 else {
            throw ClientFault(
                "invalid_message", "buffer size must be a multiple of element size")
        }
        meter.chunk(audio.count, at: now)
        if keepsAudio, kept.count + audio.count <= Self.keptBytesMax { kept += audio }
        if format.encoding == .muLaw { return detector.hear(audio.lazy.map(MuLaw.decode)) }
        return detector.hear(
            (0..<audio.count / 2).lazy.map { index in
                Int16(bitPattern: UInt16(audio[index * 2]) | UInt16(audio[index * 2 + 1]) << 8)
            })
    }

    /// Nothing came for a while: quiet as well.
    package mutating func hearNothing(for duration: Duration) -> [TurnDetector.Event] {
        detector.hearNothing(for: duration)
    }
}
