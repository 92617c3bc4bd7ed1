import Testing

@testable import Calls

@Suite struct AnswerGuardTests {
    @Test func `a caller without an answer is comforted, then the agent is lost`() {
        var answer = AnswerGuard()
        #expect(answer.deadline == nil)
        answer.callerEnded(at: .seconds(5), agentIsHeard: false)
        #expect(answer.deadline == .milliseconds(7_300))
        #expect(answer.check(at: .milliseconds(7_299)) == nil)
        #expect(answer.check(at: .milliseconds(7_300)) == .comfort)
        #expect(answer.check(at: .milliseconds(11_299)) == nil)
        #expect(answer.check(at: .milliseconds(11_300)) == .comfort)
        #expect(answer.deadline == .seconds(13))
        #expect(answer.check(at: .seconds(13)) == .lost)
        #expect(answer.deadline == nil)
    }

    @Test func `nobody is comforted who still hears what was said before`() {
        var answer = AnswerGuard()
        answer.callerEnded(at: .seconds(5), agentIsHeard: false)
        #expect(answer.check(at: .milliseconds(7_300), soundUntil: .seconds(8)) == nil)
        #expect(answer.deadline == .milliseconds(10_300))
        #expect(answer.check(at: .milliseconds(10_300), soundUntil: .seconds(8)) == .comfort)
        #expect(answer.deadline == .seconds(13))
    }

    @Test func `an answer, or the caller going on, settles it`() {
        var answer = AnswerGuard()
        answer.callerEnded(at: .seconds(5), agentIsHeard: false)
        answer.agentSpoke()
        #expect(answer.deadline == nil)
        answer.callerEnded(at: .seconds(9), agentIsHeard: false)
        answer.callerBegan()
        #expect(answer.deadline == nil)
    }

    @Test func `a sign of life puts off the loss, not the comfort`() {
        var answer = AnswerGuard()
        answer.agentStirred(at: .seconds(1))
        #expect(answer.deadline == nil)
        answer.callerEnded(at: .seconds(5), agentIsHeard: false)
        answer.agentStirred(at: .seconds(6))
        #expect(answer.check(at: .milliseconds(7_300)) == .comfort)
        answer.agentStirred(at: .seconds(10))
        #expect(answer.check(at: .milliseconds(11_300)) == .comfort)
        #expect(answer.check(at: .milliseconds(15_300)) == .comfort)
        #expect(answer.deadline == .seconds(18))
    }

    @Test func `a comfort that an interruption cuts off is followed by another in time`() {
        var answer = AnswerGuard()
        answer.callerEnded(at: .seconds(5), agentIsHeard: false)
        answer.interrupted(at: .seconds(6), callerSpeaks: false)
        #expect(answer.check(at: .milliseconds(7_300)) == .comfort)
        answer.interrupted(at: .milliseconds(7_400), callerSpeaks: false)
        #expect(answer.deadline == .milliseconds(9_700))
        #expect(answer.check(at: .milliseconds(9_700)) == .comfort)
        #expect(answer.deadline == .seconds(13))
    }

    @Test func `what tools take is not the agent's`() {
        var answer = AnswerGuard()
        answer.callerEnded(at: .seconds(5), agentIsHeard: false)
        answer.toolBegan(at: .seconds(6))
        answer.toolBegan(at: .seconds(7))
        answer.toolEnded(at: .milliseconds(7_200))
        #expect(answer.check(at: .milliseconds(7_300)) == .comfort)
        answer.toolEnded(at: .seconds(20))
        // 8 s less the one before the tool.
        #expect(answer.check(at: .milliseconds(26_900)) == .comfort)
        #expect(answer.check(at: .seconds(27)) == .lost)
    }

    @Test func `a caller who hears nothing while a tool runs is comforted once`() {
        var answer = AnswerGuard()
        answer.callerEnded(at: .seconds(5), agentIsHeard: false)
        answer.toolBegan(at: .seconds(6))
        #expect(answer.deadline == .milliseconds(7_300))
        #expect(answer.check(at: .milliseconds(7_300)) == .comfort)
        #expect(answer.deadline == nil)
        #expect(answer.check(at: .seconds(14)) == nil)
        answer.toolEnded(at: .seconds(15))
        #expect(answer.deadline == .milliseconds(17_300))
    }

    @Test func `while something is heard a tool takes its time`() {
        var answer = AnswerGuard()
        answer.agentSpoke()
        answer.toolBegan(at: .seconds(6))
        #expect(answer.check(at: .milliseconds(8_300), soundUntil: .seconds(9)) == nil)
        #expect(answer.deadline == .milliseconds(11_300))
        answer.callerBegan()
        #expect(answer.deadline == nil)
        answer.callerEnded(at: .seconds(12), agentIsHeard: false)
        #expect(answer.deadline == .milliseconds(14_300))
    }

    @Test func `for a second tool the caller is comforted again`() {
        var answer = AnswerGuard()
        answer.toolBegan(at: .seconds(6))
        #expect(answer.check(at: .milliseconds(8_300)) == .comfort)
        answer.toolBegan(at: .seconds(9))
        #expect(answer.check(at: .seconds(9), soundUntil: .seconds(10)) == nil)
        #expect(answer.deadline == .milliseconds(12_300))
    }

    @Test func `a result for which the caller was told to wait is owed`() {
        var answer = AnswerGuard()
        answer.toolBegan(at: .seconds(6))
        #expect(answer.check(at: .milliseconds(8_300)) == .comfort)
        answer.toolEnded(at: .seconds(10))
        #expect(answer.check(at: .milliseconds(12_300)) == .comfort)
        answer.toolBegan(at: .seconds(13))
        answer.agentSpoke()
        answer.toolEnded(at: .seconds(14))
        #expect(answer.deadline == nil)
    }

    @Test func `a turn that ends while a tool runs is awaited from the tool's end`() {
        var answer = AnswerGuard()
        answer.toolBegan(at: .seconds(1))
        answer.callerEnded(at: .seconds(5), agentIsHeard: false)
        answer.toolEnded(at: .seconds(6))
        // The caller has heard nothing since the turn's end, whoever worked meanwhile.
        #expect(answer.deadline == .milliseconds(7_300))
        answer.toolEnded(at: .seconds(7))
        #expect(answer.check(at: .milliseconds(7_300)) == .comfort)
        #expect(answer.check(at: .seconds(13)) == .comfort)
        #expect(answer.check(at: .seconds(14)) == .lost)
    }

    @Test func `a yes to the house's own words settles no debt`() {
        var answer = AnswerGuard()
        answer.callerEnded(at: .seconds(5), agentIsHeard: false)
        #expect(answer.check(at: .milliseconds(7_300)) == .comfort)
        answer.callerBegan()
        #expect(answer.deadline == nil)
        answer.callerEnded(at: .seconds(8), agentIsHeard: true)
        #expect(answer.deadline == .milliseconds(10_300))
        // The agent's own voice settles it.
        answer.callerBegan()
        answer.agentSpoke()
        answer.callerEnded(at: .seconds(9), agentIsHeard: true)
        #expect(answer.deadline == nil)
    }

    @Test func `a yes while the agent is heard needs no answer, unless the agent gives way`() {
        var answer = AnswerGuard()
        answer.callerEnded(at: .seconds(5), agentIsHeard: true)
        #expect(answer.deadline == nil)
        answer.interrupted(at: .seconds(6), callerSpeaks: false)
        #expect(answer.deadline == .milliseconds(8_300))
        answer.reset()
        answer.interrupted(at: .seconds(9), callerSpeaks: true)
        #expect(answer.deadline == nil)
    }
}
