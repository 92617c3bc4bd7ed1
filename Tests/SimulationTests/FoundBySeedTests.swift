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
}
