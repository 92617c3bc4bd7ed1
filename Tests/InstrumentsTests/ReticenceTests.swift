import Instruments
import Testing

struct ReticenceTests {
    @Test func `a kind is said once a pause, with the count of what was not`() {
        var reticence = Reticence(pause: .seconds(10))
        #expect(reticence.unsaidBefore("a", at: .zero) == 0)
        #expect(reticence.unsaidBefore("a", at: .seconds(9)) == nil)
        #expect(reticence.unsaidBefore("a", at: .seconds(9)) == nil)
        #expect(reticence.unsaidBefore("b", at: .seconds(9)) == 0)
        #expect(reticence.unsaidBefore("a", at: .seconds(10)) == 2)
        #expect(reticence.unsaidBefore("a", at: .seconds(20)) == 0)
    }

    @Test func `whoever invents kinds is said once a pause too`() {
        var reticence = Reticence(pause: .seconds(10))
        let said = (0..<10_000).filter { reticence.unsaidBefore("\($0)", at: .zero) != nil }
        #expect(said.count == Reticence.kindsMax + 1)
    }
}
