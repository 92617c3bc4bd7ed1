import Calls
import Instruments

/// Counts what ended calls have lost on the way, queue by queue.
struct CallLossMeters: CallListener {
    private let roundTrip: Histogram
    private let framesDropped: Counter
    private let chunksStale: Counter
    private let bytesRefused: Counter
    private let messagesRefused: Counter

    init(_ board: MetricBoard) {
        roundTrip = board.histogram(
            "callbridge_agent_round_trip_seconds", "The last ping to the agent, of ended calls.",
            bounds: [10, 20, 50, 100, 150, 200, 300, 500, 1_000, 2_000].map { .milliseconds($0) })
        framesDropped = board.counter(
            "callbridge_caller_frames_dropped_total",
            "Caller frames that waited for the agent in vain.")
        chunksStale = board.counter(
            "callbridge_agent_chunks_stale_total",
            "Agent audio messages that belonged to an interrupted reply.")
        bytesRefused = board.counter(
            "callbridge_playback_refused_bytes_total",
            "Agent audio that found the playback queue full.")
        messagesRefused = board.counter(
            "callbridge_caller_messages_refused_total",
            "Media messages that a caller's socket had no room for; their audio waited on.")
    }

    func heard(_ event: CallEvent, of call: CallFacts) {
        guard case .ended(_, let tally) = event else { return }
        if let time = tally.agentRoundTrip { roundTrip.record(time) }
        framesDropped.add(tally.framesDropped)
        chunksStale.add(tally.chunksStale)
        bytesRefused.add(tally.bytesRefused)
        messagesRefused.add(tally.messagesRefused)
    }
}
