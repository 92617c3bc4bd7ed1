import Calls
import Simulators
import Testing
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
}
