import Calls
import Instruments
import Simulators
import Testing
import Wire

private let silence = [UInt8](repeating: 0xFF, count: 160)

/// The audio bytes of every media message.
private func media(_ messages: [JSON]) -> [[UInt8]] {
    messages.compactMap { $0["media"]?["payload"]?.text.flatMap(Base64.bytes) }
}

@Suite struct CallDialogueTests {
    @Test func `a call is answered, heard both ways, and ends with the caller`() throws {
        let house = try CallInMemory()
        house.begin()
        #expect(house.agent.take().isEmpty)
        try house.connectStream()
        let setup = try #require(house.agent.take().first)
        #expect(setup["type"] == "conversation_initiation_client_data")
        #expect(setup["dynamic_variables"]?["caller_number"] == "+15550100001")
        house.agentReady()

        let spoken = [UInt8](0..<160)
        house.callerSpeaks(spoken, chunk: 1)
        let chunk = house.agent.take().first?["user_audio_chunk"]?.text
        #expect(chunk.flatMap(Base64.bytes) == spoken)

        house.agentSpeaks(spoken.reversed(), event: 1)
        #expect(media(house.twilio.take()) == [spoken.reversed()])

        house.twilio.say(
            #"{"event":"stop","sequenceNumber":"9","streamSid":"MZ00000000000000000000000000000001","stop":{}}"#
        )
        house.loop.run(for: .zero)
        #expect(house.told.ends.withLock { $0 } == [.callerHungUp])
        #expect(house.agent.closure?.code == 1000)
        #expect(house.twilio.closure?.code == 1000)
        #expect(house.told.tally?.framesIn == 1)
        #expect(house.told.tally?.framesOut == 1)
    }

    @Test func `what the caller says before the agent is ready is not lost`() throws {
        let house = try CallInMemory()
        house.begin()
        try house.connectStream()
        for chunk in 1...10 {
            house.callerSpeaks([UInt8](repeating: UInt8(chunk), count: 160), chunk: chunk)
        }
        _ = house.agent.take()
        house.agentReady()
        let heard = house.agent.take().compactMap { $0["user_audio_chunk"]?.text }
            .compactMap(Base64.bytes).flatMap(\.self)
        #expect(heard == (1...10).flatMap { [UInt8](repeating: UInt8($0), count: 160) })
    }

