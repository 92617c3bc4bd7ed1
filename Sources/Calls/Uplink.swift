import Audio
import ElevenLabs
import Wire

/// The caller's audio on its way to the agent.
///
///     Twilio base64 ──┬── gate shut ──▶ early audio, the newest seconds
///                     ├── equal formats ──▶ the same base64, untouched
///                     └── otherwise ─▶ µ-law ─▶ transcoder ─▶ base64
struct Uplink: ~Copyable {
    /// Early audio is handed over in pieces of 200 ms: the size of the vendor's own clients'
    /// chunks, far from those that broke conversations (Agents WebSocket, input pacing).
    private static let earlyPieceBytes = 1_600
    /// µ-law bytes decoded at once: 20 ms, on the stack.
    private static let pieceBytes = 160
    private static let pieceCharacters = Base64.encodedCount(pieceBytes)

    private var early: AudioQueue
    private var transcoder: CallerToAgent?
    private var isOpen = false
    private var isPassThrough = true

    init(limits: CallLimits) {
        early = AudioQueue(bytesMax: AudioFormat.ulaw8000.bytes(lasting: limits.earlyAudioMax))
    }
}
