import Audio
import Calls
import Simulators
import Switchboard
import Testing
import Twilio
import Wire

/// What a whole call does about silence, tools, keys and agents that are lost.
@Suite struct CallGuardTests {
    @Test func `an agent that owes an answer is covered for, then replaced`() throws {
        let house = try CallInMemory.talking()
        var chunk = 0
        house.agentSpeaks(CallerLine.silence, event: 1)
        CallerLine.send(house, CallerLine.speech, from: &chunk, for: .seconds(1))
        _ = house.twilio.take()
        CallerLine.send(house, CallerLine.silence, from: &chunk, for: .milliseconds(2_500))
        #expect(house.heardAnnouncement(.oneMoment))
        #expect(house.dialer.pending == 0)
        CallerLine.send(house, CallerLine.silence, from: &chunk, for: .seconds(7))
        #expect(house.dialer.pending == 1)
        #expect(house.told.ends.withLock { $0 } == [])
    }

    @Test func `an agent that pings and understood no turn is left in peace`() throws {
        let house = try CallInMemory.talking()
        var chunk = 0
        house.agentSpeaks(CallerLine.silence, event: 1)
        CallerLine.send(house, CallerLine.speech, from: &chunk, for: .seconds(1))
        for _ in 0..<10 {
            CallerLine.send(house, CallerLine.silence, from: &chunk, for: .seconds(1))
            house.agent.say(#"{"type":"ping","ping_event":{"event_id":1}}"#)
        }
        #expect(house.dialer.pending == 0)
    }

    @Test func `a caller who says nothing is asked, and then let go`() throws {
        let house = try CallInMemory.talking()
        house.agentSpeaks(CallerLine.silence, event: 1)
        var chunk = 0
        for second in 1...40 where house.told.ends.withLock({ $0.isEmpty }) {
            CallerLine.send(house, CallerLine.silence, from: &chunk, for: .seconds(1))
            house.agent.say(#"{"type":"ping","ping_event":{"event_id":\#(second)}}"#)
            if second == 11 { #expect(house.heardAnnouncement(.stillThere)) }
        }
        #expect(house.told.ends.withLock { $0 } == [.callerSilent])
    }

    @Test(arguments: [("Yes.", true), ("...", false)])
    func `a caller whom only the agent hears is there`(text: String, isThere: Bool) throws {
        let house = try CallInMemory.talking()
        house.agentSpeaks(CallerLine.silence, event: 1)
        var chunk = 0
        CallerLine.send(house, CallerLine.silence, from: &chunk, for: .seconds(8))
        let event = #"{"user_transcript":"\#(text)"}"#
        house.agent.say(#"{"type":"user_transcript","user_transcription_event":\#(event)}"#)
        house.agentSpeaks(CallerLine.silence, event: 2)
        CallerLine.send(house, CallerLine.silence, from: &chunk, for: .seconds(5))
        #expect(house.heardAnnouncement(.stillThere) != isThere)
    }

    @Test func `a new conversation is told the story and its greeting is not heard`() throws {
        let house = try CallInMemory.talking()
        house.agent.say(
            #"{"type":"agent_response","agent_response_event":{"agent_response":"Good morning.","event_id":1}}"#
        )
        house.agentSpeaks(CallerLine.silence, event: 1)
        house.agent.say(
            #"{"type":"user_transcript","user_transcription_event":{"user_transcript":"A tooth hurts."}}"#
        )
        house.loop.run(for: .seconds(1))
        house.agent.vanish()
        house.loop.run(for: .zero)
        #expect(house.heardAnnouncement(.oneMoment))
        house.openAgent()
        house.agentReady()
        let told = house.agent.take()
        let update = try #require(told.first { $0["type"] == "contextual_update" })
        #expect(update["text"]?.text?.contains("A tooth hurts.") == true)
        #expect(told.contains { $0["type"] == "user_message" })
        house.loop.run(for: .seconds(2))
        _ = house.twilio.take()
        house.agentSpeaks([UInt8](repeating: 0x55, count: 160), event: 1)
        #expect(house.twilio.take().allSatisfy { $0["event"] != "media" })
        house.agentSpeaks([UInt8](repeating: 0x56, count: 160), event: 2)
        #expect(house.twilio.take().contains { $0["event"] == "media" })
    }

    @Test func `a lost line that is back is not silent`() throws {
        let house = try CallInMemory.talking()
        house.agentSpeaks(CallerLine.silence, event: 1)
        house.loop.run(for: .seconds(3))
        house.twilio.vanish()
        house.loop.run(for: .seconds(1))
        house.onLoop { _ = $0.afterStream(callerIsThere: true) }
        _ = house.agent.take()
        try house.connectStream()
        #expect(house.heardAnnouncement(.oneMoment))
        #expect(house.agent.take().contains { $0["type"] == "user_message" })
        house.loop.run(for: .seconds(3))
        #expect(house.heardAnnouncement(.oneMoment))
    }

    @Test func `an agent that was told the story owes an answer, and its greeting is none`() throws
    {
        let house = try CallInMemory.talking()
        house.agentSpeaks(CallerLine.silence, event: 1)
        house.agent.vanish()
        house.loop.run(for: .seconds(1))
        house.openAgent()
        house.agentReady()
        house.agent.say(
            #"{"type":"agent_response","agent_response_event":{"agent_response":"Good evening.","event_id":1}}"#
        )
        house.agentSpeaks(CallerLine.silence, event: 1)
        _ = house.twilio.take()
        house.loop.run(for: .seconds(3))
        #expect(house.heardAnnouncement(.oneMoment))
        house.loop.run(for: .seconds(8))
        #expect(house.dialer.pending == 1)
        house.openAgent()
        _ = house.agent.take()
        house.agentReady()
        let told = house.agent.take().compactMap { $0["text"]?.text }
        #expect(!told.contains { $0.contains("Good evening") })
    }

    @Test func `a second agent that leaves without a word has not said goodbye either`() throws {
        let plan = CallPlan(rungs: [.agent("clara"), .agent("bruno")])
        let house = try CallInMemory.talking(plan: plan)
        house.agentSpeaks(CallerLine.silence, event: 1)
        house.agent.vanish()
        house.loop.run(for: .seconds(1))
        house.openAgent()
        house.agentReady()
        house.agent.hangUp()
        house.loop.run(for: .seconds(1))
        #expect(house.dialer.pending == 1)
        #expect(house.told.ends.withLock { $0 } == [])
    }

    @Test(arguments: [["transfer_call", "end_call"], ["end_call", "transfer_call"]])
    func `who is to be connected is not hung up on`(_ order: [String]) throws {
        let plan = CallPlan(transfers: ["reception": PhoneNumber("+15550100009")])
        let house = try CallInMemory.talking(plan: plan)
        for name in order {
            house.agent.say(CallerLine.tool(name, name, #"{"destination":"reception"}"#))
        }
        house.loop.run(for: .seconds(3))
        let step = Box<NextStep>()
        house.onLoop { step.value = $0.afterStream(callerIsThere: true) }
        #expect(step.value?.name == "dial")
        #expect(house.told.ends.withLock { $0 } == [])
    }

    @Test func `circles of a tool that nobody has are broken too`() throws {
        let house = try CallInMemory.talking()
        for number in 1...8 {
            house.agent.say(CallerLine.tool("juggle", "t\(number)", "{}"))
            house.loop.run(for: .zero)
        }
        #expect(house.heardAnnouncement(.apology))
        house.loop.run(for: .seconds(5))
        #expect(house.told.ends.withLock { $0 } == [.agentToolLoop])
    }

    @Test func `keys typed in one go are told in one go`() throws {
        let house = try CallInMemory.talking()
        _ = house.agent.take()
        for key in ["4", "2"] {
            house.twilio.say(
                #"{"event":"dtmf","streamSid":"MZ00000000000000000000000000000001","dtmf":{"track":"inbound_track","digit":"\#(key)"}}"#
            )
            house.loop.run(for: .milliseconds(400))
        }
        #expect(house.agent.take().isEmpty)
        house.loop.run(for: .seconds(2))
        let told = house.agent.take().filter { $0["type"] == "user_message" }
        #expect(told.count == 1)
        #expect(told.first?["text"]?.text?.contains("42") == true)
    }

    @Test func `the agent sends the caller to an allowed destination only`() throws {
        let plan = CallPlan(transfers: ["reception": PhoneNumber("+15550100009")])
        let house = try CallInMemory.talking(plan: plan)
        _ = house.agent.take()
        house.agent.say(CallerLine.tool("transfer_call", "t1", #"{"destination":"casino"}"#))
        house.loop.run(for: .zero)
        let refused = try #require(house.agent.take().first)
        #expect(refused["is_error"] == true)
        #expect(refused["result"]?.text?.contains("reception") == true)
        house.agent.say(CallerLine.tool("transfer_call", "t2", #"{"destination":"reception"}"#))
        house.loop.run(for: .zero)
        #expect(house.agent.take().first?["is_error"] == false)
        house.loop.run(for: .seconds(3))
        #expect(house.twilio.closure?.code == 1000)
        #expect(house.agent.closure?.code == 1000)
        let step = Box<NextStep>()
        house.onLoop { step.value = $0.afterStream(callerIsThere: true) }
        let number = PhoneNumber("+15550100009")
        let transfer = Transfer(name: "reception", number: number, author: .agent)
        #expect(step.value == .dial(transfer))
        house.onLoop { step.value = $0.errandOver(.joined) }
        #expect(step.value == .hangUp)
        #expect(house.told.ends.withLock { $0 } == [.agentTransferred])
    }

    @Test func `an emergency is taken to its human before the agent has finished`() throws {
        let number = PhoneNumber("+15550100009")
        let house = try CallInMemory.talking(plan: CallPlan(emergency: number))
        house.agentSpeaks([UInt8](repeating: 7, count: 16_000), event: 1)
        house.agent.say(CallerLine.tool("register_emergency_transfer", "t1", "{}"))
        house.loop.run(for: .zero)
        #expect(house.twilio.closure?.code == 1000)
        let step = Box<NextStep>()
        house.onLoop { step.value = $0.afterStream(callerIsThere: true) }
        let transfer = Transfer(name: "emergency", number: number, author: .emergency)
        #expect(step.value == .dial(transfer))
    }

    @Test func `the same request gets the same answer and circles are broken`() throws {
        let house = try CallInMemory.talking()
        _ = house.agent.take()
        for number in 1...8 {
            house.agent.say(CallerLine.tool("send_dtmf", "t\(number)", #"{"digits":"xyz"}"#))
            house.loop.run(for: .zero)
        }
        #expect(house.told.faults.contains(.toolRefused))
        #expect(house.dialer.pending == 0)
        #expect(house.heardAnnouncement(.apology))
        house.loop.run(for: .seconds(5))
        #expect(house.told.ends.withLock { $0 } == [.agentToolLoop])
    }

    @Test func `the agent ends the call after its last words`() throws {
        let house = try CallInMemory.talking()
        house.agentSpeaks([UInt8](repeating: 7, count: 8_000), event: 1)
        house.agent.say(CallerLine.tool("end_call", "t1", "{}"))
        house.loop.run(for: .milliseconds(500))
        #expect(house.told.ends.withLock { $0 } == [])
        house.loop.run(for: .seconds(3))
        #expect(house.told.ends.withLock { $0 } == [.agentEnded])
    }
}
