import Audio
import Twilio
import Wire

/// The agent's audio on its way to the caller.
///
///     agent chunk ─base64─▶ transcoder ─▶ frames ─▶ queue ─▶ pacing ─▶ Twilio media, marks
///                                                     ▲          │
///                          interruption: empty ───────┘   clear ─┘
///
/// Chunks come in any size and faster than real time; at Twilio lies at most `leadMax` of audio
/// that was not played yet, so that a `clear` leaves little said. Without anything waiting, and in
/// equal formats, the agent's base64 goes out untouched.
struct Downlink: ~Copyable {
    /// Twilio's frame: 20 ms of µ-law at 8 kHz.
    static let frameBytes = 160
    static let frame = Duration.milliseconds(20)
    /// Frames put into one message when more than one is waiting: 100 ms.
    private static let framesPerMessageMax = 5
    /// A mark at least so often tells what was really played.
    private static let markEvery = Duration.seconds(1)
    /// A held remainder is padded and sent this long before the caller would hear a gap.
    private static let tailAhead = Duration.milliseconds(60)
    /// Nor before this long has passed without a new chunk: it may yet be continued.
    private static let tailPause = Duration.milliseconds(100)
    /// A chunk is decoded in pieces of so many base64 characters (3/4 as many bytes), on the stack.
    private static let pieceCharacters = 1_280

    private let leadMax: Duration
    private var waiting: AudioQueue
    private var transcoder: AgentToCaller
    private var clock = PlaybackClock()
    private var marks = MarkLine()
    private var hasTail = false
    private var lastChunk = Duration.zero
    private var sentSinceMark = Duration.zero
    /// Highest id heard of, and the id up to which audio is stale.
    private var eventSeen: Int64 = -1
    private var eventCut: Int64 = -1
    private var isFinishing = false

    init(limits: CallLimits) {
        leadMax = limits.playbackLeadMax
        waiting = AudioQueue(bytesMax: AudioFormat.ulaw8000.bytes(lasting: limits.playbackQueueMax))
        transcoder = AgentToCaller(from: .ulaw8000)
    }
}
