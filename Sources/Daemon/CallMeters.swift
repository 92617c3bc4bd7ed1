import Calls
import Instruments

/// Counts what calls tell.
struct CallMeters: CallListener {
    private let calls: Counter
    private let ended: MetricFamily<Counter>
    private let faults: MetricFamily<Counter>
    private let interruptions: Counter
    private let framesIn: Counter
    private let framesOut: Counter
    private let framesLost: Counter
    private let firstAudio: Histogram
    private let duration: Histogram

    init(_ board: MetricBoard) {
        calls = board.counter("callbridge_calls_total", "Calls let in.")
        ended = board.counters(
            "callbridge_calls_ended_total", "Calls ended, by reason and whose doing it was.",
            labels: ["reason", "owner"])
        faults = board.counters(
            "callbridge_call_faults_total", "Calls in which a peer was at fault, by kind.",
            labels: ["fault"])
        interruptions = board.counter(
            "callbridge_interruptions_total", "Times a caller took the floor.")
        framesIn = board.counter(
            "callbridge_caller_frames_total", "Media messages heard from callers.")
        framesOut = board.counter(
            "callbridge_agent_frames_total", "20 ms frames sent to callers.")
        framesLost = board.counter(
            "callbridge_caller_frames_lost_total", "Caller frames that never came.")
        firstAudio = board.histogram(
            "callbridge_first_audio_seconds", "From stream start to the first agent audio.",
            bounds: [100, 250, 500, 750, 1_000, 1_500, 2_500, 5_000].map { .milliseconds($0) })
        duration = board.histogram(
            "callbridge_call_duration_seconds", "Length of calls.",
            bounds: [5, 15, 30, 60, 120, 300, 600, 1_800, 3_600].map { .seconds($0) })
    }

    func heard(_ event: CallEvent, of call: CallFacts) {
        switch event {
        case .promised: calls.add()
        case .interrupted: interruptions.add()
        case .fault(let fault): faults[fault.rawValue].add()
        case .ended(let reason, let tally):
            ended[reason.rawValue, reason.owner.rawValue].add()
            framesIn.add(tally.framesIn)
            framesOut.add(tally.framesOut)
            framesLost.add(tally.framesLost)
            if let first = tally.firstAudio { firstAudio.record(first) }
            duration.record(tally.duration)
        default: break
        }
    }
}
