import Audio
import Instruments
import Simulators
import Testing
import Wire

@testable import Daemon

/// Calls that we place, over real sockets, with phonesim as Twilio.
@Suite(.serialized) struct OutboundCallTests {
    private static func open(
        _ agent: AgentManners = .speaking(1_000),
        _ change: @escaping @Sendable (inout PhoneAccount) -> Void = { _ in },
        _ live: (LiveHouse) async throws -> Void
    ) async throws {
        try await LiveHouse.open(
            { plan in
                plan.agent = agent
                plan.account = change
            }, live)
    }

    private static func placed(_ response: HTTPResponse) throws -> String {
        #expect(response.status == 201, "\(response.text)")
        return try #require(response.json?["call_sid"]?.text)
    }

    @Test func `somebody is called, hears the agent and is heard`() async throws {
        try await Self.open(
            .speaking(1_000),
            { $0.order.caller = .speaking(.seconds(1), hangUp: .after(.seconds(2))) }
        ) { house in
            let call = try Self.placed(try await house.initiate())
            #expect(try await house.ending(of: call) == "caller_hung_up")
            #expect(house.line("call.ended", call)?.field("SESSION_ID") == "order-7")
            try await house.until("Twilio is done") {
                try house.result(of: call)?.status == "completed"
            }
            let result = try #require(try house.result(of: call))
            #expect(result.isGood, "\(result.entries)")
            #expect(!result.isSilent)
            try await house.until("the agent wrote it down") { house.outcomes.of(call) != nil }
            let outcome = try #require(house.outcomes.of(call))
            #expect(Ear.heard(in: outcome.heard.prefix(7_600), .telephone) == 600)
            let told = outcome.diary.setup.variables
            #expect(told.contains { $0.name == "direction" && $0.value == "outbound" })
            #expect(told.contains { $0.name == "bridge_call_id" && $0.value == "order-7" })
            #expect(told.contains { $0.name == "customer" && $0.value == "A" })
        }
    }

    @Test(arguments: [("busy", "caller_busy"), ("no-answer", "caller_unanswered")])
    func `nobody answers, callbacks come twice and in any order, and it is told once`(
        _ answer: String, _ reason: String
    ) async throws {
        try await Self.open(
            .toneless,
            {
                $0.callee.answer = answer
                $0.order.disorder.duplicates = true
                $0.order.disorder.shuffles = true
            }
        ) { house in
            let call = try Self.placed(try await house.initiate())
            try await house.until("it is told") { house.line("outbound.ended", call) != nil }
            #expect(house.line("outbound.ended", call)?.field("REASON") == reason)
            try await house.until("every callback came") {
                house.sink.lines.count { $0.event == "call.status" } == 6
            }
            #expect(house.sink.lines.count { $0.event == "outbound.ended" } == 1)
            #expect(house.agent.conversations == 0)
        }
    }

    @Test func `the callee's webhook may come before Twilio's answer to us`() async throws {
        try await Self.open(
            .speaking(1_000),
            {
                $0.answerDelay = .seconds(1)
                $0.callee.rings = .zero
                $0.order.caller = .speaking(.milliseconds(200), hangUp: .after(.seconds(3)))
            }
        ) { house in
            async let answer = house.initiate()
            try await house.until("it is answered") { house.line("call.incoming") != nil }
            #expect(house.line("outbound.placed") == nil)
            let call = try Self.placed(try await answer)
            let status = try await house.status(of: call)
            #expect(status?["session_id"] == "order-7")
            #expect(status?["direction"] == "outbound")
            #expect(try await house.ending(of: call) == "caller_hung_up")
        }
    }

    @Test func `too many requests are repeated until Twilio takes the call`() async throws {
        try await Self.open(
            .toneless,
            {
                $0.fault = .tooMany
                $0.faultsMax = 2
                $0.callee.answer = "busy"
            }
        ) { house in
            _ = try Self.placed(try await house.initiate())
            #expect(house.sink.lines.count { $0.event == "twilio.retry" } == 2)
            #expect(try house.callsPlaced == 1)
        }
    }

