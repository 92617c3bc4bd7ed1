import Testing

@testable import Calls

/// What is heard before a call is over, when the agent itself ends it.
@Suite struct FarewellTests {
    @Test func `an agent that ends the call is waited for before it is hung up on`() throws {
        var machine = talking()
        #expect(machine.handle(.lastWords(.agentEnded), at: .seconds(9)) == [])
        #expect(machine.status == "ending")
        #expect(machine.handle(.playbackFinished, at: .seconds(9)) == [])
        var deadline = try #require(machine.deadline)
        #expect(deadline == .seconds(9) + CallLimits().lastWordsAfter)
        #expect(machine.handle(.deadlinePassed, at: deadline) == [.finishPlayback])
        // A goodbye was said meanwhile, and grows while it is heard.
        #expect(machine.handle(.playbackRemaining(.seconds(3)), at: deadline) == [])
        deadline = try #require(machine.deadline)
        #expect(machine.handle(.deadlinePassed, at: deadline) == [.finishPlayback])
        #expect(machine.handle(.playbackRemaining(.seconds(1)), at: deadline) == [])
        #expect(
            machine.handle(.playbackFinished, at: deadline + .seconds(1)) == [.end(.agentEnded)])
    }

    @Test func `an end while the caller is being led elsewhere`() {
        var keys = talking()
        #expect(keys.handle(.errand(.digits("1")), at: .seconds(5)) == [.finishPlayback])
        #expect(keys.handle(.lastWords(.agentEnded), at: .seconds(6)) == [])
        #expect(keys.status == "ending")
        var transfer = talking()
        #expect(transfer.handle(.errand(.transfer(human)), at: .seconds(5)) == [.finishPlayback])
        #expect(transfer.handle(.lastWords(.agentEnded), at: .seconds(6)) == [])
        #expect(transfer.handle(.farewell(.callerSilent), at: .seconds(6)) == [])
        #expect(transfer.status == "leaving")
    }

    @Test func `an agent that is being dialled when the call says goodbye is let go`() {
        var machine = talking()
        #expect(machine.handle(.agentGone(.providerLost), at: .seconds(5)).count == 2)
        #expect(
            machine.handle(.lastWords(.agentEnded), at: .seconds(6))
                == [.finishPlayback, .closeAgent])
        #expect(machine.deadline == .seconds(6) + CallLimits().farewellGrace)
    }

    @Test func `who is to be connected after all is not hung up on`() {
        var machine = talking()
        #expect(machine.handle(.lastWords(.agentEnded), at: .seconds(9)) == [])
        #expect(machine.takesErrands && !machine.isConversing)
        #expect(machine.handle(.errand(.transfer(human)), at: .seconds(9)) == [.finishPlayback])
        #expect(
            machine.handle(.playbackFinished, at: .seconds(10)) == [.leaveStream, .closeAgent])
    }

    @Test func `last words that never end are ended`() throws {
        var machine = talking()
        let longest = Duration.seconds(9) + CallLimits().lastWordsMax
        #expect(machine.handle(.lastWords(.agentEnded), at: .seconds(9)) == [])
        for _ in 0..<100 where machine.ended == nil {
            let deadline = try #require(machine.deadline)
            #expect(deadline <= longest)
            _ = machine.handle(.deadlinePassed, at: deadline)
            _ = machine.handle(.playbackRemaining(.seconds(5)), at: deadline)
        }
        #expect(machine.ended == .agentEnded)
    }

    @Test func `last words of which nothing is said end the call after the wait`() throws {
        var machine = talking()
        #expect(machine.handle(.lastWords(.agentEnded), at: .seconds(9)) == [])
        let deadline = try #require(machine.deadline)
        #expect(machine.handle(.deadlinePassed, at: deadline) == [.finishPlayback])
        #expect(machine.handle(.playbackRemaining(.zero), at: deadline) == [])
        var settled = machine
        #expect(settled.handle(.playbackFinished, at: deadline) == [.end(.agentEnded)])
        // Twilio keeps its mark to itself.
        let last = try #require(machine.deadline)
        #expect(machine.handle(.deadlinePassed, at: last) == [.end(.agentEnded)])
    }
}
