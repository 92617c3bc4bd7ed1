import Testing

@testable import Calls

/// A stream that began at zero.
private func line() -> LineQuality {
    var line = LineQuality()
    line.streamBegan(at: .zero)
    return line
}

/// True when a duration is that many milliseconds, to within 7 %.
private func isAbout(_ duration: Duration?, _ milliseconds: Double) -> Bool {
    guard let duration else { return false }
    return abs(duration.seconds * 1_000 / milliseconds - 1) < 0.07
}

@Suite struct LineQualityTests {
    @Test func `a turn gap reaches from the caller's last sound to the agent's first`() {
        var line = line()
        line.caller(.began(.seconds(1)))
        line.caller(.ended(.seconds(3)))
        line.sent(.seconds(2), at: .milliseconds(3_900))
        #expect(isAbout(line.summary(at: .seconds(4)).turnGapP50, 900))
    }

    @Test func `an agent faster than the hangover has a gap too`() {
        var line = line()
        line.caller(.began(.seconds(1)))
        line.sent(.seconds(2), at: .milliseconds(3_200))
        line.caller(.ended(.seconds(3)))
        line.sent(.seconds(1), at: .milliseconds(3_500))
        #expect(isAbout(line.summary(at: .seconds(4)).turnGapP95, 200))
    }

    @Test func `comfort is no answer, and an answer behind it begins when it is heard`() {
        var line = line()
        line.caller(.began(.seconds(1)))
        line.caller(.ended(.seconds(3)))
        line.sent(.seconds(2), isAgent: false, at: .seconds(5))
        line.sent(.seconds(1), at: .seconds(6))
        #expect(isAbout(line.summary(at: .seconds(8)).turnGapP50, 4_000))
    }

    @Test func `only the first sound of an answer counts`() {
        var line = line()
        line.caller(.began(.seconds(1)))
        line.caller(.ended(.seconds(3)))
        for piece in 0..<5 { line.sent(.milliseconds(100), at: .seconds(4 + piece)) }
        let summary = line.summary(at: .seconds(10))
        #expect(isAbout(summary.turnGapP50, 1_000) && isAbout(summary.turnGapP95, 1_000))
    }

    @Test func `a barge-in lasts from the caller's first sound to the clear`() {
        var line = line()
        line.sent(.seconds(5), at: .zero)
        line.caller(.began(.seconds(2)))
        line.cleared(at: .milliseconds(2_450))
        line.caller(.ended(.seconds(3)))
        line.sent(.seconds(1), at: .milliseconds(3_600))
        let summary = line.summary(at: .seconds(5))
        #expect(summary.bargeIn == .milliseconds(450))
        #expect(isAbout(summary.turnGapP50, 600))
    }

    @Test func `a clear after the caller ended leaves the caller unanswered`() {
        var line = line()
        line.sent(.seconds(9), at: .zero)
        line.caller(.began(.seconds(2)))
        line.caller(.ended(.milliseconds(2_500)))
        line.cleared(at: .seconds(3))
        line.sent(.seconds(1), at: .seconds(4))
        let summary = line.summary(at: .seconds(5))
        #expect(summary.bargeIn == .seconds(1))
        #expect(isAbout(summary.turnGapP50, 1_500))
    }

    @Test func `a yes while the agent goes on is neither turn nor barge-in`() {
        var line = line()
        line.sent(.seconds(5), at: .zero)
        line.caller(.began(.seconds(2)))
        line.caller(.ended(.milliseconds(2_300)))
        line.sent(.seconds(1), at: .seconds(7))
        let summary = line.summary(at: .seconds(8))
        #expect(summary.turnGapP50 == nil)
        #expect(summary.bargeIn == nil)
    }

    @Test func `dead air is when neither side is heard`() {
        var line = line()
        line.sent(.seconds(2), at: .milliseconds(500))
        line.caller(.began(.seconds(4)))
        line.caller(.ended(.seconds(6)))
        line.sent(.seconds(1), at: .seconds(9))
        let summary = line.summary(at: .milliseconds(10_900))
        // 2.5 to 4, and 6 to 9; the half second at either end is a pause.
        #expect(summary.deadAirLongest == .seconds(3))
        #expect(summary.deadAirTotal == .milliseconds(4_500))
        #expect(line.summary(at: .seconds(20)).deadAirLongest == .seconds(10))
    }

    @Test func `what is cleared is not heard, and nobody waits without a stream`() {
        var line = line()
        line.sent(.seconds(5), at: .zero)
        line.cleared(at: .seconds(1))
        line.streamEnded(at: .seconds(3))
        line.streamBegan(at: .seconds(60))
        line.sent(.seconds(1), at: .seconds(60))
        let summary = line.summary(at: .seconds(61))
        #expect(summary.deadAirLongest == .seconds(2))
        #expect(summary.deadAirTotal == .seconds(2))
    }

    @Test func `a caller who speaks for long is no dead air`() {
        var line = line()
        line.caller(.began(.milliseconds(200)))
        #expect(line.summary(at: .seconds(30)).deadAirLongest == .zero)
    }

    @Test func `a side that is never heard is told`() {
        var deaf = line()
        deaf.sent(.seconds(8), at: .zero)
        #expect(deaf.summary(at: .seconds(6)).oneWay == nil)
        #expect(deaf.summary(at: .seconds(7)).oneWay == .agentUnheard)
        deaf.markEchoed()
        #expect(deaf.summary(at: .seconds(7)).oneWay == nil)
        var mute = line()
        for chunk in 1...750 {
            mute.frame(
                chunk: Int64(chunk), timestamp: .milliseconds(20 * chunk),
                at: .milliseconds(20 * chunk))
        }
        #expect(mute.summary(at: .seconds(16)).oneWay == .callerUnheard)
        mute.caller(.began(.seconds(16)))
        #expect(mute.summary(at: .seconds(17)).oneWay == nil)
    }

    @Test func `the score falls with loss, late frames and distance`() {
        func score(losing lost: Set<Int>, roundTrip: Duration? = nil) -> Double? {
            var line = line()
            for chunk in 1...1_000 where !lost.contains(chunk) {
                let time = Duration.milliseconds(20 * chunk)
                line.frame(chunk: Int64(chunk), timestamp: time, at: time)
            }
            return line.summary(at: .seconds(21), roundTrip: roundTrip).mos
        }
        #expect(line().summary(at: .seconds(1)).mos == nil)
        let clean = score(losing: []) ?? 0
        let lossy = score(losing: Set(stride(from: 50, to: 1_000, by: 50))) ?? 0
        let far = score(losing: [], roundTrip: .milliseconds(600)) ?? 0
        #expect(clean > 4.3)
        #expect(lossy < 3.6 && lossy > 2.5)
        #expect(far < clean - 0.3)
    }
}