    @Test func `when Twilio fails after placing the call, no second one is placed`() async throws {
        try await Self.open(
            .speaking(1_000),
            {
                $0.fault = .doneAndBroken
                $0.faultsMax = 1
                $0.callee.rings = .seconds(1)
                $0.order.caller = .speaking(.milliseconds(200), hangUp: .after(.seconds(2)))
            }
        ) { house in
            let broken = try await house.initiate()
            #expect(broken.status == 502)
            #expect(broken.json?["twilio_code"] == 20500)
            try await house.until("it is answered") { house.line("call.incoming") != nil }
            let call = try Self.placed(try await house.initiate())
            #expect(try house.callsPlaced == 1)
            #expect(try await house.ending(of: call) == "caller_hung_up")
            #expect(house.line("call.ended", call)?.field("SESSION_ID") == "order-7")
        }
    }

    @Test(arguments: [PhoneAccount.Fault.broken, .gateway])
    func `when Twilio is broken that is said, and asked once`(
        _ fault: PhoneAccount.Fault
    ) async throws {
        try await Self.open(.toneless, { $0.fault = fault }) { house in
            let response = try await house.initiate()
            #expect(response.status == 502)
            #expect(response.json?["twilio_status"]?.whole == Int64(fault.rawValue))
            #expect(house.line("twilio.retry") == nil)
        }
    }

    @Test func `a token that is not the account's is told with Twilio's code`() async throws {
        try await Self.open(
            .toneless, { $0.order.authToken = SecretText("another") }
        ) { house in
            let response = try await house.initiate()
            #expect(response.status == 502)
            #expect(response.json?["twilio_code"] == 20003)
            let all = house.sink.lines.map { "\($0.text)\($0.fields)" }.joined()
            #expect(!all.contains(LiveHouse.token.revealed))
        }
    }

    @Test func `a mailbox is hung up on as soon as it is recognised`() async throws {
        try await Self.open(
            .speaking(20_000),
            {
                $0.callee.answeredBy = "machine"
                $0.callee.detectionTakes = .milliseconds(700)
                $0.order.caller = .speaking(.seconds(2), hangUp: .never)
            }
        ) { house in
            let call = try Self.placed(try await house.initiate())
            #expect(try await house.ending(of: call) == "callbridge_voicemail")
            try await house.until("Twilio is done") {
                try house.result(of: call)?.status == "completed"
            }
            let result = try #require(try house.result(of: call))
            #expect(result.answeredBy == "machine_start")
            #expect(!result.events.contains { $0.kind == "say" })
        }
    }

    @Test func `draining takes back what still rings, and places nothing more`() async throws {
        try await Self.open(.toneless, { $0.callee.rings = .seconds(50) }) { house in
            let call = try Self.placed(try await house.initiate())
            try await house.until("it rings") {
                try house.result(of: call)?.status == "ringing"
            }
            await house.daemon.drain()
            try await house.until("it is over") { house.line("outbound.ended", call) != nil }
            #expect(house.line("outbound.ended", call)?.field("REASON") == "callbridge_stopped")
            #expect(try house.result(of: call)?.status == "canceled")
            let other = try await house.initiate("order-8")
            #expect(other.status == 503)
            #expect(try house.callsPlaced == 1)
            #expect(try Self.placed(try await house.initiate()) == call)
        }
    }

    @Test func `an operator ends a call that still rings`() async throws {
        try await Self.open(.toneless, { $0.callee.rings = .seconds(50) }) { house in
            let call = try Self.placed(try await house.initiate())
            try await house.until("it rings") {
                try house.result(of: call)?.status == "ringing"
            }
            let ended = try await house.ask("/api/calls/\(call)/end", [:])
            #expect(ended.status == 200)
            try await house.until("Twilio is done") {
                try house.result(of: call)?.status == "canceled"
            }
            #expect(house.line("outbound.ended", call)?.field("REASON") == "operator_ended")
        }
    }
}
