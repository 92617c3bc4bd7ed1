import Calls
import Simulators
import Switchboard
import Synchronization
import Testing
import Twilio

/// How many calls are let in, whoever asks at the same time.
struct AdmissionTests {
    private static let practice = PhoneNumber("+15550101")
    private static let other = PhoneNumber("+15550102")

    /// Calls by number, none of which is ever begun.
    private struct Maker: Sendable {
        let loop = SimulatedLoop(order: .asAsked)
        let registry: CallRegistry

        static func sid(_ index: Int) throws -> CallSID {
            let digits = String(index)
            let text = "CA" + String(repeating: "0", count: 32 - digits.count) + digits
            return try #require(CallSID(text))
        }

        func call(_ sid: CallSID, to number: PhoneNumber) -> Call {
            let ticket = CallTicket(
                call: sid, session: "session_20260101_000000_00001", plan: CallPlan(),
                direction: .inbound, from: PhoneNumber("+15550100"), to: number)
            let services = CallServices(
                limits: CallLimits(), dialer: WaitingDialer(), listener: Told())
            return Call(ticket, on: loop, with: services, onEnd: { _, _ in })
        }

        func admit(_ index: Int, to number: PhoneNumber?, max: Int?) throws -> String {
            let sid = try Self.sid(index)
            let make = { call(sid, to: number ?? practice) }
            return switch registry.admit(sid, to: number, callsMax: max, make) {
            case .admitted: "admitted"
            case .known: "known"
            case .over: "over"
            case .full(let limit): "full: \(limit)"
            case .waiting(let ahead, _): "waiting behind \(ahead)"
            case .draining: "draining"
            }
        }

        func leave(_ index: Int) throws {
            let call = try #require(registry.find(try Self.sid(index)))
            registry.leave(call, CallEnding(reason: .agentEnded))
        }
    }

    @Test func `a number that is full does not keep others out`() throws {
        let maker = Maker(registry: CallRegistry(callsMax: 4))
        for index in 0..<2 {
            #expect(try maker.admit(index, to: Self.practice, max: 2) == "admitted")
        }
        #expect(try maker.admit(2, to: Self.practice, max: 2) == "full: number")
        #expect(try maker.admit(0, to: Self.practice, max: 2) == "known")
        #expect(try maker.admit(3, to: Self.other, max: 2) == "admitted")
        #expect(try maker.admit(4, to: nil, max: nil) == "admitted")
        #expect(try maker.admit(5, to: Self.other, max: 2) == "full: total")
    }

    @Test func `a call that leaves makes room at its number`() throws {
        let maker = Maker(registry: CallRegistry(callsMax: 4))
        #expect(try maker.admit(0, to: Self.practice, max: 1) == "admitted")
        #expect(try maker.admit(1, to: Self.practice, max: 1) == "full: number")
        try maker.leave(0)
        #expect(try maker.admit(1, to: Self.practice, max: 1) == "admitted")
        // A limit that was lowered meanwhile counts those who are there.
        #expect(try maker.admit(2, to: Self.practice, max: 2) == "admitted")
        #expect(try maker.admit(3, to: Self.practice, max: 1) == "full: number")
    }

    @Test func `a call that ElevenLabs took over gives its place back, and nobody waits for it`()
        async throws
    {
        let maker = Maker(registry: CallRegistry(callsMax: 1))
        #expect(try maker.admit(0, to: Self.practice, max: 1) == "admitted")
        #expect(try maker.admit(1, to: Self.practice, max: 1) == "full: total")
        maker.registry.handOff(try Maker.sid(0))
        maker.registry.handOff(try Maker.sid(0))
        #expect(try maker.admit(1, to: Self.practice, max: 1) == "admitted")
        try maker.leave(1)
        // Drained while it lives; should it be heard of again, its end is noted.
        await maker.registry.drain()
        #expect(maker.registry.active == 1)
        try maker.leave(0)
        #expect(maker.registry.active == 0)
        #expect(try maker.admit(2, to: Self.practice, max: 1) == "draining")
    }

    @Test func `of many who ask at once exactly as many as allowed are let in`() async throws {
        let maker = Maker(registry: CallRegistry(callsMax: 50))
        let answers = try await withThrowingTaskGroup(of: String.self) { group in
            for index in 0..<400 {
                let number = [Self.practice, Self.other][index % 2]
                group.addTask {
                    let answer = try maker.admit(index, to: number, max: 20)
                    // Half of those let in leave again, while others are asking.
                    if answer == "admitted", index % 4 < 2 { try maker.leave(index) }
                    return answer
                }
            }
            return try await group.reduce(into: [String]()) { $0.append($1) }
        }
        #expect(answers.filter { $0 == "admitted" }.count >= 40)
        for number in [Self.practice, Self.other] {
            let counted = maker.registry.living.count { $0.ticket.to == number }
            #expect(counted <= 20)
        }
    }

    @Test func `without anybody leaving the limit is met exactly`() async throws {
        let maker = Maker(registry: CallRegistry(callsMax: 50))
        let admitted = try await withThrowingTaskGroup(of: Bool.self) { group in
            for index in 0..<400 {
                group.addTask {
                    try maker.admit(index, to: Self.practice, max: 20) == "admitted"
                }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(admitted == 20)
        #expect(try maker.admit(400, to: Self.practice, max: 20) == "full: number")
        for call in maker.registry.living {
            maker.registry.leave(call, CallEnding(reason: .agentEnded))
        }
        #expect(maker.registry.active == 0)
        #expect(try maker.admit(400, to: Self.practice, max: 1) == "admitted")
    }
}
