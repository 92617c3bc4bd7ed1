import Testing

@testable import Calls

@Suite struct SilenceGuardTests {
    private func begun() -> SilenceGuard {
        var silence = SilenceGuard()
        #expect(silence.deadline == nil)
        silence.release(.starting, at: .zero)
        return silence
    }

    @Test func `it asks, waits, and ends`() {
        var silence = begun()
        #expect(silence.deadline == .seconds(10))
        #expect(silence.check(at: .milliseconds(9_999)) == nil)
        #expect(silence.check(at: .seconds(10)) == .ask)
        #expect(silence.check(at: .seconds(10)) == nil)
        #expect(silence.deadline == .seconds(25))
        #expect(silence.check(at: .seconds(25)) == .end)
        #expect(silence.deadline == nil)
        silence.callerBegan(at: .seconds(26))
        silence.callerEnded(at: .seconds(27))
        #expect(silence.check(at: .seconds(90)) == nil)
    }

    @Test func `a caller who speaks is asked anew`() {
        var silence = begun()
        #expect(silence.check(at: .seconds(10)) == .ask)
        silence.callerBegan(at: .seconds(12))
        #expect(silence.deadline == nil)
        silence.callerEnded(at: .seconds(40))
        #expect(silence.check(at: .seconds(49)) == nil)
        #expect(silence.check(at: .seconds(50)) == .ask)
    }

    @Test func `a key is a sign of life`() {
        var silence = begun()
        silence.callerActed(at: .seconds(9))
        #expect(silence.deadline == .seconds(19))
    }

    @Test(arguments: [SilenceGuard.Hold.listening, .tool])
    func `while the caller has reason to be quiet nothing counts`(_ hold: SilenceGuard.Hold) {
        var silence = begun()
        silence.hold(hold, at: .seconds(4))
        #expect(silence.deadline == nil)
        #expect(silence.check(at: .seconds(60)) == nil)
        silence.release(hold, at: .seconds(60))
        #expect(silence.deadline == .seconds(66))
    }

    @Test func `one reason may end while another goes on`() {
        var silence = begun()
        silence.hold(.listening, at: .seconds(2))
        silence.hold(.tool, at: .seconds(3))
        silence.hold(.tool, at: .seconds(4))
        silence.release(.listening, at: .seconds(5))
        #expect(silence.deadline == nil)
        silence.release(.tool, at: .seconds(9))
        silence.release(.tool, at: .seconds(12))
        #expect(silence.deadline == .seconds(17))
    }

    @Test func `an agent that keeps asking does not keep a dead line open`() {
        var silence = begun()
        var time = Duration.zero
        var actions: [SilenceGuard.Action] = []
        // Seven seconds of quiet, then two in which the agent asks.
        for _ in 0..<10 {
            time += .seconds(7)
            if let deadline = silence.deadline, deadline <= time,
                let action = silence.check(at: deadline)
            {
                actions.append(action)
            }
            silence.hold(.listening, at: time)
            time += .seconds(2)
            silence.release(.listening, at: time)
        }
        #expect(actions == [.ask, .end])
    }
}