    @Test func `a ping is answered with its own id, zero included`() throws {
        let house = try CallInMemory.talking()
        _ = house.agent.take()
        house.agent.say(#"{"type":"ping","ping_event":{"event_id":0,"ping_ms":null}}"#)
        house.loop.run(for: .zero)
        let heard: [JSON] = [["type": "pong", "event_id": 0]]
        #expect(house.agent.take() == heard)
    }

    @Test func `an interruption clears at once and drops what is stale`() throws {
        let house = try CallInMemory.talking()
        house.agentSpeaks([UInt8](repeating: 1, count: 8_000), event: 4)
        house.loop.run(for: .milliseconds(100))
        _ = house.twilio.take()
        house.agent.say(#"{"type":"interruption","interruption_event":{"event_id":4}}"#)
        house.loop.run(for: .zero)
        #expect(house.twilio.take().map { $0["event"] } == ["clear"])
        house.agentSpeaks([UInt8](repeating: 1, count: 160), event: 4)
        house.loop.run(for: .seconds(2))
        #expect(house.twilio.take().isEmpty)
        house.agentSpeaks([UInt8](repeating: 2, count: 160), event: 5)
        #expect(media(house.twilio.take()) == [[UInt8](repeating: 2, count: 160)])
    }

    @Test func `the goodbye is played to its mark before the line is dropped`() throws {
        let house = try CallInMemory.talking()
        house.agentSpeaks([UInt8](repeating: 7, count: 16_000), event: 1)
        house.agent.hangUp()
        house.loop.run(for: .milliseconds(1_800))
        #expect(house.told.ends.withLock { $0 } == [])
        let sent = house.twilio.take()
        #expect(media(sent).map(\.count).reduce(0, +) == 16_000)
        let mark = try #require(sent.last { $0["event"] == "mark" })
        house.twilio.say(
            #"{"event":"mark","streamSid":"MZ00000000000000000000000000000001","mark":{"name":"\#(mark["mark"]?["name"]?.text ?? "")"}}"#
        )
        house.loop.run(for: .zero)
        #expect(house.told.ends.withLock { $0 } == [.agentEnded])
        #expect(house.twilio.closure?.code == 1000)
    }

    @Test func `a second stream takes the first one's place and keeps the agent`() throws {
        let house = try CallInMemory.talking()
        try house.connectStream()
        house.agentSpeaks(silence, event: 1)
        #expect(media(house.twilio.take()) == [silence])
        #expect(house.told.ends.withLock { $0 } == [])
        #expect(house.agent.closure == nil)
    }

    @Test func `a dial that fails ends the call with the dial's reason`() throws {
        let house = try CallInMemory()
        house.onLoop { _ = $0.begin() }
        try house.connectStream()
        house.dialer.answer(.failure(DialFault(.providerQuota, "quota")))
        house.loop.run(for: .zero)
        #expect(house.heardAnnouncement(.apology))
        house.loop.run(for: .seconds(4))
        #expect(house.told.ends.withLock { $0 } == [.providerQuota])
    }

    @Test func `an exhausted quota is told apart from a goodbye`() throws {
        let house = try CallInMemory.talking()
        house.agent.say(#"{"type":"error","message":"This request exceeds your quota limit."}"#)
        house.loop.run(for: .zero)
        house.agent.hangUp(code: 1002)
        house.loop.run(for: .seconds(4))
        #expect(house.told.ends.withLock { $0 } == [.providerQuota])
    }

    @Test func `silence behind an open connection is noticed on either side`() throws {
        let quietCaller = try CallInMemory.talking()
        quietCaller.agentSpeaks(silence, event: 1)
        quietCaller.loop.run(for: .seconds(20))
        #expect(quietCaller.twilio.closure?.code == 1000)
        #expect(quietCaller.told.ends.withLock { $0 } == [])
        quietCaller.loop.run(for: .seconds(90))
        #expect(quietCaller.told.ends.withLock { $0 } == [.twilioStreamSilent])

        var patient = CallLimits()
        patient.silenceAskAfter = .seconds(60)
        let quietAgent = try CallInMemory.talking(limits: patient)
        quietAgent.agentSpeaks(silence, event: 1)
        for chunk in 1...1_600 where quietAgent.dialer.pending == 0 {
            quietAgent.callerSpeaks(silence, chunk: chunk)
            quietAgent.loop.run(for: .milliseconds(20))
        }
        #expect(quietAgent.dialer.pending == 1)
        #expect(quietAgent.heardAnnouncement(.oneMoment))
        #expect(quietAgent.told.ends.withLock { $0 } == [])
    }

    @Test func `a tool nobody has is refused at once`() throws {
        let house = try CallInMemory.talking()
        _ = house.agent.take()
        house.agent.say(
            #"{"type":"client_tool_call","client_tool_call":{"tool_name":"juggle","tool_call_id":"t1","parameters":{}}}"#
        )
        house.loop.run(for: .zero)
        let answer = try #require(house.agent.take().first)
        #expect(answer["type"] == "client_tool_result")
        #expect(answer["tool_call_id"] == "t1")
        #expect(answer["is_error"] == true)
    }

    @Test func `an agent that begins before the caller is there is dialled again`() throws {
        let house = try CallInMemory()
        house.begin()
        house.agentReady()
        #expect(house.agent.closure?.code == 1000)
        try house.connectStream()
        #expect(house.dialer.pending == 1)
        house.openAgent()
        #expect(house.agent.take().first?["type"] == "conversation_initiation_client_data")
        house.agentReady("pcm_16000")
        house.agentSpeaks([UInt8](repeating: 0, count: 640), event: 1)
        #expect(media(house.twilio.take()).map(\.count) == [160])
        #expect(house.told.ends.withLock { $0 } == [])
    }

    @Test func `an agent let go after the wait is dialled again and heard`() throws {
        let house = try CallInMemory()
        house.begin()
        house.loop.run(for: .seconds(12))
        #expect(house.agent.closure?.code == 1000)
        try house.connectStream()
        house.openAgent()
        house.agentReady()
        house.agentSpeaks(silence, event: 1)
        #expect(media(house.twilio.take()) == [silence])
    }

    @Test func `an agent that leaves in good order without a word has not said goodbye`() throws {
        let house = try CallInMemory.talking()
        house.agent.hangUp()
        house.loop.run(for: .seconds(4))
        #expect(house.told.ends.withLock { $0 } == [.providerSilent])
    }

    @Test(arguments: [(UInt16(1000), true), (1006, true), (1013, false)])
    func `an agent lost before the caller came is told for what it is`(
        code: UInt16, isDialledAgain: Bool
    ) throws {
        let house = try CallInMemory()
        house.begin()
        house.agent.hangUp(code: code)
        house.loop.run(for: .zero)
        let tells = house.told.events.withLock { events in
            events.compactMap { event -> Bool? in
                switch event {
                case .agentLostEarly: true
                case .agentFailed: false
                default: nil
                }
            }
        }
        #expect(tells == [isDialledAgain])
        try house.connectStream()
        #expect((house.dialer.pending == 1) == isDialledAgain)
    }

    @Test func `an interruption is heard behind the longest reply`() throws {
        let house = try CallInMemory.talking()
        for _ in 0..<100 { house.agentSpeaks([UInt8](repeating: 1, count: 16_000), event: 1) }
        _ = house.twilio.take()
        #expect(house.told.faults == [.playbackQueueFull])
        house.agent.say(#"{"type":"interruption","interruption_event":{"event_id":1}}"#)
        house.loop.run(for: .zero)
        #expect(house.twilio.take().map { $0["event"] } == ["clear"])
    }

    @Test func `a call that ended holds no socket, timer or loop`() throws {
        weak var call: Call?
        do {
            let house = try CallInMemory.talking()
            call = house.call
            house.onLoop { $0.stop(.operatorEnded) }
            house.loop.run(for: .seconds(60))
            #expect(house.told.ends.withLock { $0 } == [.operatorEnded])
        }
        #expect(call == nil)
    }
}
