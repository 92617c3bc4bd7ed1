import Calls
import Instruments

/// Counts what calls tell.
struct CallMeters: CallListener {
    private let calls: Counter
    private let revived: Counter
    private let ended: MetricFamily<Counter>
    private let faults: MetricFamily<Counter>
    private let agentsLost: MetricFamily<Counter>
    private let streamsLost: Counter
    private let emergenciesUnanswered: Counter
    private let interruptions: Counter
    private let framesIn: Counter
    private let framesOut: Counter
    private let framesLost: Counter
    private let firstAudio: Histogram
    private let duration: Histogram
    private let line: LineMeters

    init(_ board: MetricBoard) {
        calls = board.counter("callbridge_calls_total", "Calls let in.")
        revived = board.counter(
            "callbridge_calls_revived_total", "Calls of a process that is no more that went on.")
        ended = board.counters(
            "callbridge_calls_ended_total", "Calls ended, by reason and whose doing it was.",
            labels: ["reason", "owner"])
        faults = board.counters(
            "callbridge_call_faults_total", "Calls in which a peer was at fault, by kind.",
            labels: ["fault"])
        agentsLost = board.counters(
            "callbridge_agents_lost_total",
            "Agents that could not be had or were lost, whoever took their place.",
            labels: ["reason"])
        streamsLost = board.counter(
            "callbridge_streams_lost_total", "Callers' streams that ended though nobody wanted it.")
        emergenciesUnanswered = board.counter(
            "callbridge_emergencies_unanswered_total", "Emergencies that nobody took.")
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
        line = LineMeters(board)
    }

    func heard(_ event: CallEvent, of call: CallFacts) {
        switch event {
        case .promised: calls.add()
        case .revived: revived.add()
        case .emergencyUnanswered: emergenciesUnanswered.add()
        case .interrupted: interruptions.add()
        case .agentFailed(let reason, _), .agentLostEarly(let reason, _):
            agentsLost[reason.rawValue].add()
        case .streamLost: streamsLost.add()
        case .fault(let fault, _): faults[fault.rawValue].add()
        case .ended(let reason, let tally):
            ended[reason.rawValue, reason.owner.rawValue].add()
            framesIn.add(tally.framesIn)
            framesOut.add(tally.framesOut)
            framesLost.add(tally.framesLost)
            if let first = tally.firstAudio { firstAudio.record(first) }
            duration.record(tally.duration)
            line.record(tally.line)
        default: break
        }
    }
}

/// Counts how good calls were, one value for each call.
private struct LineMeters: Sendable {
    private let turnGap: Histogram
    private let bargeIn: Histogram
    private let jitter: Histogram
    private let deadAir: Histogram
    private let opinion: Histogram
    private let late: Counter
    private let oneWay: MetricFamily<Counter>

    init(_ board: MetricBoard) {
        turnGap = board.histogram(
            "callbridge_turn_gap_seconds", "A call's 95th percentile of turn gaps, as played.",
            bounds: [250, 500, 750, 1_000, 1_500, 2_000, 2_500, 5_000].map { .milliseconds($0) })
        bargeIn = board.histogram(
            "callbridge_barge_in_seconds",
            "A call's longest time from a caller speaking over the agent to the clear.",
            bounds: [100, 200, 300, 500, 750, 1_000, 2_000].map { .milliseconds($0) })
        jitter = board.histogram(
            "callbridge_caller_jitter_seconds",
            "A call's 95th percentile of changes in the transit of caller frames.",
            bounds: [1, 2, 5, 10, 20, 40, 80, 160].map { .milliseconds($0) })
        deadAir = board.histogram(
            "callbridge_dead_air_seconds", "A call's longest stretch in which nobody was heard.",
            bounds: [1_000, 2_500, 5_000, 10_000, 20_000, 60_000].map { .milliseconds($0) })
        opinion =
            board.histograms(
                "callbridge_call_mos", "A call's estimated mean opinion score.", labels: []
            ) { Histogram([100, 200, 300, 350, 380, 400, 420, 430, 440], unitsPerOne: 100) }[]
        late = board.counter(
            "callbridge_caller_frames_late_total", "Caller frames too late to be played.")
        oneWay = board.counters(
            "callbridge_one_way_calls_total", "Calls in which one side was never heard.",
            labels: ["side"])
    }

    func record(_ line: LineSummary) {
        if let gap = line.turnGapP95 { turnGap.record(gap) }
        if let bargeIn = line.bargeIn { self.bargeIn.record(bargeIn) }
        if let jitter = line.jitterP95 { self.jitter.record(jitter) }
        deadAir.record(line.deadAirLongest)
        if let mos = line.mos { opinion.record(Int((mos * 100).rounded())) }
        late.add(line.framesLate)
        if let side = line.oneWay { oneWay[side.rawValue].add() }
    }
}
