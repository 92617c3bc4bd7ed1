import Audio
import Testing
import Wire

@testable import Simulators

/// Another call that is under way while somebody is rude, and must not notice.
struct Bystander {
    /// Both sides speak for longer than any test lasts, in milliseconds.
    static let length = 90_000
    private static let seed: UInt64 = 9_000
    private static let script = CallerScript.speaking(.milliseconds(length), hangUp: .never)

    let house: LiveHouse
    let call: String
    private let result: Task<PhoneResult, Never>

    /// The manners the house's own agent needs for it.
    static var agent: AgentManners { .speaking(length) }

    /// A bystander whose audio flows both ways.
    static func begin(in house: LiveHouse) async throws -> Bystander {
        let phones = try house.phones
        let order = try house.order(seed, script)
        let bystander = Bystander(
            house: house, call: order.callSID, result: Task { await phones.ring(order) })
        try await bystander.goesOn()
        return bystander
    }

    /// Waits until audio has flowed both ways since now.
    private func goesOn() async throws {
        let heard = try await house.figure("frames_in", of: call)
        let said = try await house.figure("frames_out", of: call)
        try await house.until("the other call goes on") {
            let heardNow = try await house.figure("frames_in", of: call)
            let saidNow = try await house.figure("frames_out", of: call)
            return heardNow > heard + 5 && saidNow > said + 5
        }
    }

    /// Shows that the call goes on as before, ends it in the ordinary way, and that neither side
    /// missed a sample.
    func isUnharmed() async throws {
        try await goesOn()
        try house.phones.shelf[call]?.call?.apply(.hangUp)
        let result = await result.value
        #expect(result.isGood, "\(result.entries) \(result.streams)")
        #expect(try await house.ending(of: call) == "caller_hung_up")
        let last = house.line("call.ended", call)
        #expect(last?.field("FAULTS") == "0")
        #expect(last?.field("FRAMES_LOST") == "0")
        #expect(last?.field("FRAMES_DROPPED") == "0")
        let stretches = Ear.betweenSentences(
            result.heard.runs.flatMap { result.heard.bytes(of: $0) })
        #expect(!stretches.isEmpty)
        for heard in stretches { Ear.expect(ToneVoice.tone, in: heard, .telephone) }
        try await house.until("the agent wrote it down") { house.outcomes.of(call) != nil }
        let outcome = try #require(house.outcomes.of(call))
        #expect(outcome.diary.findings.isEmpty)
        Ear.expect(CallerScript.tone, in: outcome.heard, outcome.format)
    }
}

extension LiveHouse {
    /// A house with a call under way that must not notice what happens next.
    static func disturbed(
        _ change: (inout Plan) -> Void = { _ in }, by rude: (LiveHouse) async throws -> Void
    ) async throws {
        try await open({ plan in
            plan.agent = Bystander.agent
            plan.announcements = .tones
            change(&plan)
        }) { house in
            let bystander = try await Bystander.begin(in: house)
            try await rude(house)
            try await bystander.isUnharmed()
        }
    }
}

extension PhoneOrder {
    /// The call's name, which its seed decides.
    var callSID: String {
        var dice = SeededRandom(seed: seed)
        return "CA\(dice.hex(digits: 32))"
    }
}

extension PhoneSimulator {
    /// What the caller of a living call has lived through so far; nil when it is over.
    func events(of call: String) async -> [PhoneResult.Event]? {
        guard let entry = shelf[call] else { return [] }
        guard let call = entry.call else { return nil }
        return await withCheckedContinuation { continuation in
            call.loop.run { continuation.resume(returning: call.result.events) }
        }
    }
}
