import Audio
import CSanitizers
import Instruments
import Net
import Simulators
import Synchronization
import Testing
import Wire

@testable import Daemon

/// Many calls, callbacks in any order, and a house that is empty afterwards.
@Suite(.serialized) struct BusyHouseTests {
    /// Waits until nothing is left of any call, and nobody is connected.
    static func isEmpty(_ house: LiveHouse) async throws {
        try await house.until("all conversations are over") {
            house.daemon.activeCalls == 0 && house.agent.conversations == 0
        }
        let list = try await house.get("/api/twilio/conversations")
        #expect(list.json == ["active": 0, "conversations": []])
        #expect(list.json?.serialized == #"{"active":0,"conversations":[]}"#)
        #expect(try await house.get("/health").json?["active"] == 0)
        house.sendPeersAway()
        try await house.until("nobody is connected") { house.daemon.openConnections == 0 }
    }

    @Test func `many calls at once on two loops are all heard, and leave nothing behind`()
        async throws
    {
        try await LiveHouse.open({ plan in
            plan.settings.loops = 2
            plan.agent = .speaking(1_500)
            // What is said here are tones, which nobody answers.
            plan.calls.comfortAfter = .seconds(60)
            plan.calls.answerMax = .seconds(60)
            plan.calls.agentStartMax = .seconds(60)
        }) { house in
            let order = try house.order(
                1, .speaking(.milliseconds(1_500), hangUp: .after(.seconds(4))))
            let results = Mutex<[PhoneResult]>([])
            // Frames would come too late for all of them.
            let count = is_sanitized() ? 4 : 20
            try await house.phones.ring(order, count: count, rate: 200) { _, result in
                results.withLock { $0.append(result) }
            }
            let all = results.withLock { $0 }
            #expect(Set(all.map(\.callSID)).count == count)
            try await house.until("the agents wrote it down") { house.outcomes.all.count == count }
            for result in all {
                #expect(result.isGood, "\(result.entries)")
                let played = result.heard.runs.flatMap { result.heard.bytes(of: $0) }
                Self.expect(ToneVoice.tone, not: CallerScript.tone, in: played)
                let outcome = try #require(house.outcomes.of(result.callSID))
                #expect(outcome.diary.findings.isEmpty)
                Self.expect(CallerScript.tone, not: ToneVoice.tone, in: outcome.heard)
            }
            let ended = "callbridge_calls_ended_total{reason=\"caller_hung_up\",owner=\"caller\"}"
            #expect(try await house.meter(ended) == Double(count))
            #expect(try await house.meter("callbridge_calls_total") == Double(count))
            try await Self.isEmpty(house)
        }
    }

    /// Whose tone it was, not how pure: where many calls share a machine pauses may split it.
    private static func expect(_ tone: Tone, not other: Tone, in bytes: some Collection<UInt8>) {
        let heard = Ear.duration(of: tone, in: bytes, .telephone)
        #expect(heard > .milliseconds(1_000))
        #expect(Ear.duration(of: other, in: bytes, .telephone) < heard / 10)
    }

    @Test func `callbacks that come twice and out of order end the call once`() async throws {
        try await LiveHouse.open { house in
            let caller = try await RudeCaller.talking(in: house)
            for (sequence, status) in [(2, "in-progress"), (0, "initiated"), (1, "ringing")] {
                for _ in 0..<2 {
                    let form = caller.form(status, sequence: sequence)
                    #expect(try await house.post("/api/twilio/status", form).status == 204)
                }
            }
            #expect(house.daemon.activeCalls == 1)
            for (sequence, status) in [(3, "completed"), (3, "completed"), (1, "ringing")] {
                let form = caller.form(status, sequence: sequence)
                #expect(try await house.post("/api/twilio/status", form).status == 204)
            }
            #expect(try await caller.closure().code == 1000)
            #expect(try await house.ending(of: caller.call) == "caller_hung_up")
            #expect(house.sink.lines(of: "call.ended").count == 1)
            try await Self.isEmpty(house)
        }
    }

    @Test func `a network that repeats and shuffles its callbacks changes nothing`() async throws {
        try await LiveHouse.open({ $0.agent = .speaking(500) }) { house in
            var order = try house.order(
                1, .speaking(.milliseconds(500), hangUp: .after(.seconds(1))))
            order.disorder.duplicates = true
            order.disorder.shuffles = true
            let result = try await house.phones.ring(order)
            #expect(result.isGood, "\(result.entries)")
            #expect(try await house.ending(of: order.callSID) == "caller_hung_up")
            #expect(house.sink.lines(of: "call.ended").count == 1)
            try await Self.isEmpty(house)
        }
    }

    @Test func `a voice webhook that is repeated is the same call`() async throws {
        try await LiveHouse.open { house in
            let caller = RudeCaller(house)
            let first = try await caller.ring()
            let second = try await caller.ring()
            #expect(first != second)
            #expect(house.daemon.activeCalls == 1)
            try await house.until("callbridge_webhooks_repeated_total", is: 1)
            try await caller.connect(second)
            try await caller.hangUp()
            try await Self.isEmpty(house)
        }
    }

    @Test func `one call more than allowed hears that all lines are busy`() async throws {
        try await LiveHouse.open({ $0.settings.guards.callsMax = 1 }) { house in
            let caller = try await RudeCaller.talking(in: house)
            let late = RudeCaller(house, number: 2)
            let answer = try await house.post("/api/twilio/voice", late.form())
            #expect(answer.status == 200)
            #expect(answer.text.contains("/audio/busy/en.wav"))
            try await house.until("callbridge_calls_refused_total{cause=\"full\"}", is: 1)
            #expect(house.line("call.refused", late.call)?.level == .warning)
            #expect(try await house.get("/readyz").status == 503)
            try await caller.hangUp()
            #expect(try await house.get("/readyz").status == 200)
            try await Self.isEmpty(house)
        }
    }

    @Test func `a house that drains lets its call end and takes no other`() async throws {
        try await LiveHouse.open { house in
            let caller = try await RudeCaller.talking(in: house)
            let drained = Task { await house.daemon.drain() }
            try await house.until("it drains") { try await house.get("/readyz").status == 503 }
            let late = RudeCaller(house, number: 2)
            let answer = try await house.post("/api/twilio/voice", late.form())
            #expect(answer.text.contains("/audio/busy/en.wav"))
            try await house.until("callbridge_calls_refused_total{cause=\"draining\"}", is: 1)
            try await caller.hangUp()
            await drained.value
            try await Self.isEmpty(house)
        }
    }

    @Test func `whatever the rude left half done is freed`() async throws {
        try await LiveHouse.open({ plan in
            plan.calls.streamStartMax = .seconds(3)
            plan.calls.questionMax = .seconds(1)
        }) { house in
            let lost = try await RudeCaller.talking(in: house, number: 1)
            await lost.abort()
            let never = RudeCaller(house, number: 2)
            _ = try await never.ring()
            #expect(try await house.ending(of: lost.call) == "twilio_stream_lost")
            #expect(try await house.ending(of: never.call) == "twilio_stream_missing")
            let answer = try await house.post("/api/twilio/after-stream", never.form())
            #expect(answer.text.contains("/audio/apology/en.wav"))
            try await Self.isEmpty(house)
        }
    }
}
