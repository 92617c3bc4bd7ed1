import Testing

@testable import Calls

@Suite struct DurationArithmeticTests {
    private static let some: [Duration] = [
        .zero, .nanoseconds(1), .nanoseconds(-1), .milliseconds(20), .seconds(-3), .seconds(9),
        .seconds(10), .seconds(1_767_603_600), .seconds(-1_767_603_600), .seconds(Int64.max / 4),
        Duration(attoseconds: 1), Duration(attoseconds: -1), .seconds(18) + .nanoseconds(446),
    ]

    /// What the library's own operators say, which generic code calls.
    private func library<T: AdditiveArithmetic & Comparable>(_ one: T, _ other: T) -> Results<T> {
        Results(
            values: [one + other, one - other, max(one, other), min(one, other), T.zero],
            facts: [
                one == other, one != other, one < other, one > other, one <= other, one >= other,
            ])
    }

    private struct Results<T: Equatable>: Equatable {
        var values: [T]
        var facts: [Bool]
    }

    @Test func `sums and comparisons are the library's`() {
        for one in Self.some {
            for other in Self.some {
                var (sum, difference) = (one, one)
                sum += other
                difference -= other
                let ours = Results<Duration>(
                    values: [one + other, one - other, max(one, other), min(one, other), .zero],
                    facts: [
                        one == other, one != other, one < other, one > other, one <= other,
                        one >= other,
                    ])
                #expect(ours == library(one, other))
                #expect([sum, difference] == Array(ours.values[..<2]))
            }
        }
    }
}
