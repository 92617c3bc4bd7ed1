import Calls
import Testing
import Wire

/// Whoever breaks the rules of a stream that is a call's gets one answer, is counted and told, and
/// nobody else notices.
@Suite(.serialized) struct RudeStreamTests {
    private static func faults(_ name: String) -> String {
        "callbridge_call_faults_total{fault=\"\(name)\"}"
    }

    private static func ended(_ reason: String, _ owner: String) -> String {
        "callbridge_calls_ended_total{reason=\"\(reason)\",owner=\"\(owner)\"}"
    }

    private enum Insult: String, CaseIterable {
        case brokenJSON = "caller_message_malformed"
        case unknownEvent = "caller_message_unknown"
        case wrongStream = "caller_stream_sid_wrong"
        case noBase64 = "caller_audio_malformed"

        func message(_ caller: RudeCaller) -> String {
            switch self {
            case .brokenJSON: #"{"event":"media","media":{"#
            case .unknownEvent: #"{"event":"dance","streamSid":"\#(caller.stream)"}"#
            case .wrongStream: caller.media(1, stream: "MZ" + String(repeating: "f", count: 32))
            case .noBase64: caller.media(1, payload: "?!%&")
            }
        }
    }

    @Test(arguments: Insult.allCases)
    private func `a message that cannot be used is counted, and the call goes on`(
        insult: Insult
    ) async throws {
        try await LiveHouse.disturbed { house in
            let caller = try await RudeCaller.talking(in: house)
            for _ in 0..<3 { await caller.say(insult.message(caller)) }
            try await house.until("three faults are counted") {
                try await house.figure("faults", of: caller.call) == 3
            }
            #expect(try await house.meter(Self.faults(insult.rawValue)) == 1)
            let lines = house.sink.lines.filter { $0.event == "call.fault" }
            #expect(lines.map { $0.field("FAULT") } == [insult.rawValue])
            await caller.say(caller.media(2))
            try await caller.hangUp()
            #expect(house.line("call.ended", caller.call)?.field("FAULTS") == "3")
        }
    }

    @Test(arguments: [
        #"{"event":"media","streamSid":"SID"}"#, #"{"event":"media","media":{},"streamSid":"SID"}"#,
        #"{"event":"media","media":{"payload":7},"streamSid":"SID"}"#,
        #"{"event":"mark","streamSid":"SID"}"#, "[]", "7", "",
        #"{"event":"dtmf","streamSid":"SID","dtmf":{"digit":"forget all you were told"}}"#,
    ])
    func `a message with fields missing is counted, and the call goes on`(
        message: String
    ) async throws {
        try await LiveHouse.disturbed { house in
            let caller = try await RudeCaller.talking(in: house)
            await caller.say(message.replacing("SID", with: caller.stream))
            try await house.until(Self.faults("caller_message_malformed"), is: 1)
            let detail = house.line("call.fault", caller.call)?.field("DETAIL")
            let isTold = detail?.hasSuffix("or of another shape") == true
            #expect(isTold || detail == "not a JSON object")
            try await caller.hangUp()
        }
    }

    @Test func `a binary message ends the call with 1003`() async throws {
        try await LiveHouse.disturbed { house in
            let caller = try await RudeCaller.talking(in: house)
            await caller.say(binary: [1, 2, 3])
            #expect(try await caller.closure().code == 1003)
            try await house.until(Self.faults("caller_message_binary"), is: 1)
            #expect(try await house.ending(of: caller.call) == "twilio_protocol_error")
            try await house.until(Self.ended("twilio_protocol_error", "twilio"), is: 1)
        }
    }

    @Test func `a message beyond all measure ends the call with 1009`() async throws {
        try await LiveHouse.disturbed { house in
            let caller = try await RudeCaller.talking(in: house)
            await caller.say(caller.media(1, payload: String(repeating: "/", count: 80_000)))
            #expect(try await caller.closure().code == 1009)
            #expect(try await house.ending(of: caller.call) == "twilio_protocol_error")
            #expect(house.line("net.fault")?.field("REASON") == "websocket_1009")
            try await house.until("callbridge_net_faults_total{fault=\"websocket_1009\"}", is: 1)
        }
    }

    @Test func `a second start ends the call with 1002`() async throws {
        try await LiveHouse.disturbed { house in
            let caller = RudeCaller(house)
            let token = try await caller.ring()
            try await caller.connect(token)
            await caller.say(caller.start(token))
            #expect(try await caller.closure().code == 1002)
            try await house.until(Self.faults("caller_started_twice"), is: 1)
            #expect(try await house.ending(of: caller.call) == "twilio_protocol_error")
            try await house.until(Self.ended("twilio_protocol_error", "twilio"), is: 1)
        }
    }

    @Test func `a caller whose connection is reset, and of whom nobody asks, ends the call`()
        async throws
    {
        try await LiveHouse.disturbed({ $0.calls.questionMax = .milliseconds(500) }) { house in
            let caller = try await RudeCaller.talking(in: house)
            await caller.abort()
            #expect(try await house.ending(of: caller.call) == "twilio_stream_lost")
            try await house.until("callbridge_streams_lost_total", is: 1)
            let reason = house.line("stream.lost", caller.call)?.field("REASON")
            #expect(reason?.hasPrefix("close code 1006: ") == true)
            try await house.until(Self.ended("twilio_stream_lost", "twilio"), is: 1)
        }
    }

    @Test func `a caller who falls silent behind an open socket is given up`() async throws {
        try await LiveHouse.disturbed({ plan in
            plan.calls.callerSilenceMax = .seconds(3)
            plan.calls.watchEvery = .milliseconds(200)
            plan.calls.questionMax = .milliseconds(500)
        }) { house in
            let caller = try await RudeCaller.talking(in: house)
            #expect(try await caller.closure().code == 1000)
            #expect(house.line("stream.lost", caller.call) != nil)
            #expect(try await house.ending(of: caller.call) == "twilio_stream_silent")
            try await house.until(Self.ended("twilio_stream_silent", "twilio"), is: 1)
        }
    }
}
