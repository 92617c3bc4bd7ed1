import Simulators
import Testing

struct PhaseWheelTests {
    private static let period: Int64 = 20_000_000

    @Test func `everybody has one turn in each period, at the same moment of it`() {
        var wheel = PhaseWheel(senders: 7, period: Self.period)
        wheel.begin(at: 1_000)
        var turns: [[Int: Int64]] = [[:], [:], [:]]
        for round in 0..<3 {
            for _ in 0..<7 {
                let due = wheel.next
                let turn = wheel.take(at: 1_000 + 3 * Self.period)
                #expect(turn?.due == due)
                if let turn { turns[round][turn.sender] = turn.due - Int64(round) * Self.period }
            }
        }
        #expect(turns[0].keys.sorted() == Array(0..<7))
        #expect(turns[1] == turns[0])
        #expect(turns[2] == turns[0])
    }

    @Test func `nobody is due early`() {
        var wheel = PhaseWheel(senders: 4, period: Self.period)
        wheel.begin(at: 0)
        #expect(wheel.take(at: -1) == nil)
        #expect(wheel.take(at: 0)?.sender == 0)
        #expect(wheel.take(at: Self.period / 4 - 1) == nil)
        #expect(wheel.take(at: Self.period / 4)?.sender == 2)
        #expect(wheel.take(at: Self.period)?.sender == 1)
        #expect(wheel.take(at: Self.period)?.sender == 3)
        #expect(wheel.take(at: Self.period)?.sender == 0)
        #expect(wheel.take(at: Self.period) == nil)
    }

    @Test(arguments: [1, 2, 3, 10, 100, 1_000, 2_000])
    func `however many there are, no gap is wider than two even ones`(count: Int) {
        var wheel = PhaseWheel(senders: count, period: Self.period)
        wheel.begin(at: 0)
        var moments: [Int64] = []
        while moments.count <= count, let turn = wheel.take(at: 2 * Self.period) {
            moments.append(turn.due)
        }
        let gaps = zip(moments.dropFirst(), moments).map { $0 - $1 }
        #expect(gaps.reduce(0, +) == Self.period)
        #expect((gaps.max() ?? 0) <= 2 * Self.period / Int64(count) + 1)
    }

    @Test func `a wheel that is late leaves out whole turns`() {
        var wheel = PhaseWheel(senders: 2, period: Self.period)
        wheel.begin(at: 0)
        _ = wheel.take(at: 0)
        #expect(wheel.skip(to: 5 * Self.period + 1) == 10)
        #expect(wheel.take(at: 6 * Self.period)?.due == 5 * Self.period + Self.period / 2)
        #expect(wheel.skip(to: 0) == 0)
    }

    @Test func `a wheel of nobody never turns`() {
        var wheel = PhaseWheel(senders: 0, period: Self.period)
        wheel.begin(at: 0)
        #expect(wheel.next == nil)
        #expect(wheel.take(at: .max) == nil)
        #expect(wheel.skip(to: .max) == 0)
    }
}
