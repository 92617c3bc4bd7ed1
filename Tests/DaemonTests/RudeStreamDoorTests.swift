import Calls
import Instruments
import Net
import Testing
import Twilio
import Wire

@testable import Daemon

/// Who comes to the stream's door without what opens it is sent away with a reason.
@Suite(.serialized) struct RudeStreamDoorTests {
    private static func refused(_ cause: String) -> String {
        "callbridge_streams_refused_total{cause=\"\(cause)\"}"
    }

    /// Dials, says one thing and is refused in that way.
    private static func isRefused(
        _ cause: String, _ text: String, code: UInt16 = 1008,
        _ say: @escaping @Sendable (RudeCaller) async throws -> Void
    ) async throws {
        try await LiveHouse.disturbed { house in
            let caller = RudeCaller(house)
            try await caller.dial()
            try await say(caller)
            let closure = try await caller.closure()
            #expect(closure.code == code)
            #expect(closure.reason == text)
            try await house.until(Self.refused(cause), is: 1)
            #expect(house.line("stream.refused")?.field("REASON") == text)
        }
    }

    @Test func `media before start is refused`() async throws {
        try await Self.isRefused("early", "media before start") { await $0.say($0.media(1)) }
    }

    @Test func `a stop before start is refused`() async throws {
        try await Self.isRefused("early", "not a start message") {
            await $0.say(#"{"event":"stop","stop":{},"streamSid":"\#($0.stream)"}"#)
        }
    }

    @Test func `a start that is no JSON is refused`() async throws {
        try await Self.isRefused("malformed", "not a JSON object") { await $0.say("{start") }
    }

    @Test func `a binary message is refused`() async throws {
        try await Self.isRefused("binary", "binary message", code: 1003) {
            await $0.say(binary: [0])
        }
    }

    @Test func `a stream without a ticket is refused`() async throws {
        try await Self.isRefused("token_missing", "stream token missing") {
            await $0.say($0.start(nil))
        }
    }

    @Test func `a ticket that is none is refused`() async throws {
        try await Self.isRefused("token_malformed", "stream token malformed") {
            await $0.say($0.start("ticket"))
        }
    }

    @Test func `a forged ticket is refused`() async throws {
        try await Self.isRefused("token_forged", "stream token forged") { caller in
            let call = try #require(CallSID(caller.call))
            let token = StreamToken(
                for: call, key: [UInt8](repeating: 7, count: 32),
                wallClock: SystemTime().wallClock)
            await caller.say(caller.start(token.text))
        }
    }

    @Test func `a ticket of long ago is refused`() async throws {
        try await Self.isRefused("token_expired", "stream token expired") { caller in
            let call = try #require(CallSID(caller.call))
            let token = StreamToken(
                for: call, key: caller.house.configuration.tokenKey,
                wallClock: SystemTime().wallClock - StreamToken.lifetime - .seconds(1))
            await caller.say(caller.start(token.text))
        }
    }

    @Test func `a good ticket of a call that is over is refused`() async throws {
        try await Self.isRefused("no_call", "no such call") { caller in
            let token = try await caller.ring()
            _ = try await caller.house.post("/api/twilio/status", caller.form("canceled"))
            await caller.say(caller.start(token))
        }
    }

    @Test func `a ticket opens one stream, and its second use harms nobody`() async throws {
        try await LiveHouse.disturbed { house in
            let caller = RudeCaller(house)
            let token = try await caller.ring()
            try await caller.connect(token)
            let thief = RudeCaller(house)
            try await thief.dial()
            await thief.say(thief.start(token))
            let closure = try await thief.closure()
            #expect(closure.code == 1008)
            #expect(closure.reason == "stream token replayed")
            try await house.until(Self.refused("token_replayed"), is: 1)
            #expect(house.line("stream.refused", caller.call) != nil)
            try await caller.hangUp()
        }
    }

    @Test func `an upgrade that Twilio did not sign is answered with a problem`() async throws {
        try await LiveHouse.disturbed { house in
            let caller = RudeCaller(house)
            let forged = TwilioSignature.make(
                url: "wss://callbridge.test/api/twilio/stream", key: SecretText("another"))
            do {
                try await caller.dial(signature: forged)
                Issue.record("the upgrade was granted")
            } catch DialError.refused(let status, let response) {
                #expect(status == 403)
                #expect(response.fields["Content-Type"] == "application/problem+json")
                #expect(response.json?["title"] == "Forbidden")
            }
            try await house.until(
                "callbridge_http_problems_total{route=\"/api/twilio/stream\",status=\"403\"}",
                is: 1)
            #expect(house.line("http.problem")?.field("HTTP_STATUS") == "403")
        }
    }
}
