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
        for (name, value) in [
            ("REASON", "caller_hung_up"), ("OWNER", "caller"), ("TURN_GAP_P50_MS", "640"),
            ("TURN_GAP_P95_MS", "1280"), ("BARGE_IN_MS", "310"), ("FRAMES_LATE", "7"),
            ("JITTER_P95_MS", "4"), ("DEAD_AIR_MS", "2000"), ("DEAD_AIR_TOTAL_MS", "3000"),
            ("ONE_WAY", "agent_unheard"), ("MOS", "4.38"),
        ] {
            #expect(summary.fields.contains(LogField(name, value)), "\(name)")
        }
        let nothing = CallSummary(reason: .callerHungUp, tally: CallTally())
        #expect(nothing.fields.contains(LogField("MOS", "-")))
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
