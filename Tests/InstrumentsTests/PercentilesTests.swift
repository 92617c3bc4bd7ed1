import Instruments
import TestDice
import Testing

@Suite struct PercentilesTests {
    @Test func `nothing recorded is zero everywhere`() {
        let none = Percentiles()
        #expect(none.count == 0 && none.p50 == .zero && none.maximum == .zero)
    }

    @Test func `one value is every percentile, exactly`() {
        var one = Percentiles()
        one.record(.microseconds(1_234))
        #expect(one.at(0) == .microseconds(1_234))
        #expect(one.p50 == .microseconds(1_234))
        #expect(one.p999 == .microseconds(1_234))
        #expect(one.minimum == .microseconds(1_234) && one.maximum == .microseconds(1_234))
    }

    @Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
    func `percentiles are within 0.8 percent of the sorted truth`(seed: UInt64) {
        var dice = Dice(seed: seed)
        var values: [Int] = []
        var percentiles = Percentiles()
        for _ in 0..<2_000 {
            let value = Int.random(
                in: 0...(1 << Int.random(in: 1...41, using: &dice)), using: &dice)
            values.append(value)
            percentiles.record(.nanoseconds(value))
        }
        values.sort()
        for share in [0.001, 0.25, 0.5, 0.95, 0.99, 0.999, 1.0] {
            let truth = values[max(1, Int((share * 2_000).rounded(.up))) - 1]
            let found = percentiles.at(share).wholeNanoseconds
            #expect(found >= truth, "seed \(seed) share \(share)")
            #expect(Double(found) <= Double(truth) * 1.008 + 1, "seed \(seed) share \(share)")
        }
        #expect(percentiles.maximum == .nanoseconds(values[1_999]))
        #expect(percentiles.minimum == .nanoseconds(values[0]))
    }

    @Test func `merged is as if all had been recorded in one`() {
        var (one, two, both) = (Percentiles(), Percentiles(), Percentiles())
        for value in 1...1_000 {
            let duration = Duration.microseconds(value * value)
            if value % 3 == 0 { one.record(duration) } else { two.record(duration) }
            both.record(duration)
        }
        one.merge(two)
        one.merge(Percentiles())
        #expect(one == both)
        var empty = Percentiles()
        empty.merge(both)
        #expect(empty == both)
    }

    @Test func `values out of range count at the edges`() {
        var percentiles = Percentiles()
        percentiles.record(.seconds(-5))
        #expect(percentiles.p50 == .zero && percentiles.minimum == .zero)
        percentiles.record(.seconds(1_000_000))
        #expect(percentiles.maximum == .seconds(1_000_000))
        #expect(percentiles.at(1) >= .seconds(3_600))
    }
}
