import Testing

@testable import Calls

@Suite struct SmallPercentilesTests {
    @Test func `it is right to within seven in a hundred`() {
        for microseconds in [100, 1_500, 3_100, 20_000, 61_000, 777_000, 5_000_000, 90_000_000] {
            var few = SmallPercentiles()
            few.record(microseconds: microseconds)
            let told = (few.at(0.5) ?? .zero).seconds * 1e6
            #expect(abs(told / Double(microseconds) - 1) < 0.07, "\(microseconds): \(told)")
        }
    }

    @Test func `ranks are ranks`() {
        var all = SmallPercentiles()
        #expect(all.at(0.5) == nil)
        for value in 1...100 { all.record(microseconds: value * 1_000) }
        #expect(abs((all.at(0.5) ?? .zero).seconds - 0.050) < 0.004)
        #expect(abs((all.at(0.95) ?? .zero).seconds - 0.095) < 0.007)
        all.record(microseconds: -5)
        all.record(microseconds: .max)
        #expect(all.at(0) == .zero)
        #expect((all.at(1) ?? .zero) > .seconds(100))
    }
}
