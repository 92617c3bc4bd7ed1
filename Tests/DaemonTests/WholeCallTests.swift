import Audio
import Instruments
import Net
import Simulators
import Testing
import Wire

@testable import Daemon

/// Calls from ring to end over real sockets: what one side says is what the other side hears.
@Suite(.serialized) struct WholeCallTests {
    @Test(arguments: AudioFormat.agentFormats)
    func `in every format each side hears the other's tone, and not its own`(
        format: AudioFormat
    ) async throws {
        try await LiveHouse.open({ $0.agent = .speaking(2_000, format) }) { house in
            let order = try house.order(1, .speaking(.seconds(2), hangUp: .after(.seconds(3))))
            let result = try await house.phones.ring(order)
            #expect(result.isGood, "\(result.entries)")
            #expect(try await house.ending(of: order.callSID) == "caller_hung_up")

            let played = result.heard.runs.flatMap { result.heard.bytes(of: $0) }
            #expect(AudioFormat.telephone.duration(ofBytes: played.count) >= .milliseconds(1_990))
            #expect(AudioFormat.telephone.duration(ofBytes: played.count) < .milliseconds(2_200))
            Ear.expect(ToneVoice.tone, in: played.prefix(15_000), .telephone)

            try await house.until("the agent wrote it down") {
                house.outcomes.of(order.callSID) != nil
            }
            let outcome = try #require(house.outcomes.of(order.callSID))
            #expect(outcome.diary.findings.isEmpty, "\(outcome.diary.findings)")
            #expect(outcome.format == format)
            let said = outcome.heard.prefix(format.bytes(lasting: .milliseconds(1_900)))
            Ear.expect(CallerScript.tone, in: said, format)
        }
    }

    @Test func `an agent behind TLS whose authority we were told of is trusted`() async throws {
        let authority = try Authority()
        try await LiveHouse.open({ plan in
            plan.agent = .speaking(1_000)
            plan.agentTLS = try? authority.server
            plan.caFile = authority.file
        }) { house in
            let order = try house.order(1, .speaking(.seconds(1), hangUp: .after(.seconds(2))))
            let result = try await house.phones.ring(order)
            #expect(result.isGood)
            let played = result.heard.runs.flatMap { result.heard.bytes(of: $0) }
            #expect(Ear.heard(in: played, .telephone) == ToneVoice.tone.frequency)
            try await house.until("the agent wrote it down") {
                house.outcomes.of(order.callSID) != nil
            }
            let said = try #require(house.outcomes.of(order.callSID)).heard.prefix(7_600)
            #expect(Ear.heard(in: said, .telephone) == CallerScript.tone.frequency)
        }
    }

    @Test func `an agent behind TLS whose authority nobody knows is not spoken to`() async throws {
        let authority = try Authority()
        try await LiveHouse.open({ $0.agentTLS = try? authority.server }) { house in
            try await RudeAgentTests.call(
                in: house, endsWith: "provider_unreachable", "provider")
            #expect(house.agent.finished.isEmpty)
        }
    }

    @Test func `the agent says goodbye, is heard to the end, and the call is hung up`()
        async throws
    {
        try await LiveHouse.open({ plan in
            plan.agent = .speaking(1_500, then: [.endCall(reason: "done")])
        }) { house in
            let order = try house.order(1, .speaking(.milliseconds(200), hangUp: .never))
            let result = try await house.phones.ring(order)
            #expect(result.isGood, "\(result.entries)")
            #expect(try await house.ending(of: order.callSID) == "agent_ended")
            #expect(result.heard.count >= 12_000)
            #expect(!result.events.contains { $0.kind == "say" })
        }
    }

    @Test func `a caller who speaks over the agent gets the floor`() async throws {
        var manners = AgentManners.speaking(20_000)
        manners.faults = []
        try await LiveHouse.open({ $0.agent = manners }) { house in
            let order = try house.order(
                1,
                .speaking(
                    .seconds(2), .overAgent(after: .seconds(1)), hangUp: .after(.seconds(5))))
            let result = try await house.phones.ring(order)
            #expect(result.isGood, "\(result.entries)")
            let stream = try #require(result.streams.first)
            #expect(stream.judge.clears == 1)
            #expect(stream.measures.clearReactions.count == 1)
            // Of twenty seconds it heard one, the time the agent needs to notice, and no more.
            #expect(AudioFormat.telephone.duration(ofBytes: result.heard.count) < .seconds(4))
            #expect(house.line("call.ended", order.callSID)?.field("INTERRUPTIONS") == "1")
            try await house.until("callbridge_interruptions_total", is: 1)
        }
    }

    @Test func `a second stream of a call takes the first one's place and keeps the agent`()
        async throws
    {
        try await LiveHouse.open({ $0.agent = .speaking(30_000) }) { house in
            let first = try await RudeCaller.talking(in: house)
            let token = try await first.ring()
            let second = RudeCaller(house, replacing: first)
            try await second.dial()
            await second.say(second.start(token))
            let closure = try await first.closure()
            #expect(closure.code == 1000)
            #expect(closure.reason == "replaced by another stream")
            try await house.until("the second stream is spoken to") {
                second.messages.contains { message in
                    message["event"] == "media" && message["streamSid"]?.text == second.stream
                }
            }
            #expect(house.line("stream.replaced", first.call)?.level == .warning)
            #expect(house.agent.conversations == 1)
            #expect(house.daemon.activeCalls == 1)
            try await second.hangUp()
        }
    }
}
