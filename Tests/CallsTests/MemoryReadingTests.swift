import ElevenLabs
import Switchboard
import Testing
import Twilio
import Wire

@testable import Calls

@Suite struct MemoryReadingTests {
    private static func memory() throws -> CallMemory {
        let call = try #require(CallSID("CA00000000000000000000000000000001"))
        let human = PhoneNumber("+15550100003")
        let plan = CallPlan(
            number: PhoneNumber("+15550100002"),
            rungs: [.agent("clara"), .handOff("sales"), .human(human), .queue, .apology],
            language: .german, variables: ["practice": "\"north\"\n"],
            transfers: ["desk": human, "nurse": PhoneNumber("+15550100004")], emergency: human,
            callsMax: 7, manners: ["clara": AgentManner(waitsForCaller: true)])
        let ticket = CallTicket(
            call: call, session: "session_20260101_000000_00001", plan: plan,
            direction: .outbound, from: PhoneNumber("+15550100001"),
            to: PhoneNumber("+15550100002"))
        var conversation = Conversation()
        conversation.agentSaid("Good morning.", event: 1)
        conversation.callerSaid("Hello. \u{1F600}\u{0}")
        conversation.toolDone(name: "book", callID: "t1", answer: ToolAnswer(result: "booked"))
        conversation.keyPressed()
        return CallMemory(
            ticket: ticket, startedAt: .milliseconds(1_767_225_600_000),
            rememberedAt: .milliseconds(1_767_225_642_123),
            stand: CallStand(
                rung: 2,
                errand: .transfer(
                    Transfer(name: "desk", number: human, author: .agent, whisper: "Anna.")),
                isElsewhere: true, isJoined: true, streamTries: 3, redials: 1,
                emergency: Emergency(rest: [
                    Transfer(name: "emergency", number: human, author: .emergency)
                ])),
            conversations: 2, conversation: conversation,
            tools: [ToolPrint(print: .max, answer: ToolAnswer(result: "booked"))],
            begun: [ToolBegun(name: "book", print: 7)],
            pad: MessagePad(errand: "It failed.", keys: "12#", tools: ["book"]),
            streams: ["00112233445566778899aabb"])
    }

    private static func read(_ json: JSON) throws -> CallMemory {
        try CallMemory(JSON(parsing: json.bytes))
    }

    @Test func `a memory is read as it was written`() throws {
        var memory = try Self.memory()
        #expect(try Self.read(memory.json) == memory)
        let errands: [Errand?] = [
            nil, .digits("12#"), .say("One moment."), .rung(.queue), .rung(.handOff("sales")),
        ]
        for errand in errands {
            memory.stand.errand = errand
            #expect(try Self.read(memory.json) == memory)
        }
        memory.stand.emergency = nil
        memory.ticket.plan = CallPlan()
        #expect(try Self.read(memory.json) == memory)
    }

    @Test func `a memory that lacks any part, or has it wrong, is refused by the part's name`()
        throws
    {
        let json = try Self.memory().json
        // What a conversation leaves out stands for nothing.
        let free = ["event_id", "cut", "corrected", "queued", "failed"]
        for (path, broken) in json.broken() where !free.contains(path) {
            #expect(throws: CallMemoryFault.self, "without \(path)") { try CallMemory(broken) }
        }
        let later: JSON = .object(
            (json.members ?? []).map { $0.name == "version" ? .init("version", 4) : $0 })
        #expect(throws: CallMemoryFault(field: "version")) { try CallMemory(later) }
        let fault = CallMemoryFault(field: "version")
        #expect("\(fault)" == "its version is missing or of another shape")
    }

    @Test func `a memory never prints what was said, or whole numbers`() throws {
        let memory = try Self.memory()
        var text = "\(memory)"
        dump(memory, to: &text)
        #expect(!text.contains("Hello") && !text.contains("5550100") && !text.contains("booked"))
    }

    @Test func `of a reply that was being spoken no more was heard than time allowed`() {
        var conversation = Conversation()
        conversation.agentSaid("Tuesday at nine is free, and Thursday at half past two.", event: 3)
        conversation.goesOn(after: .seconds(1))
        let turn = conversation.turns.last?.agent
        #expect(turn?.isCut == true)
        #expect(turn?.text.revealed.hasPrefix("Tuesday") == true)
        #expect((turn?.text.bytes ?? 99) < 30)

        conversation = Conversation()
        conversation.agentSaid("Tuesday at nine is free.", event: 3)
        var answered = conversation
        answered.callerSaid("Yes.")
        answered.goesOn(after: .zero)
        #expect(answered.turns.first?.agent?.isCut == false)
        conversation.goesOn(after: .seconds(20))
        #expect(conversation.turns.last?.agent?.isCut == false)
    }
}

/// What tools did before, and another conversation asks for again.
@Suite struct EarlierToolsTests {
    private static func call(_ id: String, _ parameters: JSON = ["slot": "tue 9"]) -> AgentToolCall
    {
        AgentToolCall(name: "book", callID: id, parameters: parameters, expectsResponse: true)
    }

    @Test func `what was done before is answered with its result once, then it is meant`() {
        var before = ToolGuard()
        #expect(before.request(Self.call("a1")) == .run)
        before.finished("a1", ToolAnswer(result: "booked"))
        var after = ToolGuard(earlier: before.prints)
        let told = ToolAnswer(
            result: "This was already done earlier in this call. Its result was: booked")
        #expect(after.request(Self.call("b1")) == .repeated(told))
        #expect(after.request(Self.call("b2")) == .run)
        #expect(after.request(Self.call("b3", ["slot": "thu 2"])) == .run)
    }

    @Test func `what failed before is run again`() {
        var before = ToolGuard()
        _ = before.request(Self.call("a1"))
        before.finished("a1", ToolAnswer(result: "no line", isError: true))
        #expect(before.prints.isEmpty)
    }

    @Test func `the next agent of the same process is told too, and the one after it`() {
        var tools = ToolGuard()
        _ = tools.request(Self.call("a1"))
        tools.finished("a1", ToolAnswer(result: "booked"))
        for id in ["b1", "c1"] {
            tools.agentReplaced()
            guard case .repeated = tools.request(Self.call(id)) else {
                Issue.record("it was run for \(id)")
                return
            }
        }
    }
}

extension JSON {
    /// Every member left out in turn, and every member put as a list, with the member's name.
    fileprivate func broken() -> [(String, JSON)] {
        switch self {
        case .object(let members):
            members.enumerated().flatMap { index, member in
                var without = members
                without.remove(at: index)
                var wrong = members
                wrong[index].value = [[]]
                let below = member.value.broken().map { name, broken in
                    var changed = members
                    changed[index].value = broken
                    return (name, JSON.object(changed))
                }
                // Names that callers of ours chose are no part of the shape.
                let own = ["variables", "transfers", "manners"].contains(member.name) ? [] : below
                return [(member.name, .object(without)), (member.name, .object(wrong))] + own
            }
        case .array(let elements):
            elements.enumerated().flatMap { index, element in
                element.broken().map { name, broken in
                    var changed = elements
                    changed[index] = broken
                    return (name, JSON.array(changed))
                }
            }
        default: []
        }
    }
}
