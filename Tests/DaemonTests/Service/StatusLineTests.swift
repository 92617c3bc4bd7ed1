import Calls
import Instruments
import Testing

@testable import Daemon

@Suite struct StatusLineTests {
    @Test func `it tells calls, the agent and how long callers waited`() {
        var line = StatusLine(calls: 0, callsMax: 500, agent: .unasked)
        #expect(line.text == "serving no calls, agent not asked yet")
        line = StatusLine(
            calls: 12, callsMax: 500, agent: .fine, firstAudio: .milliseconds(640))
        #expect(line.text == "serving 12 calls, agent ok, first audio p99 640 ms")
        line = StatusLine(
            calls: 1, callsMax: 1, agent: .failing(times: 3, .providerQuota), isBuiltIn: true)
        #expect(
            line.text
                == "serving 1 call (as many as allowed), built-in agent failing: provider_quota, "
                + "3 times")
    }

    @Test func `a drain tells what is open and how long that may last`() {
        var line = StatusLine(calls: 3, callsMax: 500, agent: .fine, drainLeft: .seconds(3_599))
        #expect(line.text == "draining: 3 calls open, for at most 59 min")
        line.drainLeft = .seconds(9)
        #expect(line.text == "draining: 3 calls open, for at most 9 s")
        line.drainLeft = .seconds(-1)
        line.calls = 0
        #expect(line.text == "draining: no calls open, for at most 0 s")
    }
}

@Suite struct RecentCallsTests {
    private func ended(_ firstAudio: Duration?) -> CallEvent {
        var tally = CallTally()
        tally.firstAudio = firstAudio
        return .ended(.callerHungUp, tally)
    }

    @Test func `the agent is what the last calls made of it`() throws {
        let recent = RecentCalls()
        let call = try testFacts()
        #expect(recent.agent == .unasked)
        recent.heard(.agentFailed(.providerQuota, detail: ""), of: call)
        recent.heard(.agentFailed(.providerLost, detail: ""), of: call)
        #expect(recent.agent == .failing(times: 2, .providerLost))
        recent.heard(.conversationStarted(agentOutput: "", agentInput: ""), of: call)
        #expect(recent.agent == .fine)
    }

    @Test func `a figure is forgotten after ten minutes at most`() throws {
        let recent = RecentCalls()
        let call = try testFacts()
        #expect(recent.firstAudio(at: .zero) == nil)
        recent.heard(ended(.milliseconds(640)), of: call)
        recent.heard(ended(nil), of: call)
        #expect(recent.firstAudio(at: .seconds(299)) == .milliseconds(640))
        #expect(recent.firstAudio(at: .seconds(301)) == .milliseconds(640))
        #expect(recent.firstAudio(at: .seconds(602)) == nil)
    }

    @Test func `after a long pause nothing old is told`() throws {
        let recent = RecentCalls()
        _ = recent.firstAudio(at: .zero)
        recent.heard(ended(.seconds(9)), of: try testFacts())
        #expect(recent.firstAudio(at: .seconds(700)) == nil)
    }
}
