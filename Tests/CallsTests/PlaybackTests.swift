import Testing

@testable import Calls

@Suite struct PlaybackTests {
    @Test func `what is sent is played in real time and in order`() {
        var clock = PlaybackClock()
        clock.send(.milliseconds(400), at: .seconds(1))
        #expect(clock.lead(at: .seconds(1)) == .milliseconds(400))
        #expect(clock.heard(at: .milliseconds(1_100)) == .milliseconds(100))
        clock.send(.milliseconds(100), at: .milliseconds(1_100))
        #expect(clock.playedUntil == .milliseconds(1_500))
        #expect(clock.heard(at: .seconds(9)) == .milliseconds(500))
    }

    @Test func `after a pause playing begins anew`() {
        var clock = PlaybackClock()
        clock.send(.milliseconds(20), at: .seconds(1))
        clock.send(.milliseconds(20), at: .seconds(5))
        #expect(clock.playedUntil == .milliseconds(5_020))
    }

    @Test func `a clear leaves only what was heard`() {
        var clock = PlaybackClock()
        clock.send(.seconds(2), at: .zero)
        let unheard = clock.clear(at: .milliseconds(500))
        #expect(unheard == .milliseconds(1_500))
        #expect(clock.sent == .milliseconds(500))
        #expect(clock.lead(at: .milliseconds(500)) == .zero)
        let again = clock.clear(at: .milliseconds(600))
        #expect(again == .zero)
    }

    @Test func `marks tell what was played, and nothing after a clear`() {
        var marks = MarkLine()
        let first = marks.next()
        let second = marks.next()
        let isFirstHeard = marks.echoed(MarkLine.name(first))
        #expect(isFirstHeard)
        #expect(!marks.isSettled)
        marks.clear()
        #expect(marks.isSettled)
        let isSecondHeard = marks.echoed(MarkLine.name(second))
        #expect(!isSecondHeard)
        let third = marks.next()
        #expect(!marks.isSettled)
        let isThirdHeard = marks.echoed(MarkLine.name(third))
        #expect(isThirdHeard)
        #expect(marks.isSettled)
    }

    @Test func `marks of a process that is no more prove nothing to the next`() {
        var marks = MarkLine()
        marks.skip(to: 1_000)
        #expect(marks.isSettled)
        for name in ["a7", "a1000"] {
            let isHeard = marks.echoed(name)
            #expect(!isHeard)
        }
        let own = MarkLine.name(marks.next())
        #expect(own == "a1001")
        let isOwnHeard = marks.echoed(own)
        #expect(isOwnHeard)
    }

    @Test(arguments: ["", "a", "a0", "a99", "b1", "a-1", "a1x"])
    func `an echo nobody sent is told apart`(_ name: String) {
        var marks = MarkLine()
        _ = marks.next()
        let isHeard = marks.echoed(name)
        #expect(!isHeard)
    }

    @Test func `a queue gives back what it was given, in any sizes`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var dice = seed
        func roll(_ sides: Int) -> Int {
            dice = dice &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((dice >> 33) % UInt64(sides))
        }
        var queue = AudioQueue(bytesMax: 20_000)
        var expected: [UInt8] = []
        var next: UInt8 = 0
        for _ in 0..<2_000 {
            let bytes = (0..<roll(3_000)).map { _ in
                next &+= 1
                return next
            }
            let refused = bytes.withUnsafeBytes { queue.append($0) }
            expected += bytes.prefix(bytes.count - refused)
            #expect(refused == 0 || queue.count == 20_000, "seed \(seed)")
            var taken: [UInt8] = []
            let size = roll(queue.count + 1)
            queue.take(size) { _ in false }
            queue.take(size) {
                taken = Array($0)
                return true
            }
            #expect(taken == Array(expected.prefix(size)), "seed \(seed)")
            expected.removeFirst(size)
            #expect(queue.count == expected.count)
        }
    }
}
