import TestDice
import Testing

@testable import Net

/// A loop's alarms, kept by their deadlines.
@Suite struct TimerHeapTests {
    @Test func `the earliest is first, and of equals the one that was set first`() {
        var heap = TimerHeap()
        let alarms = (0..<5).map { _ in Alarm {} }
        for (alarm, second) in zip(alarms, [3, 1, 2, 1, 3]) {
            heap.set(alarm, at: .seconds(second))
        }
        #expect(heap.first == .seconds(1))
        var order: [Int] = []
        while let due = heap.takeDue(at: .seconds(3)) {
            order.append(alarms.firstIndex { $0 === due } ?? -1)
        }
        #expect(order == [1, 3, 2, 0, 4])
        #expect(heap.first == nil)
    }

    @Test func `nothing is due early`() {
        var heap = TimerHeap()
        heap.set(Alarm {}, at: .milliseconds(5))
        #expect(heap.takeDue(at: .milliseconds(5) - .nanoseconds(1)) == nil)
        #expect(heap.takeDue(at: .milliseconds(5)) != nil)
        #expect(heap.takeDue(at: .milliseconds(5)) == nil)
    }

    /// Set, set anew, taken out, fired, in any order: the same as a list that is searched.
    @Test(arguments: 0..<50) func `it agrees with a list`(_ seed: Int) {
        var dice = Dice(seed: UInt64(seed))
        var heap = TimerHeap()
        let alarms = (0..<40).map { _ in Alarm {} }
        var list: [(place: Int, at: Duration)] = []
        var now = Duration.zero
        for _ in 0..<600 {
            let place = Int.random(in: 0..<alarms.count, using: &dice)
            switch Int.random(in: 0..<4, using: &dice) {
            case 0, 1:
                let deadline = now + .milliseconds(Int.random(in: 0..<30, using: &dice))
                heap.set(alarms[place], at: deadline)
                list.removeAll { $0.place == place }
                let index = list.firstIndex { $0.at > deadline } ?? list.count
                list.insert((place, deadline), at: index)
            case 2:
                heap.remove(alarms[place])
                list.removeAll { $0.place == place }
            default:
                now += .milliseconds(Int.random(in: 0..<10, using: &dice))
                while let due = heap.takeDue(at: now) {
                    #expect(due === alarms[list.removeFirst().place])
                }
                #expect(list.allSatisfy { $0.at > now })
            }
            #expect(heap.first == list.first?.at && heap.count == list.count)
        }
        #expect(heap.takeAll().count == list.count)
        heap.remove(alarms[1])
        heap.set(alarms[0], at: now)
        #expect(heap.count == 1)
    }
}
