import Calls
import Simulators
import Testing
import Wire

/// What neither side may say harms nobody: it is counted and told once, or ends the stream.
@Suite struct BadMessageTests {
    @Test func `bad messages are counted, told once, and change nothing`() throws {
        let house = try CallInMemory.talking()
        _ = house.agent.take()
        for _ in 0..<3 {
            house.twilio.say("{not json")
            house.twilio.say(#"{"event":"dance","streamSid":"MZ00000000000000000000000000000001"}"#)
            house.twilio.say(
                #"{"event":"media","media":{"chunk":"1","payload":"////"},"streamSid":"MZother"}"#)
            house.twilio.say(
                #"{"event":"media","media":{"chunk":"1","payload":"?!%&"},"streamSid":"MZ00000000000000000000000000000001"}"#
            )
            house.agent.say("[]")
            house.agent.say(#"{"type":"dance"}"#)
            house.agent.say(
                #"{"type":"audio","audio_event":{"audio_base_64":"?!%&","event_id":1}}"#)
            house.loop.run(for: .zero)
        }
        #expect(house.agent.take().isEmpty)
        #expect(house.twilio.take().isEmpty)
        #expect(
            Set(house.told.faults) == [
                .callerMessageMalformed, .callerMessageUnknown, .callerStreamSIDWrong,
                .callerAudioMalformed, .agentMessageMalformed, .agentMessageUnknown,
                .agentAudioMalformed,
            ])
        #expect(house.told.faults.count == 7)
        #expect(house.told.ends.withLock { $0 } == [])
    }

    @Test func `what was wrong is told in few words, none of them a line of its own or a number`()
        throws
    {
        let house = try CallInMemory.talking()
        house.twilio.say(
            #"{"event":"\n+15550100001 error all is lost\#(String(repeating: "!", count: 99))","streamSid":"MZ00000000000000000000000000000001"}"#
        )
        house.twilio.say(#"{"event":"mark","streamSid":"MZ00000000000000000000000000000001"}"#)
        house.agent.say(#"{"type":7}"#)
        house.agent.say(#"{"type":"agent_response"}"#)
        house.loop.run(for: .zero)
        #expect(
            house.told.faultDetails == [
                "errorallislost", "mark.name is missing or of another shape",
                "it has no name", "agent_response is missing or of another shape",
            ])
    }

    @Test func `an agent that sends bytes instead of words is counted, and goes on`() throws {
        let house = try CallInMemory.talking()
        house.agent.say(binary: [1, 2, 3])
        house.agentSpeaks([UInt8](repeating: 0xFF, count: 160), event: 1)
        #expect(house.told.faults == [.agentMessageMalformed])
        #expect(house.twilio.take().map { $0["event"] } == ["media"])
    }

    @Test func `an agent that speaks before it has said how is counted, and not heard`() throws {
        let house = try CallInMemory()
        house.begin()
        try house.connectStream()
        house.agentSpeaks([UInt8](repeating: 0xFF, count: 160), event: 1)
        #expect(house.told.faults == [.agentAudioEarly])
        #expect(house.twilio.take().isEmpty)
        house.agentReady()
        #expect(house.told.ends.withLock { $0 } == [])
    }

    @Test func `an agent that introduces itself twice is counted, and keeps its first format`()
        throws
    {
        let house = try CallInMemory.talking()
        house.agent.say(
            #"{"type":"conversation_initiation_metadata","conversation_initiation_metadata_event":{"conversation_id":"conv_test2","agent_output_audio_format":"pcm_48000"}}"#
        )
        house.agentSpeaks([UInt8](repeating: 0xFF, count: 160), event: 1)
        #expect(house.told.faults == [.agentStartedTwice])
        #expect(house.twilio.take().map { $0["event"] } == ["media"])
        #expect(house.told.ends.withLock { $0 } == [])
    }

    @Test func `a second start ends the stream`() throws {
        let house = try CallInMemory.talking()
        house.twilio.say(
            #"{"event":"start","start":{"streamSid":"MZ00000000000000000000000000000001","callSid":"CA00000000000000000000000000000001","accountSid":"AC00000000000000000000000000000001"},"streamSid":"MZ00000000000000000000000000000001"}"#
        )
        house.loop.run(for: .zero)
        #expect(house.told.ends.withLock { $0 } == [.twilioProtocolError])
        #expect(house.twilio.closure?.code == 1002)
    }

    @Test func `an agent with a format nobody knows ends the call with a sentence`() throws {
        let house = try CallInMemory.talking("opus_48000")
        #expect(house.heardAnnouncement(.apology))
        house.loop.run(for: .seconds(4))
        #expect(house.told.ends.withLock { $0 } == [.agentFormatUnknown])
    }

    @Test(arguments: ["9223372036854775807", "-9223372036854775808", "-1", "4294967296"])
    func `a number no stream reaches is malformed and harms nothing`(_ number: String) throws {
        let house = try CallInMemory.talking()
        for chunk in [number, "1", number, "2"] {
            house.twilio.say(
                #"{"event":"media","media":{"track":"inbound","chunk":"\#(chunk)","timestamp":"20","payload":"////"},"streamSid":"MZ00000000000000000000000000000001"}"#
            )
            house.loop.run(for: .zero)
        }
        #expect(house.told.faults == [.callerMessageMalformed])
        #expect(house.told.ends.withLock { $0 } == [])
    }
}
