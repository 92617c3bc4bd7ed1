import Audio
import Simulators
import Testing
import Wire

/// A stream whose connection is lost while daemon, caller and agent live, and a webhook that is.
@Suite(.serialized) struct ResumeTests {
    @Test func `a caller whose stream is lost comes back to the same agent`() async throws {
        // Longer than both streams, so that it is audible in the second one.
        try await LiveHouse.open({ $0.agent = .speaking(8_000) }) { house in
            var caller = CallerScript.speaking(.seconds(1), hangUp: .after(.seconds(3)))
            caller.losesStreamAfter = .seconds(2)
            let order = try house.order(1, caller)
            let result = try await house.phones.ring(order)
            #expect(result.streams.map(\.ending).first?.hasPrefix("31903") == true)
            #expect(result.streams.count == 2)
            #expect(result.streams.last?.measures.firstHeard != nil)
            #expect(result.status == "completed")
            #expect(try await house.ending(of: order.callSID) == "caller_hung_up")
            #expect(house.line("stream.lost", order.callSID) != nil)
            #expect(house.sink.lines.filter { $0.event == "call.ended" }.count == 1)
            #expect(house.sink.lines.filter { $0.event == "conversation.started" }.count == 1)
            try await house.until("the agent wrote it down") {
                house.outcomes.of(order.callSID) != nil
            }
            #expect(house.outcomes.all.count == 1)
            let outcome = try #require(house.outcomes.of(order.callSID))
            #expect(outcome.diary.findings.isEmpty, "\(outcome.diary.findings)")
        }
    }

    @Test func `Twilio asks the fallback address when the number's own does not answer`()
        async throws
    {
        try await LiveHouse.open({ $0.agent = .speaking(1_000) }) { house in
            var order = try house.order(1, .speaking(.seconds(1), hangUp: .after(.seconds(2))))
            order.fallbackURL = order.voiceURL
            order.voiceURL = order.voiceURL.with(target: "/nowhere")
            let result = try await house.phones.ring(order)
            #expect(result.entries.map(\.code) == [11200])
            #expect(result.streams.count == 1)
            #expect(try await house.ending(of: order.callSID) == "caller_hung_up")
        }
    }
}
