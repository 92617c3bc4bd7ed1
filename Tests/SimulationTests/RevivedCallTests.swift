import Calls
import Instruments
import Simulators
import Switchboard
import Synchronization
import Testing
import Twilio
import Wire

/// Memories on no disk: what a process that is killed now would leave behind.
final class KeptMemories: MemoryKeeper {
    private let kept = Mutex<(memory: CallMemory?, forgotten: Int)>((nil, 0))

    func remember(_ memory: CallMemory) { kept.withLock { $0.memory = memory } }
    func forget(_ call: CallSID) {
        kept.withLock {
            $0.memory = nil
            $0.forgotten += 1
        }
    }

    var memory: CallMemory? { kept.withLock { $0.memory } }
    var forgotten: Int { kept.withLock { $0.forgotten } }
}

@Suite struct RevivedCallTests {
    private static func transcript(_ text: String) -> String {
        #"{"type":"user_transcript","user_transcription_event":{"user_transcript":"\#(text)"}}"#
    }

    private static func reply(_ text: String, event: Int) -> String {
        #"{"type":"agent_response","agent_response_event":{"agent_response":"\#(text)","event_id":\#(event)}}"#
    }

    /// A call in which something was said, as it is remembered.
    private static func left() throws -> CallMemory {
        let memories = KeptMemories()
        let house = try CallInMemory(memories: memories)
        house.begin()
        #expect(memories.memory?.conversations == 0)
        try house.connectStream()
        house.agentReady()
        #expect(memories.memory?.conversations == 1)
        house.agent.say(Self.reply("Good morning.", event: 1))
        house.agent.say(Self.transcript("Anna Miller."))
        house.loop.run(for: .zero)
        return try #require(memories.memory)
    }

    @Test func `another process goes on with what was said, and does not greet again`() throws {
        let memory = try Self.left()
        #expect(memory.conversation.turns.count == 2)
        let house = try CallInMemory(recalling: memory)
        house.onLoop {
            $0.wake()
            #expect($0.afterStream(callerIsThere: true) == .stream)
        }
        house.openAgent()
        try house.connectStream()
        #expect(house.heardAnnouncement(.oneMoment))
        house.loop.run(for: .seconds(1))
        house.agentReady()
        _ = house.twilio.take()
        let told = house.agent.take()
        #expect(told.first?["type"] == "conversation_initiation_client_data")
        let story = told.first { $0["type"] == "contextual_update" }?["text"]?.text ?? ""
        #expect(story.contains("You: Good morning."))
        #expect(story.contains("Caller: Anna Miller."))
        #expect(told.contains { $0["type"] == "user_message" })
        // Its greeting is not heard, what it says next is.
        house.agentSpeaks([UInt8](repeating: 1, count: 160), event: 1)
        #expect(!house.twilio.take().contains { $0["event"] == "media" })
        house.agentSpeaks([UInt8](repeating: 2, count: 160), event: 2)
        #expect(house.twilio.take().contains { $0["event"] == "media" })
    }

    @Test func `an agent hears of a transfer in vain that a dead process has begun`() throws {
        var memory = try Self.left()
        let transfer = Transfer(
            name: "reception", number: PhoneNumber("+15550100078"), author: .agent)
        // It died before it wrote down that Twilio was told.
        memory.stand.errand = .transfer(transfer)
        let house = try CallInMemory(recalling: memory)
        house.onLoop {
            $0.wake()
            #expect($0.errandOver(.failed("busy")) == .stream)
        }
        house.openAgent()
        try house.connectStream()
        house.agentReady()
        let told = house.agent.take().first { $0["type"] == "user_message" }
        #expect(told?["text"]?.text?.contains("could not be connected (busy)") == true)
    }

    @Test func `a tool that was under way is told, and not run a second time unasked`() throws {
        let memories = KeptMemories()
        let slow = SlowTool()
        let before = try CallInMemory(memories: memories, tools: [slow])
        before.begin()
        try before.connectStream()
        before.agentReady()
        before.agent.say(Self.reply("One moment.", event: 1))
        before.agent.say(CallerLine.tool("slow", "t1", "{}"))
        before.loop.run(for: .zero)
        let memory = try #require(memories.memory)
        #expect(memory.begun.map(\.name) == ["slow"])

        let house = try CallInMemory(recalling: memory, tools: [slow])
        // Before the houses go, whose loops run what is left.
        defer { slow.finish() }
        house.onLoop {
            $0.wake()
            _ = $0.afterStream(callerIsThere: true)
        }
        house.openAgent()
        try house.connectStream()
        house.agentReady()
        let told = house.agent.take().first { $0["type"] == "user_message" }
        #expect(told?["text"]?.text?.contains("may or may not have done their work: slow") == true)
        house.agent.say(CallerLine.tool("slow", "t2", "{}"))
        house.loop.run(for: .zero)
        let answer = try #require(house.agent.take().first)
        #expect(answer["tool_call_id"] == "t2" && answer["is_error"] == true)
        #expect(slow.runs == 1)
        house.agent.say(CallerLine.tool("slow", "t3", "{}"))
        house.loop.run(for: .zero)
        #expect(slow.runs == 2)
    }

