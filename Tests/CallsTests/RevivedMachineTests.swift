import Switchboard
import Testing
import Twilio

@testable import Calls

/// A call whose process is no more, from the question Twilio asks next.
@Suite struct RevivedMachineTests {
    private static let age = Duration.seconds(100)
    private static let desk = Transfer(
        name: "desk", number: PhoneNumber("+15550100003"), author: .agent)

    private static func machine(
        _ stand: CallStand, rungs: [Rung] = [.agent("clara"), .agent("max"), .apology]
    ) -> CallMachine {
        var machine = CallMachine(limits: CallLimits(), rungs: rungs)
        #expect(machine.handle(.revived(stand), at: age).isEmpty)
        #expect(machine.standing(at: age) == stand)
        return machine
    }

    @Test func `a caller who was speaking gets a stream and the agent of the same rung`() {
        var machine = Self.machine(CallStand(rung: 1))
        #expect(machine.handle(.streamOver, at: Self.age) == [.dialAgent("max"), .answer(.stream)])
        // An agent takes its time, and the caller has heard nothing for long enough.
        #expect(
            machine.handle(.callerStarted, at: Self.age + .seconds(1)) == [.announce(.oneMoment)])
        #expect(machine.handle(.agentOpened, at: Self.age + .seconds(1)) == [.sendSetup])
    }

    @Test func `a stream that the dead process asked for is taken`() {
        var machine = Self.machine(CallStand())
        #expect(
            machine.handle(.callerStarted, at: Self.age)
                == [.announce(.oneMoment), .dialAgent("clara")])
        #expect(machine.deadlines.question == nil)
    }

    @Test func `a caller who was joined to somebody is hung up on, or comes back`() {
        let stand = CallStand(errand: .transfer(Self.desk), isElsewhere: true)
        var machine = Self.machine(stand)
        #expect(machine.transfer == Self.desk)
        #expect(
            machine.handle(.errandOver(.joined), at: Self.age)
                == [.answer(.hangUp), .end(.agentTransferred)])
        machine = Self.machine(stand)
        #expect(
            machine.handle(.errandOver(.failed("busy")), at: Self.age)
                == [.dialAgent("clara"), .answer(.stream)])
    }

    @Test func `Twilio may be further than was written down`() {
        let stand = CallStand(errand: .transfer(Self.desk))
        var machine = Self.machine(stand)
        #expect(
            machine.handle(.errandOver(.joined), at: Self.age)
                == [.answer(.hangUp), .end(.agentTransferred)])
        machine = Self.machine(stand)
        #expect(
            machine.handle(.errandOver(.failed("busy")), at: Self.age)
                == [.dialAgent("clara"), .answer(.stream)])
        // Of whom nothing is known is not hung up on.
        machine = Self.machine(CallStand())
        #expect(machine.handle(.errandOver(.failed("busy")), at: Self.age) == [.answer(.stream)])
        #expect(machine.handle(.callerStarted, at: Self.age).contains(.dialAgent("clara")))
    }

    @Test func `an errand that was about to begin is run`() {
        var machine = Self.machine(CallStand(errand: .transfer(Self.desk)))
        #expect(machine.handle(.streamOver, at: Self.age) == [.answer(.dial(Self.desk))])
        machine = Self.machine(CallStand(errand: .digits("1")))
        #expect(
            machine.handle(.streamOver, at: Self.age)
                == [.dialAgent("clara"), .answer(.digits("1"))])
    }

    @Test func `a caller who is gone ends the call`() {
        var machine = Self.machine(CallStand())
        #expect(machine.handle(.callFinished, at: Self.age) == [.end(.callerHungUp)])
    }

    @Test func `a question that never comes ends the call, as does its age`() throws {
        var machine = Self.machine(CallStand())
        let deadline = try #require(machine.deadline)
        #expect(deadline == Self.age + CallLimits().questionMax)
        #expect(machine.handle(.deadlinePassed, at: deadline) == [.end(.twilioStreamLost)])

        var limits = CallLimits()
        limits.durationMax = .seconds(110)
        machine = CallMachine(limits: limits)
        _ = machine.handle(.revived(CallStand()), at: Self.age)
        #expect(machine.deadline == .seconds(110))
    }

    @Test func `a call that its processes die of leaves the agents behind`() {
        var stand = CallStand()
        for _ in 0..<3 {
            var machine = Self.machine(stand)
            #expect(machine.handle(.streamOver, at: Self.age).last == .answer(.stream))
            stand = machine.standing(at: Self.age)
        }
        var last = Self.machine(stand)
        #expect(last.handle(.streamOver, at: Self.age).first == .answer(.apology))

        // One whose stream held is none of those.
        var machine = Self.machine(CallStand(streamTries: 3))
        _ = machine.handle(.callerStarted, at: Self.age)
        #expect(machine.standing(at: Self.age).streamTries == 3)
        #expect(machine.standing(at: Self.age + CallLimits().streamHoldsAfter).streamTries == 0)
    }

    @Test func `a ladder that was climbed to its end, and further, apologizes`() {
        var machine = Self.machine(CallStand(rung: 3))
        let actions = machine.handle(.streamOver, at: Self.age)
        #expect(actions.first == .answer(.apology))
    }
}
