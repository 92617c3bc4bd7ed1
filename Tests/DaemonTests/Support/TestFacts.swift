import Switchboard
import Testing
import Twilio

@testable import Calls

/// A call's names, as many calls apart as a test wants.
func testFacts(_ number: Int = 1, conversation: String? = nil) throws -> CallFacts {
    let sid = "CA" + String(repeating: "\(number)", count: 32)
    var facts = CallFacts(
        ticket: CallTicket(
            call: try #require(CallSID(sid)), session: "session_20260302_101500_0000\(number)",
            plan: CallPlan(), direction: .inbound, from: PhoneNumber("+15550100001"),
            to: PhoneNumber("+15550100002")), startedAt: .zero)
    facts.conversation = conversation
    return facts
}
