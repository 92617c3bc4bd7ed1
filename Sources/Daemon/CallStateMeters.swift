import Calls
import Instruments
import Synchronization

/// Counts how many calls are in which state now, and what ended ones have lost on the way.
final class CallStateMeters: CallListener {
    /// The states that a gauge shows; their words are those of the operator's list.
    private enum State: String, CaseIterable {
        case ringing, connecting
        case inProgress = "in-progress"

        init(_ call: CallFacts) {
            self =
                call.conversation != nil ? .inProgress : call.stream != nil ? .connecting : .ringing
        }
    }

    private let gauges: [State: Gauge]
    private let states = Mutex<[String: State]>([:])
    private let roundTrip: Histogram
    private let framesDropped: Counter
    private let chunksStale: Counter
    private let bytesRefused: Counter
    private let messagesRefused: Counter

    init(_ board: MetricBoard) {
        let calls = board.gauges("callbridge_calls", "Living calls, by state.", labels: ["state"])
        gauges = Dictionary(
            uniqueKeysWithValues: State.allCases.map { ($0, calls[$0.rawValue]) })
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
        guard case .ended(_, let tally) = event else { return enter(State(call), call) }
        enter(nil, call)
        if let time = tally.agentRoundTrip { roundTrip.record(time) }
        framesDropped.add(tally.framesDropped)
        chunksStale.add(tally.chunksStale)
        bytesRefused.add(tally.bytesRefused)
        messagesRefused.add(tally.messagesRefused)
    }

    private func enter(_ state: State?, _ call: CallFacts) {
        let before = states.withLock { states in
            defer { states[call.ticket.session] = state }
            return states[call.ticket.session]
        }
        guard before != state else { return }
        if let before { gauges[before]?.add(-1) }
        if let state { gauges[state]?.add(1) }
    }
}
