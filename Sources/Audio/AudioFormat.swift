/// How audio is written down: encoding and rate, always one channel.
///
/// The seven formats of an agent's socket (ElevenLabs Agents, audio formats); Twilio speaks
/// `ulaw_8000` only.
package struct AudioFormat: Sendable, Hashable {
    /// What one sample looks like.
    package enum Encoding: Sendable {
        /// Signed 16 bit, little-endian.
        case pcm16
        /// G.711 µ-law, 8 bit.
        case muLaw
    }

    package let encoding: Encoding
    /// Samples per second.
    package let rate: Int

    private init(_ encoding: Encoding, _ rate: Int) {
        self.encoding = encoding
        self.rate = rate
    }

    /// What Twilio speaks.
    package static let ulaw8000 = AudioFormat(.muLaw, 8_000)
    /// Every format an agent may speak.
    package static let all =
        [8_000, 16_000, 22_050, 24_000, 44_100, 48_000].map { AudioFormat(.pcm16, $0) }
        + [ulaw8000]

    /// The format of that name (`pcm_16000`, `ulaw_8000`); nil when there is none.
    package init?(_ name: some StringProtocol) {
        guard let format = Self.all.first(where: { $0.name == name }) else { return nil }
        self = format
    }

    /// The vendor's name for it.
    package var name: String {
        switch encoding {
        case .pcm16: "pcm_\(rate)"
        case .muLaw: "ulaw_\(rate)"
        }
    }

    package var bytesPerSample: Int { encoding == .pcm16 ? 2 : 1 }

    /// How many bytes, whole samples, last so long.
    package func bytes(in duration: Duration) -> Int {
        let (seconds, attoseconds) = duration.components
        let part = attoseconds / 1_000_000_000 * Int64(rate) / 1_000_000_000
        return Int(seconds * Int64(rate) + part) * bytesPerSample
    }

    /// How long so many bytes last.
    package func duration(ofBytes count: Int) -> Duration {
        .nanoseconds(count * 1_000_000_000 / (rate * bytesPerSample))
    }
}
