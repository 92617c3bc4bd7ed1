import Testing

@testable import Calls

/// A machine that was promised a call at the beginning of time.
private func promised(_ limits: CallLimits = CallLimits()) -> CallMachine {
    var machine = CallMachine(limits: limits)
    #expect(machine.handle(.promised, at: .zero) == [.dialAgent])
    return machine
}

/// A machine in the middle of a conversation that began after two seconds.
private func talking(_ limits: CallLimits = CallLimits()) -> CallMachine {
    var machine = promised(limits)
    #expect(machine.handle(.agentOpened, at: .seconds(1)) == [])
    #expect(machine.handle(.callerStarted, at: .seconds(1)) == [.sendSetup])
    #expect(machine.handle(.agentReady, at: .seconds(2)) == [.openGate])
    return machine
}

@Suite struct CallMachineTests {
    @Test func `the agent is dialled before the stream is there`() {
        let machine = promised()
        #expect(machine.status == "ringing")
        #expect(machine.deadline == CallLimits().prewarmMax)
    }

    @Test func `setup waits for the caller, whoever comes first`() {
        var agentFirst = promised()
        #expect(agentFirst.handle(.agentOpened, at: .seconds(1)) == [])
        #expect(agentFirst.handle(.callerStarted, at: .seconds(2)) == [.sendSetup])

        var callerFirst = promised()
        #expect(callerFirst.handle(.callerStarted, at: .seconds(1)) == [])
        #expect(callerFirst.status == "connecting")
        #expect(callerFirst.handle(.agentOpened, at: .seconds(2)) == [.sendSetup])
        #expect(callerFirst.handle(.agentReady, at: .seconds(3)) == [.openGate])
        #expect(callerFirst.status == "in-progress")
    }

    @Test func `an agent that never answers ends the call`() throws {
        var machine = promised()
        #expect(machine.handle(.callerStarted, at: .seconds(1)) == [])
        let deadline = try #require(machine.deadline)
        #expect(deadline == .seconds(1) + CallLimits().agentStartMax)
        #expect(machine.handle(.deadlinePassed, at: deadline) == [.end(.providerSilent)])
    }

    @Test func `an unused agent is let go and dialled again when the stream comes`() {
        var machine = promised()
        #expect(machine.handle(.agentOpened, at: .seconds(1)) == [])
        #expect(machine.handle(.deadlinePassed, at: .seconds(10)) == [.closeAgent])
        #expect(machine.handle(.callerStarted, at: .seconds(12)) == [.dialAgent])
        #expect(machine.handle(.agentOpened, at: .seconds(13)) == [.sendSetup])
    }

    @Test func `an agent lost before the stream came is dialled again`() {
        var machine = promised()
        #expect(machine.handle(.agentOpened, at: .seconds(1)) == [])
        #expect(machine.handle(.agentGone(.providerLost), at: .seconds(2)) == [])
        #expect(machine.handle(.callerStarted, at: .seconds(3)) == [.dialAgent])
    }

    @Test func `an agent that says goodbye before it began has refused`() {
        var starting = promised()
        #expect(starting.handle(.agentOpened, at: .seconds(1)) == [])
        #expect(starting.handle(.callerStarted, at: .seconds(1)) == [.sendSetup])
        #expect(
            starting.handle(.agentGone(.agentEnded), at: .seconds(1)) == [.end(.providerRefused)])

