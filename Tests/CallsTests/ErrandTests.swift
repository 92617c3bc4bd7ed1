import Switchboard
import Testing
import Twilio

@testable import Calls

/// Somebody a caller may be taken to.
let human = Transfer(name: "desk", number: PhoneNumber("+15550100009"), author: .agent)

@Suite struct ErrandTests {
    @Test func `keys are played away from the stream, and the agent waits`() {
        var machine = talking()
        #expect(machine.handle(.errand(.digits("12#")), at: .seconds(5)) == [.finishPlayback])
        #expect(machine.handle(.playbackFinished, at: .seconds(6)) == [.leaveStream])
        #expect(machine.handle(.streamOver, at: .seconds(6)) == [.answer(.digits("12#"))])
        #expect(machine.handle(.callerStarted, at: .seconds(8)) == [.welcomeBack])
    }

    @Test func `a transfer that succeeds ends the call in its author's name`() {
        var machine = talking()
        #expect(machine.handle(.errand(.transfer(human)), at: .seconds(5)) == [.finishPlayback])
        #expect(machine.handle(.playbackFinished, at: .seconds(6)) == [.leaveStream, .closeAgent])
        #expect(machine.handle(.streamOver, at: .seconds(6)) == [.answer(.dial(human))])
        #expect(machine.transfer == human)
        #expect(machine.handle(.streamOver, at: .seconds(6)) == [.answer(.dial(human))])
        #expect(
            machine.handle(.errandOver(.joined), at: .seconds(60))
                == [.answer(.hangUp), .end(.agentTransferred)])
    }

    @Test func `a transfer that fails brings the caller back to the agent`() {
        var machine = talking()
        #expect(machine.handle(.errand(.transfer(human)), at: .seconds(5)) == [.finishPlayback])
        #expect(machine.handle(.playbackFinished, at: .seconds(6)) == [.leaveStream, .closeAgent])
        #expect(machine.handle(.streamOver, at: .seconds(6)) == [.answer(.dial(human))])
        #expect(
            machine.handle(.errandOver(.failed("busy")), at: .seconds(20))
                == [.dialAgent("default"), .answer(.stream)])
        #expect(machine.handle(.agentOpened, at: .seconds(20)) == [])
        #expect(
            machine.handle(.callerStarted, at: .seconds(21))
                == [.announce(.oneMoment), .sendSetup])
    }

    @Test func `an emergency waits for nobody`() {
        var emergency = human
        emergency.author = .emergency
        var machine = talking()
        #expect(
            machine.handle(.emergency(emergency), at: .seconds(5)) == [.leaveStream, .closeAgent])
        #expect(machine.handle(.streamOver, at: .seconds(5)) == [.answer(.dial(emergency))])

        var ringing = promised()
        #expect(ringing.handle(.emergency(emergency), at: .seconds(1)) == [])
        #expect(
            ringing.handle(.callerStarted, at: .seconds(1)) == [.leaveStream, .closeAgent])
        #expect(ringing.handle(.streamOver, at: .seconds(1)) == [.answer(.dial(emergency))])
    }

    @Test func `whoever is still rung when the caller leaves has not taken the call`() {
        var machine = talking()
        _ = machine.handle(.errand(.transfer(human)), at: .seconds(5))
        _ = machine.handle(.playbackFinished, at: .seconds(6))
        _ = machine.handle(.streamOver, at: .seconds(6))
        var ringing = machine
        #expect(ringing.handle(.callFinished, at: .seconds(9)) == [.end(.callerHungUp)])
        #expect(machine.handle(.errandAnswered, at: .seconds(9)) == [])
        #expect(machine.standing(at: .seconds(9)).isJoined)
        #expect(machine.handle(.callFinished, at: .seconds(60)) == [.end(.agentTransferred)])

        let second = PhoneNumber("+15550100008")
        var rung = CallMachine(limits: CallLimits(), rungs: [.human(second)])
        #expect(rung.handle(.promised, at: .zero).count == 1)
        #expect(rung.handle(.callFinished, at: .seconds(9)) == [.end(.callerHungUp)])
    }

    @Test func `the ladder is climbed to its end`() {
        let second = PhoneNumber("+15550100008")
        var machine = CallMachine(
            limits: CallLimits(),
            rungs: [.agent("clara"), .agent("spare"), .handOff("clara"), .human(second)])
        #expect(machine.handle(.promised, at: .zero) == [.dialAgent("clara"), .answer(.stream)])
        #expect(machine.handle(.agentGone(.providerQuota), at: .zero) == [.dialAgent("spare")])
        #expect(machine.handle(.callerStarted, at: .seconds(1)) == [])
        #expect(
            machine.handle(.agentGone(.providerRefused), at: .seconds(2))
                == [.announce(.oneMoment), .finishPlayback])
        #expect(machine.handle(.playbackFinished, at: .seconds(2)) == [.leaveStream])
        #expect(machine.handle(.streamOver, at: .seconds(2)) == [.answer(.handOff("clara"))])
        let rung = Transfer(name: "", number: second, author: .ladder)
        #expect(
            machine.handle(.errandOver(.failed("refused")), at: .seconds(3))
                == [.answer(.dial(rung))])
        #expect(
            machine.handle(.errandOver(.failed("no-answer")), at: .seconds(30))
                == [.answer(.apology), .end(.providerRefused)])
    }

    @Test(arguments: [
        (Errand.say(String(repeating: "Please wait. ", count: 70)), Duration.seconds(90)),
        (.digits(String(repeating: "W", count: 32)), .seconds(45)),
    ])
    func `a stream is waited for until what comes before it was heard`(
        _ errand: Errand, _ comes: Duration
    ) throws {
        var machine = talking()
        #expect(machine.handle(.errand(errand), at: .seconds(5)) == [.finishPlayback])
        #expect(machine.handle(.playbackFinished, at: .seconds(6)) == [.leaveStream])
        #expect(machine.handle(.streamOver, at: .seconds(6)).count == 1)
        // The agent has waited long enough by then; the caller has not.
        #expect(machine.handle(.deadlinePassed, at: .seconds(16)) == [.closeAgent])
        let deadline = try #require(machine.deadline)
        #expect(deadline > .seconds(6) + comes)
        #expect(
            machine.handle(.callerStarted, at: .seconds(6) + comes).contains(
                .dialAgent("default")))
    }

    @Test func `who has a place is not put into a queue when an agent fails`() {
        let second = PhoneNumber("+15550100008")
        var machine = CallMachine(
            limits: CallLimits(), rungs: [.agent("clara"), .queue, .human(second), .apology])
        #expect(machine.handle(.promised, at: .zero).count == 2)
        #expect(machine.handle(.callerStarted, at: .seconds(1)) == [])
        _ = machine.handle(.agentGone(.providerRefused), at: .seconds(1))
        _ = machine.handle(.playbackFinished, at: .seconds(1))
        let rung = Transfer(name: "", number: second, author: .ladder)
        #expect(machine.handle(.streamOver, at: .seconds(2)) == [.answer(.dial(rung))])
    }

    @Test func `who was joined to somebody hears no apology, however often Twilio asks`() {
        let second = PhoneNumber("+15550100008")
        var machine = CallMachine(limits: CallLimits(), rungs: [.agent("clara"), .human(second)])
        #expect(machine.handle(.promised, at: .zero).count == 2)
        _ = machine.handle(.agentGone(.providerQuota), at: .zero)
        #expect(machine.handle(.streamOver, at: .seconds(2)).count == 1)
        _ = machine.handle(.errandOver(.joined), at: .seconds(60))
        #expect(machine.ended == .twilioStreamMissing)
        #expect(machine.stepAfterEnd == .hangUp)
    }

    @Test func `nobody is in two places`() {
        var machine = talking()
        #expect(machine.handle(.errand(.digits("1")), at: .seconds(5)) == [.finishPlayback])
        #expect(machine.handle(.errand(.digits("2")), at: .seconds(5)) == [])
        #expect(!machine.takesErrands)
    }
}
