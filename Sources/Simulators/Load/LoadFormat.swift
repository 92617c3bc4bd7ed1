import Audio

/// What the agent's side of a load call speaks; the caller's side is µ-law at 8 kHz always.
package enum LoadFormat: String, Sendable, CaseIterable {
    /// Equal on both sides: audio may pass through untouched, so every frame can be recognised.
    case muLaw = "ulaw_8000"
    /// Another rate and another encoding: the bridge has to convert.
    case pcm = "pcm_16000"

    /// Length of every frame that load sends.
    package static let frameNanoseconds: Int64 = 20_000_000
    /// Bytes of one frame on the caller's side.
    package static let callerFrameBytes = 160

    /// Bytes of one frame on the agent's side.
    package var frameBytes: Int { audio.bytesPerFrame }

    /// The same as the codecs know it.
    var audio: AudioFormat {
        switch self {
        case .muLaw: .telephone
        case .pcm: .wideband
        }
    }
}
