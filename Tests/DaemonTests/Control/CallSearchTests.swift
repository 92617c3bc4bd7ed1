import Calls
import Testing

@testable import Daemon

@Suite struct CallSearchTests {
    @Test func `a call is found by each of its names and by the beginning of any`() throws {
        let calls = [try testFacts(1), try testFacts(2, conversation: "conv_test2")]
        let sid = "CA" + String(repeating: "2", count: 32)
        for text in [sid, "session_20260302_101500_00002", "conv_test2", "CA2", "conv_"] {
            #expect(CallSearch(text, among: calls) == .found(1), "\(text)")
        }
    }

    @Test func `a beginning that fits several calls names them`() throws {
        let calls = [try testFacts(1), try testFacts(2)]
        #expect(
            CallSearch("session_2026", among: calls)
                == .several(["session_20260302_101500_00001", "session_20260302_101500_00002"]))
    }

    @Test(arguments: ["", "C", "CA", "CA3", "20260302", "ca1"])
    func `what fits no call, or any, finds nothing`(text: String) throws {
        #expect(CallSearch(text, among: [try testFacts(1)]) == .nothing)
        #expect(CallSearch(text, among: []) == .nothing)
    }

    @Test func `the whole of one name wins over the beginning of another`() throws {
        let calls = [
            try testFacts(1, conversation: "conv_test12"),
            try testFacts(2, conversation: "conv_test1"),
        ]
        #expect(CallSearch("conv_test1", among: calls) == .found(1))
    }
}
