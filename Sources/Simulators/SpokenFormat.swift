/// One of the seven audio formats of an agent's socket.
package struct SpokenFormat: Sendable, Hashable {
    package let name: String
    package let sampleRate: Int
    package let isMuLaw: Bool

    /// Every format, the default first.
    package static let all: [SpokenFormat] = [
        SpokenFormat("pcm_16000", 16000), SpokenFormat("pcm_8000", 8000),
        SpokenFormat("pcm_22050", 22050), SpokenFormat("pcm_24000", 24000),
        SpokenFormat("pcm_44100", 44100), SpokenFormat("pcm_48000", 48000),
        SpokenFormat("ulaw_8000", 8000, isMuLaw: true),
    ]

    package static let pcm16000 = all[0]
    package static let muLaw8000 = all[6]

    private init(_ name: String, _ sampleRate: Int, isMuLaw: Bool = false) {
        self.name = name
        self.sampleRate = sampleRate
        self.isMuLaw = isMuLaw
    }

    /// The format of that name; nil when there is none.
    package init?(_ name: some StringProtocol) {
        guard let found = Self.all.first(where: { $0.name == name }) else { return nil }
        self = found
    }

    package var bytesPerSample: Int { isMuLaw ? 1 : 2 }

    /// How long so many bytes last.
    package func duration(of bytes: Int) -> Duration {
        .microseconds(bytes * 1_000_000 / (sampleRate * bytesPerSample))
    }

    /// How many bytes, whole samples, last so long.
    package func bytes(in duration: Duration) -> Int {
        Int(duration.microseconds) * sampleRate / 1_000_000 * bytesPerSample
    }
}
