import Calls
import Switchboard
import Testing
import Twilio
import Wire

@testable import Front

/// A number that takes so many calls at the same time.
@Suite struct NumberLimitTests {
    private func ring(_ house: FrontHouse, _ digit: Int, to number: String) async -> String {
        let form: Form = [
            "AccountSid": "AC00000000000000000000000000000001",
            "CallSid": "CA0000000000000000000000000000000\(digit)", "CallStatus": "ringing",
            "Direction": "inbound", "From": "+15550100", "To": number,
        ]
        let response = await house.post("/api/twilio/voice", form)
        return String(decoding: response.body, as: UTF8.self)
    }

    @Test func `the caller beyond it hears that the line is busy, others are let in`() async throws
    {
        let house = try FrontHouse(plan: CallPlan(callsMax: 1))
        #expect(await ring(house, 1, to: "+15550101").contains("<Stream"))
        let busy = await ring(house, 2, to: "+15550101")
        #expect(!busy.contains("<Stream"))
        #expect(busy.contains("<Play") || busy.contains("<Say"))
        #expect(await ring(house, 3, to: "+15550102").contains("<Stream"))
        #expect(house.registry.active == 2)
        // The same call asks again: it was let in already.
        #expect(await ring(house, 1, to: "+15550101").contains("<Stream"))
    }

    @Test func `with a human on the ladder the caller beyond it is put through`() async throws {
        let human = PhoneNumber("+15550109")
        let plan = CallPlan(rungs: [.agent("default"), .human(human), .apology], callsMax: 1)
        let house = try FrontHouse(callsMax: 2, plan: plan)
        #expect(await ring(house, 1, to: "+15550101").contains("<Stream"))
        let passed = await ring(house, 2, to: "+15550101")
        #expect(passed.contains("<Dial") && passed.contains("+15550109"))
        #expect(house.sink.lines.contains { $0.event == "call.passed_on" })
        // It takes no place from others, and is answered the same when Twilio asks again.
        #expect(house.registry.hasRoom(for: 1) && !house.registry.hasRoom(for: 2))
        #expect(await ring(house, 2, to: "+15550101").contains("<Dial"))
    }

    @Test func `a house that is full puts through no more than it has places`() async throws {
        let plan = CallPlan(rungs: [.agent("default"), .human(PhoneNumber("+15550109"))])
        let house = try FrontHouse(callsMax: 1, plan: plan)
        #expect(await ring(house, 1, to: "+15550101").contains("<Stream"))
        #expect(await ring(house, 2, to: "+15550102").contains("<Dial"))
        let third = await ring(house, 3, to: "+15550103")
        #expect(!third.contains("<Dial") && !third.contains("<Stream"))
        #expect(third.contains("/audio/busy/"))
    }
}
