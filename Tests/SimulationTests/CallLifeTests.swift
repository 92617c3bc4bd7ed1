import Audio
import Calls
import Simulators
import Switchboard
import Synchronization
import Testing
import Twilio
import Wire

/// What a whole call does when one side is silent, leaves, comes back, or is not there.
@Suite struct CallLifeTests {
    @Test func `a first agent that says nothing is covered for, and the next one is tried`() throws
    {
        let plan = CallPlan(rungs: [.agent("clara"), .agent("bruno")])
        let house = try CallInMemory.talking(plan: plan)
        var chunk = 0
        CallerLine.send(house, CallerLine.silence, from: &chunk, for: .milliseconds(2_200))
        #expect(!house.heardAnnouncement(.oneMoment))
        CallerLine.send(house, CallerLine.silence, from: &chunk, for: .milliseconds(200))
        #expect(house.heardAnnouncement(.oneMoment))
        for event in 1...6 {
            CallerLine.send(house, CallerLine.silence, from: &chunk, for: .seconds(1))
            house.agent.say(#"{"type":"ping","ping_event":{"event_id":\#(event)}}"#)
        }
        #expect(house.dialer.pending == 1)
        let agent = Box<String>()
        house.onLoop { agent.value = $0.status.facts.agent }
        #expect(agent.value == "bruno")
        // Nobody has greeted the caller yet.
        house.openAgent()
        house.agentReady()
        _ = house.twilio.take()
        house.agentSpeaks([UInt8](repeating: 0x55, count: 160), event: 1)
        #expect(house.twilio.take().contains { $0["event"] == "media" })
    }

    @Test func `an agent that is merely slow is heard behind the sentence`() throws {
        let house = try CallInMemory.talking()
        var chunk = 0
        CallerLine.send(house, CallerLine.silence, from: &chunk, for: .milliseconds(2_400))
        #expect(house.heardAnnouncement(.oneMoment))
        house.agentSpeaks([UInt8](repeating: 0x55, count: 1_600), event: 1)
        CallerLine.send(house, CallerLine.silence, from: &chunk, for: .seconds(1))
        let heard = house.twilio.take().compactMap { $0["media"]?["payload"]?.text }
            .compactMap { Base64.bytes($0) }.joined()
        // The rest of the sentence to its end, then all of the agent's first words.
        let first = try #require(heard.firstIndex(of: 0x55))
        #expect(heard[..<first].allSatisfy { $0 == 1 } && heard.count { $0 == 0x55 } == 1_600)
        CallerLine.send(house, CallerLine.silence, from: &chunk, for: .seconds(8))
        #expect(house.dialer.pending == 0)
    }

    @Test func `an agent that waits for the caller may be silent`() throws {
        let plan = CallPlan(manners: ["default": AgentManner(waitsForCaller: true)])
        let house = try CallInMemory.talking(plan: plan)
        var chunk = 0
        CallerLine.send(house, CallerLine.silence, from: &chunk, for: .seconds(9))
        #expect(!house.heardAnnouncement(.oneMoment))
        #expect(house.dialer.pending == 0)
        CallerLine.send(house, CallerLine.silence, from: &chunk, for: .seconds(2))
        #expect(house.heardAnnouncement(.stillThere))
    }

    @Test func `a caller who hears nothing while a tool runs is told to wait`() throws {
        let slow = SlowTool()
        let house = try CallInMemory.talking(tools: [slow])
        // Before the house goes, whose loop runs what is left.
        defer { slow.finish() }
        var chunk = 0
        house.agentSpeaks([UInt8](repeating: 7, count: 8_000), event: 1)
        house.agent.say(CallerLine.tool("slow", "t1", "{}"))
        CallerLine.send(house, CallerLine.silence, from: &chunk, for: .seconds(3))
        #expect(!house.heardAnnouncement(.oneMoment))
        CallerLine.send(house, CallerLine.silence, from: &chunk, for: .milliseconds(500))
        #expect(house.heardAnnouncement(.oneMoment))
        CallerLine.send(house, CallerLine.silence, from: &chunk, for: .seconds(6))
        #expect(!house.heardAnnouncement(.oneMoment))
    }

    @Test func `a goodbye in the same breath as the end is heard`() throws {
        let house = try CallInMemory.talking()
        house.agentSpeaks(CallerLine.silence, event: 1)
        house.loop.run(for: .seconds(1))
        house.agent.say(CallerLine.tool("end_call", "t1", "{}"))
        house.loop.run(for: .milliseconds(900))
        #expect(house.told.ends.withLock { $0 } == [])
        _ = house.twilio.take()
        house.agentSpeaks([UInt8](repeating: 0x55, count: 16_000), event: 2)
        house.loop.run(for: .seconds(2))
        #expect(house.told.ends.withLock { $0 } == [])
        let heard = house.twilio.take().compactMap { $0["media"]?["payload"]?.text }
            .compactMap { Base64.bytes($0)?.count }.reduce(0, +)
        #expect(heard == 16_000)
        house.loop.run(for: .seconds(5))
        #expect(house.told.ends.withLock { $0 } == [.agentEnded])
    }

    @Test func `keys typed while nobody listens are told to whoever comes`() throws {
        let house = try CallInMemory()
        house.begin()
        try house.connectStream()
        for key in ["4", "2"] { press(key, house) }
        house.loop.run(for: .milliseconds(1_900))
        #expect(house.agent.take().allSatisfy { $0["type"] != "contextual_update" })
        house.agentReady()
        let told = house.agent.take().filter { $0["type"] == "contextual_update" }
        #expect(told.contains { $0["text"]?.text?.contains("these keys: 42") == true })
        house.agentSpeaks(CallerLine.silence, event: 1)
        house.agent.vanish()
        press("7", house)
        house.loop.run(for: .milliseconds(1_900))
        house.openAgent()
        house.agentReady()
        let again = house.agent.take().first { $0["type"] == "user_message" }
        #expect(again?["text"]?.text?.contains("these keys: 7") == true)
    }

    private func press(_ key: String, _ house: CallInMemory) {
        house.twilio.say(
            #"{"event":"dtmf","streamSid":"MZ00000000000000000000000000000001","dtmf":{"track":"inbound_track","digit":"\#(key)"}}"#
        )
        house.loop.run(for: .zero)
    }

    @Test func `an agent is told that nobody took the emergency`() throws {
        let number = PhoneNumber("+15550100009")
        let house = try CallInMemory.talking(plan: CallPlan(emergency: number))
        house.agentSpeaks(CallerLine.silence, event: 1)
        house.agent.say(CallerLine.tool("register_emergency_transfer", "t1", "{}"))
        house.loop.run(for: .zero)
        let steps = Box<[String]>()
        house.onLoop { call in
            steps.value = [call.afterStream(callerIsThere: true).name]
            for leg in ["1", "2"] {
                let party = CallSID("CA0000000000000000000000000000001\(leg)")
                steps.value?.append(call.errandOver(.failed("busy"), party: party).name)
                // Twilio may say it twice.
                steps.value?.append(call.errandOver(.failed("busy"), party: party).name)
            }
        }
        #expect(steps.value == ["dial", "dial", "dial", "stream", "stream"])
        let unanswered = house.told.events.withLock { events in
            events.count { if case .emergencyUnanswered = $0 { true } else { false } }
        }
        #expect(unanswered == 1)
        house.openAgent()
        try house.connectStream()
        #expect(house.heardAnnouncement(.oneMoment))
        house.agentReady()
        let told = house.agent.take().first { $0["type"] == "user_message" }
        #expect(told?["text"]?.text?.contains("112") == true)
        // It may be ordered again, and is no repeat of what was done.
        house.agent.say(CallerLine.tool("register_emergency_transfer", "t2", "{}"))
        house.loop.run(for: .zero)
        house.onLoop { steps.value = [$0.afterStream(callerIsThere: true).name] }
        #expect(steps.value == ["dial"])
    }

    @Test func `a hand-off refused to two who ask at once costs one rung`() throws {
        let plan = CallPlan(
            rungs: [.handOff("clara"), .human(PhoneNumber("+15550100009")), .apology])
        let house = try CallInMemory(plan: plan)
        let steps = Box<[NextStep]>()
        house.onLoop { call in
            steps.value = [call.begin(), call.begin()]
            steps.value?.append(call.handOffRefused("clara", "provider_refused"))
            steps.value?.append(call.handOffRefused("clara", "provider_refused"))
        }
        #expect(steps.value?.map(\.name) == ["hand off", "hand off", "dial", "dial"])
    }

    @Test func `who comes back on a second stream hears the rest of what was said`() throws {
        let house = try CallInMemory.talking()
        house.agent.say(
            #"{"type":"agent_response","agent_response_event":{"agent_response":"one two three four five six seven eight","event_id":1}}"#
        )
        house.agentSpeaks([UInt8](repeating: 0x55, count: 32_000), event: 1)
        house.loop.run(for: .seconds(1))
        _ = house.agent.take()
        try house.connectStream()
        #expect(!house.agent.take().contains { $0["type"] == "user_message" })
        house.loop.run(for: .seconds(2))
        #expect(house.twilio.take().contains { $0["event"] == "media" })
        house.agent.vanish()
        house.loop.run(for: .zero)
        house.openAgent()
        house.agentReady()
        let story = house.agent.take().first { $0["type"] == "contextual_update" }
        #expect(story?["text"]?.text?.contains("[cut off here]") == true)
    }

    @Test func `an agent that owes its first word owes it on another stream too`() throws {
        let house = try CallInMemory.talking()
        house.loop.run(for: .milliseconds(2_400))
        #expect(house.heardAnnouncement(.oneMoment))
        try house.connectStream()
        house.loop.run(for: .seconds(4))
        let comforts = house.told.events.withLock { events in
            events.count { if case .announced(.oneMoment) = $0 { true } else { false } }
        }
        #expect(comforts == 2)
    }

    @Test func `who was led elsewhere hears what they missed said again`() throws {
        let house = try CallInMemory.talking()
        house.onLoop { try? $0.carryOut(.digits("1"), by: .operator) }
        #expect(house.twilio.closure?.code == 1000)
        house.agentSpeaks([UInt8](repeating: 0x55, count: 16_000), event: 1)
        house.onLoop { _ = $0.afterStream(callerIsThere: true) }
        _ = (house.agent.take(), house.twilio.take())
        try house.connectStream()
        #expect(house.agent.take().contains { $0["type"] == "user_message" })
        house.loop.run(for: .milliseconds(100))
        #expect(house.twilio.take().allSatisfy { $0["event"] != "media" })
    }

    @Test func `an agent that breaks off in a reply is covered for, and then given up`() throws {
        let house = try CallInMemory.talking()
        func complete(_ event: Int) {
            house.agent.say(
                #"{"type":"agent_response_complete","agent_response_complete_event":{"event_id":\#(event)}}"#
            )
        }
        house.agentSpeaks(CallerLine.silence, event: 1)
        complete(1)
        house.loop.run(for: .seconds(4))
        #expect(!house.heardAnnouncement(.oneMoment))
        // This one is never completed.
        house.agentSpeaks([UInt8](repeating: 0x55, count: 4_000), event: 2)
        house.loop.run(for: .milliseconds(500 + 2_250))
        #expect(!house.heardAnnouncement(.oneMoment))
        house.loop.run(for: .milliseconds(250))
        #expect(house.heardAnnouncement(.oneMoment))
        house.loop.run(for: .seconds(6))
        #expect(house.dialer.pending == 1)
    }

    @Test func `where ends are not told, or not of the last, nobody waits for more`() throws {
        for told in [nil, 1] {
            let house = try CallInMemory.talking()
            for event in [1, 2] { house.agentSpeaks(CallerLine.silence, event: event) }
            if let told {
                house.agent.say(
                    #"{"type":"agent_response_complete","agent_response_complete_event":{"event_id":\#(told)}}"#
                )
            }
            house.agentSpeaks(CallerLine.silence, event: 3)
            house.loop.run(for: .seconds(6))
            #expect(!house.heardAnnouncement(.oneMoment))
        }
    }

    @Test func `an agent that lets us begins without its greeting when it takes over`() throws {
        let manner = AgentManner(mayOverrideFirstMessage: true)
        let house = try CallInMemory.talking(plan: CallPlan(manners: ["default": manner]))
        #expect(
            house.agent.take().allSatisfy { $0["conversation_config_override"] == nil })
        house.agentSpeaks(CallerLine.silence, event: 1)
        house.agent.vanish()
        house.loop.run(for: .seconds(1))
        house.openAgent()
        let setup = house.agent.take().first
        #expect(
            setup?["conversation_config_override"]?["agent"]?["first_message"] == "")
        house.agentReady()
        house.loop.run(for: .seconds(1))
        _ = house.twilio.take()
        house.agentSpeaks([UInt8](repeating: 0x55, count: 160), event: 1)
        #expect(house.twilio.take().contains { $0["event"] == "media" })
    }
}

/// A tool that takes longer than anybody waits.
final class SlowTool: ClientTool {
    let name = "slow"
    private let waiting = Mutex<[CheckedContinuation<Void, Never>]>([])

    func run(_ arguments: ToolArguments, for call: Call) async throws(ToolFault) -> String {
        await withCheckedContinuation { continuation in
            waiting.withLock { $0.append(continuation) }
        }
        return "done"
    }

    /// How often it was begun.
    var runs: Int { waiting.withLock { $0.count } }

    /// Whoever still waits goes on.
    func finish() {
        for continuation in waiting.withLock({ waiting in
            defer { waiting = [] }
            return waiting
        }) { continuation.resume() }
    }
}
