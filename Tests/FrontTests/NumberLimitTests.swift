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
        #expect(house.registry.active(to: PhoneNumber("+15550101")) == 1)
        // The same call asks again: it was let in already.
        #expect(await ring(house, 1, to: "+15550101").contains("<Stream"))
    }
}
