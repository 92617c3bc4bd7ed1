#if _endian(big)
    #error("PCM16 on the wire is little endian and is read here as native samples")
#endif

/// How samples are written: one channel, an encoding and a rate.
package struct AudioFormat: Sendable, Hashable {
    /// How one sample becomes bytes.
    package enum Encoding: Sendable, Hashable {
        /// ITU-T G.711 mu-law, one byte.
        case muLaw
        /// Signed 16 bit, little endian, two bytes.
        case pcm16
    }

    /// How one sample becomes bytes.
    package let encoding: Encoding
    /// Samples per second.
    package let rate: Int

    /// A format of this encoding and this many samples per second, a multiple of 50.
    package init(_ encoding: Encoding, rate: Int) {
        precondition(rate > 0 && rate % 50 == 0, "20 ms must be a whole number of samples")
        self.encoding = encoding
        self.rate = rate
    }

    /// The format an agent's settings call `name` (`pcm_16000`); nil for any other word.
    package init?(_ name: String) {
        guard let format = Self.agentFormats.first(where: { $0.name == name }) else { return nil }
        self = format
    }

    /// What the telephone speaks: mu-law, 8 kHz.
    package static let telephone = AudioFormat(.muLaw, rate: 8000)
    /// What a browser speaks and most agents are set to: PCM16, 16 kHz.
    package static let wideband = AudioFormat(.pcm16, rate: 16000)

    /// Every format an agent can be set to (ElevenLabs, `user_input_audio_format` and
    /// `agent_output_audio_format`).
    package static let agentFormats =
        [telephone]
        + [8000, 16000, 22050, 24000, 44100, 48000].map { AudioFormat(.pcm16, rate: $0) }

    /// The name in an agent's settings: `ulaw_8000`, `pcm_16000`.
    package var name: String {
        switch encoding {
        case .muLaw: "ulaw_\(rate)"
        case .pcm16: "pcm_\(rate)"
        }
    }

    /// Bytes of one sample.
    package var bytesPerSample: Int {
        switch encoding {
        case .muLaw: 1
        case .pcm16: 2
        }
    }

    /// Samples of one 20 ms frame.
    package var samplesPerFrame: Int { rate / 50 }

    /// Bytes of one 20 ms frame.
    package var bytesPerFrame: Int { samplesPerFrame * bytesPerSample }

    /// The byte that, repeated, is silence.
    package var silence: UInt8 {
        switch encoding {
        case .muLaw: MuLaw.silence
        case .pcm16: 0
        }
    }

    /// How long `bytes` last, to the nanosecond below; an odd byte of PCM16 counts half a sample.
    package func duration(ofBytes bytes: Int) -> Duration {
        // One division, and no sum of 128 bits: asked for with every frame.
        let nanoseconds = bytes * 1_000_000_000 / (rate * bytesPerSample)
        return Duration(attoseconds: Int128(nanoseconds) * 1_000_000_000)
    }

    /// The bytes of all whole samples within `duration`.
    package func bytes(lasting duration: Duration) -> Int {
        let (seconds, attoseconds) = duration.components
        let nanoseconds = Int(attoseconds / 1_000_000_000)
        return (Int(seconds) * rate + nanoseconds * rate / 1_000_000_000) * bytesPerSample
    }
}

extension AudioFormat: CustomStringConvertible {
    /// The format's name.
    package var description: String { name }
}