    @Test func `a stream that outlived its process is spoken to at once`() throws {
        let house = try CallInMemory(recalling: try Self.left())
        house.onLoop { $0.wake() }
        // Nobody asks what comes next: Twilio has seen nothing.
        try house.connectStream(adoptions: 2)
        #expect(house.heardAnnouncement(.oneMoment))
        house.openAgent()
        house.agentReady()
        #expect(house.agent.take().contains { $0["type"] == "contextual_update" })
        house.loop.run(for: .seconds(2))
        // Echoes that the process before it waits for may still come: none is taken for ours.
        let marks = house.twilio.take().filter { $0["event"] == "mark" }
        #expect(!marks.isEmpty)
        #expect(marks.allSatisfy { ($0["mark"]?["name"]?.text ?? "").hasPrefix("a2000") })
    }

    @Test func `a question about an earlier stream leaves one that outlived its process alone`()
        throws
    {
        let memories = KeptMemories()
        let before = try CallInMemory(memories: memories)
        before.begin()
        try before.connectStream(token: "60.1.a")
        before.onLoop { #expect($0.afterStream(callerIsThere: true, stream: "1") == .stream) }
        try before.connectStream(token: "61.2.b")

        let memory = try #require(memories.memory)
        let house = try CallInMemory(recalling: memory)
        house.onLoop { $0.wake() }
        try house.connectStream(adoptions: 1)
        house.onLoop {
            #expect($0.afterStream(callerIsThere: true, stream: "1") == .stream)
            let isStreaming = $0.isStreaming
            #expect(isStreaming)
            #expect($0.afterStream(callerIsThere: true, stream: "2") == .stream)
            let isStillStreaming = $0.isStreaming
            #expect(!isStillStreaming)
        }
    }

    @Test func `a ticket lets in one stream, whichever process saw the first`() throws {
        let memories = KeptMemories()
        let before = try CallInMemory(memories: memories)
        before.begin()
        try before.connectStream(token: "60.1.a")

        let memory = try #require(memories.memory)
        let house = try CallInMemory(recalling: memory)
        house.onLoop { $0.wake() }
        try house.connectStream(token: "60.1.a")
        #expect(house.twilio.closure?.code == 1008)
        // The one that the process before asked for and did not see.
        try house.connectStream(token: "61.2.b")
        house.onLoop {
            let isStreaming = $0.isStreaming
            #expect(isStreaming)
        }
    }

    @Test func `an agent that breaks off its second greeting does not cut off the house`() throws {
        let house = try CallInMemory(recalling: try Self.left())
        house.onLoop { $0.wake() }
        try house.connectStream(adoptions: 1)
        house.openAgent()
        house.agentReady()
        house.agentSpeaks([UInt8](repeating: 7, count: 160), event: 1)
        house.agent.say(#"{"type":"interruption","interruption_event":{"event_id":1}}"#)
        house.loop.run(for: .zero)
        house.agentSpeaks([UInt8](repeating: 8, count: 160), event: 2)
        house.loop.run(for: .seconds(2))
        let heard = house.twilio.take()
        #expect(!heard.contains { $0["event"] == "clear" })
        let audio = heard.flatMap { Base64.bytes($0["media"]?["payload"]?.text ?? "") ?? [] }
        // The whole of the house's sentence, then what the agent goes on with.
        #expect(audio.starts(with: [UInt8](repeating: 1, count: 4_000)))
        #expect(!audio.contains(7))
        #expect(audio.contains(8))
    }

    @Test func `a call that is over is forgotten, and only then`() throws {
        let memories = KeptMemories()
        let house = try CallInMemory(memories: memories)
        house.begin()
        try house.connectStream()
        house.agentReady()
        #expect(memories.forgotten == 0)
        house.onLoop { $0.callFinished() }
        #expect(memories.forgotten == 1)
        #expect(memories.memory == nil)
        #expect(house.told.ends.withLock { $0 } == [.callerHungUp])
    }

    @Test func `an errand is remembered as soon as it is asked for`() throws {
        let memories = KeptMemories()
        let house = try CallInMemory(memories: memories)
        house.begin()
        try house.connectStream()
        house.agentReady()
        house.onLoop { try? $0.carryOut(.digits("1#"), by: .agent) }
        #expect(memories.memory?.stand.errand == .digits("1#"))
    }
}
