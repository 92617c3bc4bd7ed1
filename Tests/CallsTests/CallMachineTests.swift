import Testing

@testable import Calls

/// A machine that was promised a call at the beginning of time.
func promised(_ limits: CallLimits = CallLimits()) -> CallMachine {
    var machine = CallMachine(limits: limits)
    #expect(machine.handle(.promised, at: .zero) == [.dialAgent("default"), .answer(.stream)])
    return machine
}

/// A machine in the middle of a conversation that began after two seconds.
func talking(_ limits: CallLimits = CallLimits()) -> CallMachine {
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

    @Test func `an agent that never answers ends the call with a sentence`() throws {
        var machine = promised()
        #expect(machine.handle(.callerStarted, at: .seconds(1)) == [])
        let deadline = try #require(machine.deadline)
        #expect(deadline == .seconds(1) + CallLimits().agentStartMax)
        #expect(
            machine.handle(.deadlinePassed, at: deadline)
                == [.giveUpAgent, .announce(.apology), .finishPlayback])
        #expect(machine.handle(.playbackRemaining(.seconds(4)), at: deadline) == [])
        #expect(
            machine.handle(.playbackFinished, at: deadline + .seconds(4))
                == [.end(.providerSilent)])
        #expect(machine.hasApologized)
    }

    @Test func `an unused agent is let go and dialled again when the stream comes`() {
        var machine = promised()
        #expect(machine.handle(.agentOpened, at: .seconds(1)) == [])
        #expect(machine.handle(.deadlinePassed, at: .seconds(10)) == [.closeAgent])
        #expect(machine.handle(.callerStarted, at: .seconds(12)) == [.dialAgent("default")])
        #expect(machine.handle(.agentOpened, at: .seconds(13)) == [.sendSetup])
    }

    @Test func `an agent lost before the stream came is dialled again`() {
        var machine = promised()
        #expect(machine.handle(.agentOpened, at: .seconds(1)) == [])
        #expect(machine.handle(.agentGone(.providerLost), at: .seconds(2)) == [])
        #expect(machine.handle(.callerStarted, at: .seconds(3)) == [.dialAgent("default")])
    }

    @Test func `an agent that says goodbye before it began has refused`() {
        var starting = promised()
        #expect(starting.handle(.agentOpened, at: .seconds(1)) == [])
        #expect(starting.handle(.callerStarted, at: .seconds(1)) == [.sendSetup])
        #expect(
            starting.handle(.agentGone(.agentEnded), at: .seconds(1))
                == [.announce(.apology), .finishPlayback])

        var ahead = promised()
        #expect(ahead.handle(.agentOpened, at: .seconds(1)) == [])
        #expect(ahead.handle(.agentGone(.agentEnded), at: .seconds(1)) == [])
        #expect(ahead.handle(.callerStarted, at: .seconds(2)) == [.dialAgent("default")])
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

    @Test(arguments: [EndReason.providerQuota, .providerRefused, .agentMisconfigured])
    func `an agent that fails for good is regretted, and its reason is the call's`(
        _ reason: EndReason
    ) {
        var machine = talking()
        #expect(
            machine.handle(.agentGone(reason), at: .seconds(9))
                == [.announce(.apology), .finishPlayback])
        #expect(machine.handle(.playbackFinished, at: .seconds(12)) == [.end(reason)])
    }

    @Test(arguments: [EndReason.providerLost, .providerError, .providerStalled])
    func `an agent merely lost is dialled again, twice in a call`(_ reason: EndReason) {
        var machine = talking()
        for second in [9, 19] {
            let time = Duration.seconds(second)
            #expect(
                machine.handle(.agentGone(reason), at: time)
                    == [.announce(.oneMoment), .dialAgent("default")])
            #expect(machine.handle(.agentOpened, at: time) == [.sendSetup])
            #expect(machine.handle(.agentReady, at: time) == [.openGate])
        }
        #expect(
            machine.handle(.agentGone(reason), at: .seconds(29))
                == [.announce(.apology), .finishPlayback])
    }

    @Test func `after a good conversation what was lost before no longer counts`() {
        var machine = talking()
        for minutes in 1...9 {
            let time = Duration.seconds(61 * minutes + 2)
            #expect(
                machine.handle(.agentGone(.providerLost), at: time)
                    == [.announce(.oneMoment), .dialAgent("default")])
            #expect(machine.handle(.agentOpened, at: time) == [.sendSetup])
            #expect(machine.handle(.agentReady, at: time) == [.openGate])
        }
        // Lost soon after, it counts, in this process and in the next one.
        #expect(machine.standing(at: .seconds(552)).redials == 1)
    }

    @Test func `a stream nobody ended is opened again and the agent kept`() {
        var machine = talking()
        #expect(machine.handle(.callerLost, at: .seconds(20)) == [])
        #expect(machine.status == "reconnecting")
        #expect(machine.handle(.streamOver, at: .seconds(21)) == [.answer(.stream)])
        #expect(
            machine.handle(.callerStarted, at: .seconds(22))
                == [.announce(.oneMoment), .welcomeBack])
        #expect(machine.status == "in-progress")
    }

    @Test func `Twilio may ask before the socket's end was seen`() {
        var machine = talking()
        #expect(machine.handle(.streamOver, at: .seconds(20)) == [.answer(.stream)])
        #expect(
            machine.handle(.callerStarted, at: .seconds(21))
                == [.announce(.oneMoment), .welcomeBack])
    }

    @Test func `streams that never hold are given up`() {
        var machine = promised()
        for _ in 0..<CallLimits().streamTriesMax {
            #expect(machine.handle(.streamOver, at: .seconds(1)).last == .answer(.stream))
        }
        #expect(
            machine.handle(.streamOver, at: .seconds(2))
                == [.answer(.apology), .end(.twilioStreamMissing)])
    }

    @Test func `a lost stream that nobody asks about ends the call`() {
        var machine = talking()
        #expect(machine.handle(.callerLost, at: .seconds(20)) == [])
        #expect(machine.handle(.deadlinePassed, at: .seconds(30)) == [.closeAgent])
        #expect(machine.handle(.deadlinePassed, at: .seconds(80)) == [.end(.twilioStreamLost)])
    }

    @Test func `a caller whose stream is lost and whose call is over has hung up`() {
        var machine = talking()
        #expect(machine.handle(.callerLost, at: .seconds(20)) == [])
        #expect(machine.handle(.callFinished, at: .seconds(21)) == [.end(.callerHungUp)])
    }

    @Test func `every end is ordered once and the first reason wins`() {
        let inputs: [CallMachine.Input] = [
            .callerStopped, .callerBroke, .callFinished, .stop(.operatorEnded), .deadlinePassed,
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
        #expect(
            machine.handle(.deadlinePassed, at: .seconds(60))
                == [.closeAgent, .announce(.timeIsUp), .finishPlayback])
        #expect(
            machine.handle(.playbackFinished, at: .seconds(63)) == [.end(.callbridgeMaxDuration)])
        // The sentence was said; no regret follows it.
        #expect(machine.stepAfterEnd == .hangUp)
    }

    @Test func `random lives start once, end once, and ask for nothing afterwards`() {
        let inputs: [CallMachine.Input] = [
            .callerStarted, .callerReplaced, .streamOver, .callerStopped, .callerLost,
            .callerBroke, .errand(.digits("1")), .errand(.transfer(human)), .emergency(human),
            .errandOver(.joined), .errandOver(.failed("busy")), .farewell(.agentEnded),
            .lastWords(.agentEnded), .errandAnswered,
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
        for _ in 0..<20_000 {
            var machine = promised()
            var time = Duration.zero
            var (ends, setups, dials) = (0, 0, 1)
            for _ in 0..<40 {
                time += .milliseconds(roll(4_000))
                let actions = machine.handle(inputs[roll(inputs.count)], at: time)
                if ends > 0 { #expect(actions.isEmpty, "seed \(seed)") }
                setups += actions.count { $0 == .sendSetup }
                dials += actions.count { if case .dialAgent = $0 { true } else { false } }
                ends += actions.count { if case .end = $0 { true } else { false } }
                let answers = actions.count { if case .answer = $0 { true } else { false } }
                #expect(answers <= 1, "seed \(seed)")
                if let deadline = machine.deadline { #expect(ends == 0 && deadline >= .zero) }
                if ends == 0 { #expect(machine.deadline != nil, "seed \(seed)") }
            }
            #expect(ends <= 1 && setups <= dials, "seed \(seed)")
        }
    }
}
