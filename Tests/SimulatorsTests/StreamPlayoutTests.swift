import Testing

@testable import Simulators

/// Frames of 20 ms of one byte.
private func frames(_ count: Int, of byte: UInt8 = 0x55) -> [UInt8] {
    [UInt8](repeating: byte, count: 160 * count)
}

private func ms(_ value: Int) -> Duration { .milliseconds(value) }

struct StreamPlayoutTests {
    @Test func `a mark behind audio is echoed when its last byte was played`() {
        var playout = StreamPlayout(began: ms(1000))
        #expect(playout.media(frames(3), at: ms(1005)) == [])
        #expect(playout.mark("end", at: ms(1006)) == [])
        #expect(playout.advance(to: ms(1079)) == [])
        #expect(playout.advance(to: ms(1080)) == [.markReached("end")])
        #expect(playout.heard.runs.map(\.start) == [ms(20)])
        #expect(playout.heard.runs.map(\.end) == [ms(80)])
    }

    @Test func `a mark with nothing before it is echoed at once`() {
        var playout = StreamPlayout(began: .zero)
        #expect(playout.mark("now", at: ms(7)) == [.markReached("now")])
    }

    @Test func `a mark that meets the last frame in mid air waits for its end`() {
        var playout = StreamPlayout(began: .zero)
        _ = playout.media(frames(1), at: ms(1))
        #expect(playout.mark("late", at: ms(25)) == [])
        #expect(playout.deadline == ms(40))
        #expect(playout.advance(to: ms(40)) == [.markReached("late")])
        #expect(playout.deadline == nil)
    }

    @Test func `clear echoes every waiting mark in order and plays nothing more`() {
        var playout = StreamPlayout(began: .zero)
        _ = playout.media(frames(50), at: .zero)
        _ = playout.mark("one", at: .zero)
        _ = playout.media(frames(50), at: .zero)
        _ = playout.mark("two", at: .zero)
        #expect(playout.clear(at: ms(95)) == [.markReached("one"), .markReached("two")])
        #expect(playout.advance(to: ms(5000)) == [])
        // Ticks at 20, 40, 60 and 80 ms had begun a frame each.
        #expect(playout.heard.count == 4 * 160)
        #expect(playout.clearedBytes == 96 * 160)
    }

    @Test func `clear on an empty queue says nothing`() {
        var playout = StreamPlayout(began: .zero)
        #expect(playout.clear(at: ms(500)) == [])
    }

    @Test func `an underrun is silence and playback resumes by itself`() {
        var playout = StreamPlayout(began: .zero)
        _ = playout.media(frames(1, of: 1), at: .zero)
        _ = playout.media(frames(1, of: 2), at: ms(101))
        _ = playout.advance(to: ms(1000))
        #expect(playout.heard.runs.map(\.start) == [ms(20), ms(120)])
        let line = playout.heard.timeline()
        #expect(line.count == 140 * 8)
        #expect(line[159] == 0xFF && line[160] == 1 && line[319] == 1 && line[320] == 0xFF)
        #expect(line[959] == 0xFF && line[960] == 2)
    }

    @Test func `pieces of any size play without a gap and marks fall between them`() {
        var playout = StreamPlayout(began: .zero)
        var events: [StreamPlayout.Event] = []
        for (size, name) in [(1, "a"), (100, "b"), (59, "c"), (161, "d"), (319, "e")] {
            events += playout.media([UInt8](repeating: 9, count: size), at: .zero)
            events += playout.mark(name, at: .zero)
        }
        #expect(events == [])
        // 640 bytes; the first frame plays from 20 to 40 ms and holds a, b and c.
        #expect(playout.advance(to: ms(40)) == ["a", "b", "c"].map { .markReached($0) })
        #expect(playout.advance(to: ms(79)) == [])
        #expect(playout.advance(to: ms(80)) == [.markReached("d")])
        #expect(playout.advance(to: ms(100)) == [.markReached("e")])
        #expect(playout.heard.runs.count == 1)
        #expect(playout.heard.count == 640)
    }

    @Test func `more than ten minutes is thrown away and warned of once`() {
        var playout = StreamPlayout(began: .zero, keepsAudio: false)
        let minute = [UInt8](repeating: 0, count: 60 * 8000)
        var events: [StreamPlayout.Event] = []
        for _ in 0..<12 { events += playout.media(minute, at: .zero) }
        #expect(events == [.warning(31931)])
        #expect(playout.queuedBytes == StreamPlayout.queueBytesMax)
    }

    @Test func `audio is never faster than real time and every mark comes once, whatever is sent`()
    {
        for seed in UInt64(1)...40 {
            var random = SeededRandom(seed: seed)
            var playout = StreamPlayout(began: .zero)
            var now: Duration = .zero
            var sent: [String] = []
            var echoed: [String] = []
            func note(_ events: [StreamPlayout.Event]) {
                for case .markReached(let name) in events { echoed.append(name) }
            }
            var bytes = 0
            for step in 0..<200 {
                now += random.duration(in: .zero...ms(60))
                switch Int.random(in: 0..<10, using: &random) {
                case 0: note(playout.clear(at: now))
                case 1...3:
                    sent.append("m\(step)")
                    note(playout.mark("m\(step)", at: now))
                default:
                    let size = Int.random(in: 0...900, using: &random)
                    bytes += size
                    note(playout.media([UInt8](repeating: 1, count: size), at: now))
                }
            }
            note(playout.advance(to: now + .seconds(60)))
            #expect(echoed == sent, "seed \(seed)")
            #expect(playout.heard.count + playout.clearedBytes == bytes, "seed \(seed)")
            for (one, next) in zip(playout.heard.runs, playout.heard.runs.dropFirst()) {
                #expect(one.end <= next.start, "seed \(seed)")
            }
        }
    }
}
