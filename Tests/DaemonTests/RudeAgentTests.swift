import Audio
import Instruments
import Net
import Testing
import Wire

@testable import Simulators

/// However the agent's service fails, the call ends with its one reason, the caller hears a
/// sentence instead of nothing, and the other call goes on.
@Suite(.serialized) struct RudeAgentTests {
    /// Made once: half a minute of a tone takes a while.
    private static let caller = CallerScript.speaking(.seconds(30), hangUp: .never)

    /// One call rings, and ends for that reason; a phone that heard nothing is not good.
    static func call(
        in house: LiveHouse, endsWith reason: String, _ owner: String
    ) async throws {
        let order = try house.order(1, Self.caller)
        let call = order.callSID
        let result = try await house.phones.ring(order)
        #expect(try await house.ending(of: call) == reason)
        #expect(result.isGood, "\(result.entries)")
        try await house.until(
            "callbridge_calls_ended_total{reason=\"\(reason)\",owner=\"\(owner)\"}", is: 1)
        let lost = try await house.meter("callbridge_agents_lost_total{reason=\"\(reason)\"}")
        #expect(lost >= 1)
        let line = house.line("agent.failed", call)
        #expect(line?.level == .error)
        #expect(house.line("call.announced", call)?.field("ANNOUNCEMENT") == "apology")
    }

    @Test(arguments: [
        (401, "agent_misconfigured", "agent"), (404, "agent_misconfigured", "agent"),
        (429, "provider_refused", "provider"), (500, "provider_error", "provider"),
    ])
    func `a signed URL that is refused`(
        status: Int, reason: String, owner: String
    ) async throws {
        try await LiveHouse.disturbed { house in
            house.directory.answer(.detail(status, "refused", "no"))
            try await Self.call(in: house, endsWith: reason, owner)
        }
    }

    @Test(arguments: [#"{"signed_url":"https://192.0.2.1/"}"#, "{}", "oops"])
    func `a signed URL that is none`(answer: String) async throws {
        try await LiveHouse.disturbed { house in
            house.directory.answer(
                HTTPResponse(status: 200, type: "application/json", text: answer))
            try await Self.call(in: house, endsWith: "provider_error", "provider")
        }
    }

    @Test(arguments: [401, 429, 503])
    func `an upgrade that is refused`(status: Int) async throws {
        try await LiveHouse.disturbed { house in
            let rude = try await house.replaceAgent(.failing(.refuseUpgrade(status: status)))
            try await Self.call(in: house, endsWith: "provider_refused", "provider")
            await rude.stop()
        }
    }

    @Test func `nobody at the agent's address`() async throws {
        try await LiveHouse.disturbed { house in
            let gone = try await house.replaceAgent(.toneless)
            await gone.stop()
            try await Self.call(in: house, endsWith: "provider_unreachable", "provider")
        }
    }

    @Test(arguments: [
        (ScriptedFault.unknownFormat, "agent_format_unknown", "agent"),
        (.quota, "provider_quota", "provider"), (.crash, "provider_error", "provider"),
        (.cut, "provider_lost", "provider"), (.misconfigured, "agent_misconfigured", "agent"),
    ])
    func `a conversation that fails as soon as it began`(
        fault: ScriptedFault, reason: String, owner: String
    ) async throws {
        try await LiveHouse.disturbed { house in
            let rude = try await house.replaceAgent(.failing(fault))
            try await Self.call(in: house, endsWith: reason, owner)
            await rude.stop()
        }
    }

    @Test(arguments: [
        (ScriptedFault.quota, "provider_quota"), (.crash, "provider_error"),
        (.cut, "provider_lost"),
    ])
    func `a conversation that fails in the middle`(
        fault: ScriptedFault, reason: String
    ) async throws {
        try await LiveHouse.disturbed { house in
            let rude = try await house.replaceAgent(.failing(fault, after: .milliseconds(500)))
            try await Self.call(in: house, endsWith: reason, "provider")
            await rude.stop()
        }
    }

    @Test func `an agent that never says its metadata`() async throws {
        try await LiveHouse.disturbed({ $0.calls.agentStartMax = .seconds(4) }) { house in
            let rude = try await house.replaceAgent(.failing(.slowStart(.seconds(600))))
            try await Self.call(in: house, endsWith: "provider_silent", "provider")
            await rude.stop()
        }
    }

    @Test(arguments: [ScriptedFault.stall, .halfOpen])
    func `an agent that falls silent behind an open socket`(fault: ScriptedFault) async throws {
        try await LiveHouse.disturbed({ plan in
            plan.calls.agentSilenceMax = .seconds(6)
            // The next one would only fall silent for as long again.
            plan.calls.redialsMax = 0
            plan.calls.watchEvery = .milliseconds(200)
        }) { house in
            let rude = try await house.replaceAgent(.failing(fault, after: .seconds(1)))
            try await Self.call(in: house, endsWith: "provider_lost", "provider")
            await rude.stop()
        }
    }

    @Test(arguments: [UInt16(1000), 1008, 1011, 1013])
    func `an agent that hangs up before it began`(code: UInt16) async throws {
        try await LiveHouse.disturbed { house in
            let server = HTTPServer(
                loops: house.pool, log: Log(to: SilentSink()), handler: HangsUp(code: code))
            house.directory.send(to: try await server.listen(.tcp(host: "127.0.0.1", port: 0)))
            let reason = code == 1011 ? "provider_error" : "provider_refused"
            try await Self.call(in: house, endsWith: reason, "provider")
            await server.close()
        }
    }

    @Test(arguments: [
        (ScriptedFault.garbage, "agent_message_malformed"),
        (.unknownTypes, "agent_message_unknown"), (.badBase64, "agent_audio_malformed"),
    ])
    func `nonsense is counted, and the conversation goes on`(
        fault: ScriptedFault, counted: String
    ) async throws {
        try await LiveHouse.disturbed { house in
            let rude = try await house.replaceAgent(.failing(fault))
            let caller = try await RudeCaller.talking(in: house)
            try await house.until("callbridge_call_faults_total{fault=\"\(counted)\"}", is: 1)
            #expect(house.line("call.fault", caller.call)?.field("FAULT") == counted)
            try await house.until("the agent was heard") {
                try await house.figure("frames_out", of: caller.call) >= 50
            }
            try await caller.hangUp()
            await rude.stop()
        }
    }

    @Test func `a reply of 2 MiB in one message is played, no faster than it is heard`()
        async throws
    {
        try await LiveHouse.disturbed { house in
            let rude = try await house.replaceAgent(.failing(.hugeAudio))
            let caller = try await RudeCaller.talking(in: house)
            try await house.until("it was heard beyond the greeting") {
                try await house.figure("frames_out", of: caller.call) >= 100
            }
            #expect(try await house.figure("frames_out", of: caller.call) < 2_000)
            try await caller.hangUp()
            await rude.stop()
        }
    }
}

/// Accepts every conversation and ends it with this code.
private struct HangsUp: HTTPHandler {
    var code: UInt16

    func bodyLimit(_ request: HTTPRequest) -> Int { 0 }

    func answer(_ request: HTTPRequest, on loop: any Loop) async -> HTTPAnswer {
        .webSocket(
            WebSocketAcceptance { [code] socket in
                socket.handler = Deaf()
                socket.close(code: code, reason: "")
            })
    }
}

private final class Deaf: MessageSocketHandler {
    func received(text: RawSpan, on socket: any MessageSocket) {}
    func closed(_ closure: SocketClosure, on socket: any MessageSocket) {}
}
