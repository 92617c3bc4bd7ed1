import ElevenLabs
import Testing
import Wire

@testable import Calls

@Suite struct ToolGuardTests {
    private func slots(_ id: String, _ day: JSON = "tuesday") -> AgentToolCall {
        AgentToolCall(name: "slots", callID: id, parameters: ["day": day, "doctor": "any"])
    }

    @Test func `the same request gets the same answer and no second run`() {
        var tools = ToolGuard()
        #expect(tools.request(slots("t1")) == .run)
        #expect(tools.request(slots("t1")) == .running)
        tools.finished("t1", ToolAnswer(result: "nine"))
        #expect(tools.request(slots("t1", "friday")) == .repeated(ToolAnswer(result: "nine")))
        #expect(tools.runs == 1)
    }

    @Test func `what was under way when a process died is not done twice unasked`() {
        var before = ToolGuard()
        #expect(before.request(slots("t1")) == .run)
        #expect(before.request(slots("t2", "friday"), lasts: false) == .run)
        #expect(before.begun.map(\.name) == ["slots"])

        var tools = ToolGuard(earlier: before.prints, unsure: before.begun)
        #expect(tools.begun == before.begun)
        guard case .repeated(let answer) = tools.request(slots("t1")) else {
            return #expect(Bool(false))
        }
        #expect(answer.isError && answer.result.contains("not known"))
        #expect(tools.begun.isEmpty)
        #expect(tools.request(slots("t3")) == .run)
        #expect(tools.request(slots("t4", "friday")) == .run)
    }

    @Test func `what is about the next moment alone is done as often as it is asked for`() {
        var tools = ToolGuard()
        #expect(tools.request(slots("t1"), lasts: false) == .run)
        tools.finished("t1", ToolAnswer(result: "The caller is being connected."))
        tools.agentReplaced()
        #expect(tools.prints.isEmpty)
        #expect(tools.request(slots("t1b"), lasts: false) == .run)
        tools.agentReplaced()
        tools.finished("t1b", ToolAnswer(result: "The caller is being connected."))
        #expect(tools.request(slots("t1c"), lasts: false) == .run)
    }

    @Test func `the same arguments again and again are refused, then given up`() {
        var tools = ToolGuard()
        for round in 0..<3 {
            #expect(tools.request(slots("t\(round)")) == .run)
            tools.finished("t\(round)", ToolAnswer(result: "failed", isError: true))
        }
        let turned = AgentToolCall(
            name: "slots", callID: "t3", parameters: ["doctor": "any", "day": "tuesday"])
        for round in 0..<3 {
            guard case .refuse(let answer) = tools.request(turned) else {
                return #expect(Bool(false), "round \(round)")
            }
            #expect(answer.isError && answer.result.hasPrefix("slots was already called 3 times"))
        }
        guard case .giveUp = tools.request(turned) else { return #expect(Bool(false)) }
        #expect(tools.refusals == 4)
        #expect(tools.runs == 3)
    }

    @Test func `other arguments and another turn of the caller are welcome`() {
        var tools = ToolGuard()
        for round in 0..<3 { #expect(tools.request(slots("a\(round)")) == .run) }
        #expect(tools.request(slots("b", "friday")) == .run)
        guard case .refuse = tools.request(slots("c")) else { return #expect(Bool(false)) }
        tools.callerSpoke()
        #expect(tools.request(slots("d")) == .run)
    }

    @Test func `too many between two turns are refused`() {
        var tools = ToolGuard()
        for round in 0..<8 {
            #expect(tools.request(slots("t\(round)", .integer(Int64(round)))) == .run)
        }
        guard case .refuse = tools.request(slots("t8", 8)) else { return #expect(Bool(false)) }
        tools.callerSpoke()
        #expect(tools.request(slots("t9", 9)) == .run)
    }

    @Test func `a call has an end of tools`() {
        var limits = ToolGuard.Limits()
        limits.perCallMax = 5
        var tools = ToolGuard(limits: limits)
        for round in 0..<5 {
            tools.callerSpoke()
            #expect(tools.request(slots("t\(round)")) == .run)
        }
        tools.callerSpoke()
        guard case .refuse = tools.request(slots("t5")) else { return #expect(Bool(false)) }
    }

    @Test func `answers kept are bounded, the newest`() {
        var tools = ToolGuard()
        for round in 0..<40 { tools.finished("t\(round)", ToolAnswer(result: "\(round)")) }
        #expect(tools.request(slots("t39")) == .repeated(ToolAnswer(result: "39")))
        #expect(tools.request(slots("t0")) == .run)
    }

    @Test func `what still runs for an agent that is gone is not done twice`() {
        var tools = ToolGuard()
        #expect(tools.request(slots("t1")) == .run)
        tools.agentReplaced()
        guard case .refuse = tools.request(slots("u1")) else { return #expect(Bool(false)) }
        tools.finished("t1", ToolAnswer(result: "nine"))
        guard case .repeated(let answer) = tools.request(slots("u2")) else {
            return #expect(Bool(false))
        }
        #expect(answer.result.contains("nine"))
        #expect(tools.request(slots("u3")) == .run)
        #expect(tools.runs == 2)
    }

    @Test(arguments: [false, true])
    func `what takes too long is not done twice, whoever asks again`(isReplaced: Bool) {
        var tools = ToolGuard()
        #expect(tools.request(slots("t1")) == .run)
        if isReplaced { tools.agentReplaced() }
        let late = ToolAnswer(result: "It did not answer in time.", isError: true)
        tools.overdue("t1", late)
        if !isReplaced { #expect(tools.request(slots("t1")) == .repeated(late)) }
        #expect(tools.begun.count == 1)
        guard case .refuse = tools.request(slots("t2")) else { return #expect(Bool(false)) }
        tools.finishedLate("t1", ToolAnswer(result: "nine"))
        #expect(tools.begun.isEmpty)
        guard case .repeated(let answer) = tools.request(slots("t3")) else {
            return #expect(Bool(false))
        }
        #expect(answer.result.contains("nine"))
        tools.finishedLate("t9", ToolAnswer(result: "ten"))
        #expect(tools.request(slots("t9")) == .run)
    }

    @Test func `what failed for an agent that is gone may run again`() {
        var tools = ToolGuard()
        #expect(tools.request(slots("t1")) == .run)
        tools.agentReplaced()
        tools.finished("t1", ToolAnswer(result: "no line", isError: true))
        #expect(tools.request(slots("t1")) == .run)
    }
}