        var ahead = promised()
        #expect(ahead.handle(.agentOpened, at: .seconds(1)) == [])
        #expect(ahead.handle(.agentGone(.agentEnded), at: .seconds(1)) == [])
        #expect(ahead.handle(.callerStarted, at: .seconds(2)) == [.dialAgent])
    }

    @Test func `a stream that never comes ends the call`() {
        var machine = promised()
        #expect(machine.handle(.deadlinePassed, at: .seconds(10)) == [.closeAgent])
        #expect(machine.deadline == .seconds(30))
        #expect(machine.handle(.deadlinePassed, at: .seconds(30)) == [.end(.twilioStreamMissing)])
    }

    @Test func `an alarm that rings too early changes nothing`() {
        var machine = promised()
        let before = machine
        #expect(machine.handle(.deadlinePassed, at: .seconds(9)) == [])
        #expect(machine == before)
    }

    @Test func `the agent's goodbye is played to its end`() {
        var machine = talking()
        #expect(machine.handle(.agentGone(.agentEnded), at: .seconds(9)) == [.finishPlayback])
        #expect(machine.handle(.playbackRemaining(.seconds(3)), at: .seconds(9)) == [])
        #expect(machine.status == "ending")
        #expect(machine.deadline == .seconds(14))
        #expect(machine.handle(.playbackFinished, at: .seconds(12)) == [.end(.agentEnded)])
    }

    @Test func `a goodbye that is never heard ends the call two seconds after its length`() {
        var machine = talking()
        #expect(machine.handle(.agentGone(.agentEnded), at: .seconds(9)) == [.finishPlayback])
        #expect(machine.handle(.playbackRemaining(.seconds(3)), at: .seconds(9)) == [])
        #expect(machine.handle(.deadlinePassed, at: .seconds(14)) == [.end(.agentEnded)])
    }

    @Test func `a caller who leaves during the goodbye has hung up`() {
        var machine = talking()
        #expect(machine.handle(.agentGone(.agentEnded), at: .seconds(9)) == [.finishPlayback])
        #expect(machine.handle(.callerStopped, at: .seconds(10)) == [.end(.callerHungUp)])
    }

    @Test(arguments: [
        EndReason.providerQuota, .providerError, .providerLost, .agentMisconfigured,
    ])
    func `a failing agent ends the call with its own reason`(_ reason: EndReason) {
        var machine = talking()
        #expect(machine.handle(.agentGone(reason), at: .seconds(9)) == [.end(reason)])
    }

    @Test func `a caller still there after a stream nobody ended gets more than a click`() {
        var early = promised()
        #expect(early.handle(.streamAbandoned, at: .seconds(1)) == [.end(.twilioStreamMissing)])
        var late = talking()
        #expect(late.handle(.streamAbandoned, at: .seconds(5)) == [.end(.twilioStreamLost)])
        var leaving = talking()
        #expect(leaving.handle(.agentGone(.agentEnded), at: .seconds(5)) == [.finishPlayback])
        #expect(leaving.handle(.streamAbandoned, at: .seconds(6)) == [.end(.agentEnded)])
    }

    @Test func `every end is ordered once and the first reason wins`() {
        let inputs: [CallMachine.Input] = [
            .callerStopped, .callerLost, .callerBroke, .callerSilent, .callFinished,
            .streamAbandoned, .agentGone(.providerError), .stop(.operatorEnded), .deadlinePassed,
        ]
        for first in inputs.dropLast() {
            var machine = talking()
            let actions = machine.handle(first, at: .seconds(5))
            #expect(actions.count == 1)
            for next in inputs {
                #expect(machine.handle(next, at: .seconds(90_000)) == [])
            }
            #expect(machine.deadline == nil)
            #expect(machine.status == "ended")
        }
    }

    @Test func `the longest call is cut`() {
        var limits = CallLimits()
        limits.durationMax = .seconds(60)
        var machine = talking(limits)
        #expect(machine.deadline == .seconds(60))
        #expect(machine.handle(.deadlinePassed, at: .seconds(60)) == [.end(.callbridgeMaxDuration)])
    }

    @Test func `random lives start once, end once, and ask for nothing afterwards`() {
        let inputs: [CallMachine.Input] = [
            .callerStarted, .callerReplaced, .streamAbandoned, .callerStopped, .callerLost,
            .callerBroke,
            .callerSilent, .callFinished, .agentOpened, .agentReady, .agentGone(.agentEnded),
            .agentGone(.providerLost), .playbackFinished, .playbackRemaining(.seconds(1)),
            .stop(.callbridgeStopped), .deadlinePassed,
        ]
        let seed = UInt64.random(in: 0...UInt64.max)
        var dice = seed
        func roll(_ sides: Int) -> Int {
            dice = dice &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((dice >> 33) % UInt64(sides))
        }
        for _ in 0..<5_000 {
            var machine = promised()
            var time = Duration.zero
            var setups = 0
            var ends = 0
            for _ in 0..<30 {
                time += .milliseconds(roll(4_000))
                let actions = machine.handle(inputs[roll(inputs.count)], at: time)
                if ends > 0 { #expect(actions.isEmpty, "seed \(seed)") }
                setups += actions.count { $0 == .sendSetup }
                ends += actions.count { if case .end = $0 { true } else { false } }
                if let deadline = machine.deadline { #expect(ends == 0 && deadline >= .zero) }
            }
            #expect(setups <= 1 && ends <= 1, "seed \(seed)")
        }
    }
}
