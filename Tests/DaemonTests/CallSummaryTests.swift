import Instruments
import Testing

@testable import Calls
@testable import Daemon

@Suite struct CallSummaryTests {
    private var tally: CallTally {
        var tally = CallTally()
        tally.line.turnGapP50 = .milliseconds(640)
        tally.line.turnGapP95 = .milliseconds(1_280)
        tally.line.bargeIn = .milliseconds(310)
        tally.line.framesLate = 7
        tally.line.jitterP95 = .milliseconds(4)
        tally.line.deadAirLongest = .seconds(2)
        tally.line.deadAirTotal = .seconds(3)
        tally.line.oneWay = .agentUnheard
        tally.line.mos = 4.38
        return tally
    }

    @Test func `the last line of a call says how good it was`() {
        let summary = CallSummary(reason: .callerHungUp, tally: tally)
        for part in [
            "turn_gap_p50_ms 640", "turn_gap_p95_ms 1280", "barge_in_ms 310", "frames_late 7",
            "jitter_p95_ms 4", "dead_air_ms 2000", "dead_air_total_ms 3000",
            "one_way agent_unheard", "mos 4.38",
        ] {
            #expect(summary.sentence.contains(part), "\(part)")
        }
        let nothing = CallSummary(reason: .callerHungUp, tally: CallTally())
        #expect(nothing.sentence.contains("mos -"))
    }

    @Test func `the meters count every call once`() throws {
        let board = MetricBoard()
        let meters = CallMeters(board)
        let facts = try testFacts()
        meters.heard(.ended(.callerHungUp, tally), of: facts)
        meters.heard(.ended(.callerHungUp, CallTally()), of: facts)
        let page = board.render()
        for line in [
            "callbridge_turn_gap_seconds_count 1", "callbridge_barge_in_seconds_count 1",
            "callbridge_caller_jitter_seconds_count 1", "callbridge_dead_air_seconds_count 2",
            "callbridge_call_mos_count 1", "callbridge_caller_frames_late_total 7",
            "callbridge_one_way_calls_total{side=\"agent_unheard\"} 1",
        ] {
            #expect(page.contains(line + "\n"), "\(line)")
        }
        #expect(page.contains("callbridge_call_mos_sum 4.38"))
    }
}
