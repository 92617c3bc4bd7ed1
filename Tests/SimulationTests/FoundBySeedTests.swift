import Calls
import Simulators
import Switchboard
import Testing
import Twilio
import Wire

/// What seeds have found, told as dialogues.
@Suite struct FoundBySeedTests {
    @Test func `an errand does not wait for what an interruption has thrown away`() throws {
        let house = try CallInMemory.talking()
        house.agentSpeaks([UInt8](repeating: 1, count: 80_000), event: 1)
        house.onLoop { try? $0.carryOut(.digits("1"), by: .operator) }
        #expect(house.twilio.closure == nil)
        house.agent.say(#"{"type":"interruption","interruption_event":{"event_id":1}}"#)
        house.loop.run(for: .zero)
        #expect(house.twilio.closure?.code == 1000)
    }

    @Test func `a stream that comes while the caller is led elsewhere is left again`() throws {
        let plan = CallPlan(rungs: [.agent("default"), .human(PhoneNumber("+15550100077"))])
        let house = try CallInMemory(plan: plan)
        house.onLoop { _ = $0.begin() }
        try house.connectStream()
        house.dialer.answer(.failure(DialFault(.providerQuota, "quota")))
        // The house's sentence comes first.
        house.loop.run(for: .seconds(3))
        #expect(house.twilio.closure?.code == 1000)
        try house.connectStream()
        #expect(house.twilio.closure?.code == 1000)
        house.loop.run(for: .seconds(1))
        #expect(house.told.ends.withLock { $0 } == [])
    }

    @Test func `a question that is asked again takes nobody's stream away`() throws {
        let house = try CallInMemory.talking()
        house.onLoop { #expect($0.afterStream(callerIsThere: true, stream: "1") == .stream) }
        try house.connectStream()
        house.loop.run(for: .seconds(1))
        _ = house.twilio.take()
        house.onLoop { #expect($0.afterStream(callerIsThere: true, stream: "1") == .stream) }
        house.loop.run(for: .milliseconds(10))
        house.onLoop {
            let isStreaming = $0.isStreaming
            #expect(isStreaming)
        }
        // The next one is over when Twilio asks after it, whatever its socket says.
        house.onLoop { #expect($0.afterStream(callerIsThere: true, stream: "2") == .stream) }
        house.onLoop {
            let isStreaming = $0.isStreaming
            #expect(!isStreaming)
        }
        // Nobody is there any more: that is news, however often it was asked before.
        house.onLoop { #expect($0.afterStream(callerIsThere: false, stream: "2") == .hangUp) }
        #expect(house.told.ends.withLock { $0 } == [.callerHungUp])
    }

    @Test func `a caller who comes back hears nothing of an agent that is gone`() throws {
        let house = try CallInMemory.talking(
            plan: CallPlan(emergency: PhoneNumber("+15550100079")))
        house.agentSpeaks([UInt8](repeating: 99, count: 80_000), event: 1)
        house.loop.run(for: .seconds(1))
        house.onLoop { _ = $0.emergency() }
        house.onLoop { _ = $0.afterStream(callerIsThere: true) }
        house.onLoop { _ = $0.errandOver(.failed("busy")) }
        _ = house.twilio.take()
        try house.connectStream()
        house.openAgent()
        house.agentReady()
        house.loop.run(for: .seconds(3))
        let heard = house.twilio.take().compactMap { $0["media"]?["payload"]?.text }
        #expect(heard.allSatisfy { Base64.bytes($0)?.contains(99) == false })
    }

    @Test func `a caller whose line goes dead in the middle of a word is comforted`() throws {
        let house = try CallInMemory.talking()
        house.agentSpeaks(CallerLine.silence, event: 1)
        var chunk = 0
        CallerLine.send(house, CallerLine.speech, from: &chunk, for: .seconds(1))
        _ = house.twilio.take()
        house.loop.run(for: .milliseconds(2_500))
        #expect(house.heardAnnouncement(.oneMoment))
    }

    @Test func `a noise excuses no agent that broke off in a reply`() throws {
        let house = try CallInMemory.talking()
        house.agentSpeaks(CallerLine.silence, event: 1)
        house.agent.say(Self.end(of: 1))
        house.agentSpeaks(CallerLine.silence, event: 2)
        var chunk = 0
        CallerLine.send(house, CallerLine.silence, from: &chunk, for: .seconds(3))
        #expect(house.heardAnnouncement(.oneMoment))
        CallerLine.send(house, CallerLine.speech, from: &chunk, for: .milliseconds(300))
        for _ in 0..<9 {
            house.agent.say(#"{"type":"ping","ping_event":{"event_id":1}}"#)
            CallerLine.send(house, CallerLine.silence, from: &chunk, for: .seconds(1))
        }
        #expect(house.dialer.pending == 1)
    }

    @Test func `an agent that breaks off after one that was cut off in its words is noticed`()
        throws
    {
        let house = try CallInMemory.talking()
        house.agentSpeaks([UInt8](repeating: 1, count: 16_000), event: 6)
        house.agent.vanish()
        house.loop.run(for: .zero)
        house.openAgent()
        house.agentReady()
        house.agentSpeaks(CallerLine.silence, event: 1)
        house.agentSpeaks(CallerLine.silence, event: 2)
        house.agent.say(Self.end(of: 2))
        house.agent.say(#"{"type":"interruption","interruption_event":{"event_id":2}}"#)
        house.agentSpeaks(CallerLine.silence, event: 3)
        house.loop.run(for: .seconds(1))
        _ = house.twilio.take()
        house.loop.run(for: .milliseconds(1_500))
        #expect(house.heardAnnouncement(.oneMoment))
    }

    /// The agent's word that a reply is complete.
    private static func end(of event: Int) -> String {
        #"{"type":"agent_response_complete","agent_response_complete_event":{"event_id":\#(event)}}"#
    }

    @Test func `who is to be connected is not hung up on by an agent that says goodbye after it`()
        throws
    {
        let house = try CallInMemory.talking(
            plan: CallPlan(transfers: ["reception": PhoneNumber("+15550100078")]))
        house.agentSpeaks([UInt8](repeating: 1, count: 40_000), event: 1)
        house.onLoop { try? $0.carryOut(.transfer(to: "reception", whisper: nil), by: .agent) }
        house.loop.run(for: .seconds(1))
        // What it said is still being played.
        house.onLoop { try? $0.carryOut(.end, by: .agent) }
        #expect(house.told.ends.withLock { $0 } == [])
        house.loop.run(for: .seconds(8))
        #expect(house.twilio.closure?.code == 1000)
        house.onLoop { #expect($0.afterStream(callerIsThere: true).name == "dial") }
    }

    @Test func `a goodbye after keys that were ordered is heard to its end`() throws {
        let house = try CallInMemory.talking()
        house.agentSpeaks([UInt8](repeating: 1, count: 40_000), event: 1)
        house.onLoop { try? $0.carryOut(.digits("1"), by: .agent) }
        house.loop.run(for: .seconds(1))
        house.onLoop { try? $0.carryOut(.end, by: .agent) }
        #expect(house.twilio.closure == nil)
        house.loop.run(for: .seconds(8))
        #expect(house.told.ends.withLock { $0 } == [.agentEnded])
    }

    @Test func `an agent that is being dialled when the call says goodbye is let go`() throws {
        let house = try CallInMemory.talking()
        house.agentSpeaks([UInt8](repeating: 1, count: 80_000), event: 1)
        house.agent.vanish()
        house.loop.run(for: .milliseconds(10))
        house.onLoop { try? $0.carryOut(.end, by: .agent) }
        // The dial's own time passes while the last words are played; nothing goes round in circles.
        house.loop.run(for: .seconds(15))
        #expect(!house.loop.isStuck)
        #expect(house.told.ends.withLock { $0 } == [.agentEnded])
    }

    @Test func `an agent that follows one who said goodbye on the way out is heard`() throws {
        let house = try CallInMemory.talking()
        house.agentSpeaks([UInt8](repeating: 1, count: 16_000), event: 5)
        house.agent.say(#"{"type":"interruption","interruption_event":{"event_id":5}}"#)
        house.agentSpeaks([UInt8](repeating: 2, count: 16_000), event: 6)
        house.loop.run(for: .milliseconds(100))
        house.onLoop { try? $0.carryOut(.digits("1"), by: .operator) }
        house.agent.hangUp()
        house.loop.run(for: .seconds(3))
        house.onLoop { _ = $0.afterStream(callerIsThere: true) }
        try house.connectStream()
        house.openAgent()
        house.agentReady()
        _ = house.twilio.take()
        // The first is its greeting, which would be a second one.
        house.agentSpeaks([UInt8](repeating: 3, count: 160), event: 1)
        house.agentSpeaks([UInt8](repeating: 4, count: 160), event: 2)
        house.loop.run(for: .milliseconds(100))
        let heard = house.twilio.take().compactMap { $0["media"]?["payload"]?.text }
        #expect(heard.contains { Base64.bytes($0)?.contains(4) ?? false })
    }

    @Test func `who is back from somebody who did not answer hears the house at once`() throws {
        let house = try CallInMemory.talking(
            plan: CallPlan(transfers: ["reception": PhoneNumber("+15550100078")]))
        house.onLoop { try? $0.carryOut(.transfer(to: "reception", whisper: nil), by: .operator) }
        house.loop.run(for: .seconds(1))
        house.onLoop { #expect($0.afterStream(callerIsThere: true).name == "dial") }
        house.loop.run(for: .seconds(5))
        house.onLoop { #expect($0.errandOver(.failed("no-answer")) == .stream) }
        _ = house.twilio.take()
        try house.connectStream()
        #expect(house.heardAnnouncement(.oneMoment))
    }

    @Test func `an interruption that cuts off the word for who is back is followed by another`()
        throws
    {
        let house = try CallInMemory.talking()
        try Self.cutOff(house)
        #expect(house.heardAnnouncement(.oneMoment))
        house.agent.say(Self.interruption(of: 1))
        house.loop.run(for: .zero)
        #expect(house.heardAnnouncement(.oneMoment))
        // It is known that the line is back: who interrupts now wants an answer, and no word.
        house.loop.run(for: .seconds(1))
        _ = house.twilio.take()
        house.agent.say(Self.interruption(of: 2))
        house.loop.run(for: .milliseconds(100))
        #expect(!house.heardAnnouncement(.oneMoment))
    }

    @Test func `who is back and interrupts the rest of a reply hears the house instead`() throws {
        let house = try CallInMemory.talking()
        house.agentSpeaks([UInt8](repeating: 99, count: 80_000), event: 1)
        house.loop.run(for: .seconds(1))
        try Self.cutOff(house)
        #expect(!house.heardAnnouncement(.oneMoment))
        house.agent.say(Self.interruption(of: 1))
        house.loop.run(for: .zero)
        #expect(house.heardAnnouncement(.oneMoment))
    }

    @Test func `who has heard enough of a reply since they are back is answered by the agent`()
        throws
    {
        let house = try CallInMemory.talking()
        house.agentSpeaks([UInt8](repeating: 99, count: 80_000), event: 1)
        house.loop.run(for: .seconds(1))
        try Self.cutOff(house)
        house.loop.run(for: .seconds(1))
        house.agent.say(Self.interruption(of: 1))
        house.loop.run(for: .zero)
        #expect(!house.heardAnnouncement(.oneMoment))
    }

    @Test func `keys of which an agent was told that says nothing more are told to the next`()
        throws
    {
        #expect(try Self.isTold(afterSignOfLife: false))
        #expect(try !Self.isTold(afterSignOfLife: true))
    }

    /// Whether an agent is told of a key that the one before it was told of.
    private static func isTold(afterSignOfLife: Bool) throws -> Bool {
        let house = try CallInMemory.talking()
        house.twilio.say(
            #"{"event":"dtmf","streamSid":"\#(CallInMemory.stream?.text ?? "")","dtmf":{"digit":"5"}}"#
        )
        house.loop.run(for: .seconds(2))
        #expect(Self.hasKey(house))
        if afterSignOfLife { house.agent.say(#"{"type":"ping","ping_event":{"event_id":1}}"#) }
        house.loop.run(for: .zero)
        house.agent.vanish()
        house.loop.run(for: .zero)
        house.openAgent()
        _ = house.agent.take()
        house.agentReady()
        return Self.hasKey(house)
    }

    private static func hasKey(_ house: CallInMemory) -> Bool {
        house.agent.take().contains { $0["text"]?.text?.contains("these keys: 5") ?? false }
    }

    /// The stream breaks, and another comes.
    private static func cutOff(_ house: CallInMemory) throws {
        house.twilio.vanish()
        house.loop.run(for: .milliseconds(100))
        house.onLoop { #expect($0.afterStream(callerIsThere: true) == .stream) }
        _ = house.twilio.take()
        try house.connectStream()
    }

    /// The agent's word that the caller has interrupted it.
    private static func interruption(of event: Int) -> String {
        #"{"type":"interruption","interruption_event":{"event_id":\#(event)}}"#
    }
}
