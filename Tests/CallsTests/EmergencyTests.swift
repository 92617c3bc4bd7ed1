import Switchboard
import Testing
import Twilio

@testable import Calls

/// An emergency waits for nobody, and goes on until somebody has taken it or all were tried.
@Suite struct EmergencyTests {
    private static let first = Transfer(
        name: "emergency", number: PhoneNumber("+15550100009"), author: .emergency)
    private static let second = PhoneNumber("+15550100008")
    private static let other = Transfer(name: "emergency", number: second, author: .emergency)

    /// A caller who is being taken to the human for emergencies.
    private static func ringing(_ rungs: [Rung]) -> CallMachine {
        var machine = CallMachine(limits: CallLimits(), rungs: rungs)
        #expect(machine.handle(.promised, at: .zero).count == 2)
        #expect(machine.handle(.callerStarted, at: .seconds(1)).isEmpty)
        #expect(
            machine.handle(.emergency(first), at: .seconds(5)) == [.leaveStream, .closeAgent])
        #expect(machine.handle(.streamOver, at: .seconds(5)) == [.answer(.dial(first))])
        return machine
    }

    private static func failed(_ machine: inout CallMachine) -> [CallMachine.Action] {
        machine.handle(.errandOver(.failed("no-answer")), at: .seconds(30))
    }

    @Test func `it is rung again, then the ladder's human is, then the caller is back`() {
        var machine = Self.ringing([.agent("clara"), .human(Self.second)])
        #expect(Self.failed(&machine) == [.answer(.dial(Self.first))])
        #expect(machine.handle(.emergency(Self.first), at: .seconds(31)).isEmpty)
        #expect(Self.failed(&machine) == [.answer(.dial(Self.other))])
        #expect(machine.transfer == Self.other)
        #expect(Self.failed(&machine) == [.dialAgent("clara"), .answer(.stream)])
        #expect(machine.emergency == nil)
        #expect(
            machine.handle(.callerStarted, at: .seconds(31)).contains(.announce(.oneMoment)))
    }

    @Test func `the ladder's human who is the one for emergencies is not rung a third time`() {
        var machine = Self.ringing([.agent("clara"), .human(Self.first.number)])
        #expect(Self.failed(&machine) == [.answer(.dial(Self.first))])
        #expect(Self.failed(&machine).last == .answer(.stream))
    }

    @Test func `whoever takes it ends the call as an emergency`() {
        var machine = Self.ringing([.agent("clara"), .human(Self.second)])
        #expect(Self.failed(&machine).count == 1)
        #expect(Self.failed(&machine).count == 1)
        #expect(
            machine.handle(.errandOver(.joined), at: .seconds(60))
                == [.answer(.hangUp), .end(.callbridgeEmergency)])
    }

    @Test func `it can be ordered once more after nobody took it`() {
        var machine = Self.ringing([.agent("clara")])
        _ = Self.failed(&machine)
        _ = Self.failed(&machine)
        _ = machine.handle(.callerStarted, at: .seconds(31))
        #expect(
            machine.handle(.emergency(Self.first), at: .seconds(40))
                == [.leaveStream, .closeAgent])
    }

    @Test func `it is next for a caller who is fetched from ElevenLabs`() {
        var machine = CallMachine(limits: CallLimits(), rungs: [.handOff("clara")])
        #expect(machine.handle(.promised, at: .zero) == [.answer(.handOff("clara"))])
        #expect(machine.handle(.streamOver, at: .seconds(1)) == [.answer(.handOff("clara"))])
        #expect(machine.handle(.emergency(Self.first), at: .seconds(2)).isEmpty)
        #expect(machine.handOff == "clara")
        #expect(machine.handle(.streamOver, at: .seconds(3)) == [.answer(.dial(Self.first))])
        #expect(machine.handOff == nil && machine.transfer == Self.first)
        // Twilio asks the same once more.
        #expect(machine.handle(.streamOver, at: .seconds(3)) == [.answer(.dial(Self.first))])
        #expect(Self.failed(&machine) == [.answer(.dial(Self.first))])
    }

    @Test func `it is next for a caller whom nobody else takes`() {
        var machine = CallMachine(limits: CallLimits(), rungs: [.human(Self.second)])
        #expect(machine.handle(.promised, at: .zero).count == 1)
        #expect(machine.handle(.emergency(Self.first), at: .seconds(1)).isEmpty)
        #expect(Self.failed(&machine) == [.answer(.dial(Self.first))])
        #expect(Self.failed(&machine) == [.answer(.dial(Self.first))])
        #expect(Self.failed(&machine) == [.answer(.dial(Self.other))])
        // Nobody took it: the ladder goes on where it stood.
        let rung = Transfer(name: "", number: Self.second, author: .ladder)
        #expect(Self.failed(&machine) == [.answer(.dial(rung))])
        #expect(
            machine.handle(.errandOver(.joined), at: .seconds(60))
                == [.answer(.hangUp), .end(.callbridgeAnsweredElsewhere)])
    }

    /// The process dies, and another goes on from what was written down.
    private static func killed(_ machine: CallMachine) -> CallMachine {
        var next = CallMachine(
            limits: CallLimits(), rungs: [.agent("clara"), .human(second)])
        let stand = machine.standing(at: .seconds(40))
        #expect(next.handle(.revived(stand), at: .seconds(40)).isEmpty)
        return next
    }

    @Test func `a process that dies while it is rung forgets nothing of it`() {
        var machine = Self.killed(Self.ringing([.agent("clara"), .human(Self.second)]))
        #expect(Self.failed(&machine) == [.answer(.dial(Self.first))])
        machine = Self.killed(machine)
        #expect(Self.failed(&machine) == [.answer(.dial(Self.other))])
        machine = Self.killed(machine)
        #expect(Self.failed(&machine).last == .answer(.stream))
    }

    @Test func `a process that dies before it is rung forgets nothing of it either`() {
        // The caller's stream is away for some other reason,
        var away = talking()
        _ = away.handle(.callerLost, at: .seconds(5))
        _ = away.handle(.emergency(Self.first), at: .seconds(6))
        away = Self.killed(away)
        #expect(away.handle(.streamOver, at: .seconds(41)) == [.answer(.dial(Self.first))])

        // Twilio is about to stream,
        var awaited = promised()
        _ = awaited.handle(.emergency(Self.first), at: .seconds(1))
        awaited = Self.killed(awaited)
        #expect(
            awaited.handle(.callerStarted, at: .seconds(41)).first == .leaveStream)
        #expect(awaited.handle(.streamOver, at: .seconds(41)) == [.answer(.dial(Self.first))])

        // or has the caller elsewhere.
        var elsewhere = talking()
        _ = elsewhere.handle(.errand(.transfer(human)), at: .seconds(5))
        _ = elsewhere.handle(.playbackFinished, at: .seconds(6))
        _ = elsewhere.handle(.streamOver, at: .seconds(6))
        _ = elsewhere.handle(.emergency(Self.first), at: .seconds(7))
        elsewhere = Self.killed(elsewhere)
        #expect(Self.failed(&elsewhere) == [.answer(.dial(Self.first))])
    }
}
