import Switchboard
import TestDice
import Testing

/// Whether somebody who does not answer is tried again.
struct CircuitBreakerTests {
    @Test func `three failures in half a minute open it`() {
        var breaker = CircuitBreaker()
        #expect(breaker.failed(isQuota: false, at: .seconds(0)) == nil)
        #expect(breaker.failed(isQuota: false, at: .seconds(10)) == nil)
        #expect(breaker.mayTry(at: .seconds(10)) == true)
        let change = breaker.failed(isQuota: false, at: .seconds(29))
        #expect(change == .opened(until: .seconds(44)))
        #expect(breaker.mayTry(at: .seconds(30)) == false)
    }

    @Test func `failures far apart do not`() {
        var breaker = CircuitBreaker()
        for second in stride(from: 0, to: 300, by: 15) {
            #expect(breaker.failed(isQuota: false, at: .seconds(second)) == nil)
        }
    }

    @Test func `one failure in a hundred calls does not, however many there are`() {
        var breaker = CircuitBreaker()
        for call in 0..<10_000 {
            let now = Duration.milliseconds(call * 10)
            if call % 100 == 0 {
                #expect(breaker.failed(isQuota: false, at: now) == nil)
            } else {
                #expect(breaker.succeeded(at: now) == nil)
            }
        }
    }

    @Test func `a quota error opens it at once and for longer`() {
        var breaker = CircuitBreaker()
        #expect(breaker.failed(isQuota: true, at: .zero) == .opened(until: .seconds(300)))
        #expect(breaker.mayTry(at: .seconds(299)) == false)
        #expect(breaker.mayTry(at: .seconds(300)) == true)
    }

    @Test func `after its time one probe is let through, and its success closes it`() {
        var breaker = Self.opened()
        #expect(breaker.mayTry(at: .seconds(15)) == true)
        #expect(breaker.mayTry(at: .seconds(16)) == false)
        #expect(breaker.succeeded(at: .seconds(16)) == .closed)
        #expect(breaker.mayTry(at: .seconds(16)) == true)
        #expect(breaker.isClosed)
    }

    @Test func `a probe that fails doubles the time, up to two minutes`() {
        var breaker = Self.opened()
        var now = Duration.seconds(15)
        for seconds in [30, 60, 120, 120] {
            #expect(breaker.mayTry(at: now) == true)
            let change = breaker.failed(isQuota: false, at: now)
            #expect(change == .opened(until: now + .seconds(seconds)))
            now += .seconds(seconds)
        }
        #expect(breaker.mayTry(at: now) == true)
        #expect(breaker.succeeded(at: now) == .closed)
        for _ in 0..<2 { #expect(breaker.failed(isQuota: false, at: now) == nil) }
        #expect(breaker.failed(isQuota: false, at: now) == .opened(until: now + .seconds(15)))
    }

    @Test func `a probe nobody tells of gives its place up`() {
        var breaker = Self.opened()
        #expect(breaker.mayTry(at: .seconds(15)) == true)
        #expect(breaker.mayTry(at: .seconds(29)) == false)
        #expect(breaker.mayTry(at: .seconds(30)) == true)
        #expect(breaker.mayTry(at: .seconds(31)) == false)
    }

    @Test func `what was tried before it opened changes nothing while it is open`() {
        var breaker = Self.opened()
        #expect(breaker.succeeded(at: .seconds(1)) == nil)
        #expect(breaker.failed(isQuota: false, at: .seconds(2)) == nil)
        #expect(breaker.state == .open(until: .seconds(15)))
        #expect(breaker.failed(isQuota: true, at: .seconds(3)) == nil)
        #expect(breaker.state == .open(until: .seconds(303)))
    }

    /// Whatever comes: never two probes at once, opened and closed in turn, and never shut for
    /// longer than its longest time.
    @Test func `random outcomes keep its promises`() {
        for seed in 0..<200 as Range<UInt64> {
            var dice = Dice(seed: seed)
            var breaker = CircuitBreaker()
            var (now, isOpen, probeAt) = (Duration.zero, false, Duration?.none)
            for _ in 0..<300 {
                now += .milliseconds(Int.random(in: 0...9_000, using: &dice))
                let change: CircuitBreaker.Change?
                switch Int.random(in: 0..<8, using: &dice) {
                case 0...3:
                    change = nil
                    let wasClosed = breaker.isClosed
                    if breaker.mayTry(at: now), !wasClosed {
                        if let probeAt { #expect(now - probeAt >= .seconds(15), "seed \(seed)") }
                        probeAt = now
                    }
                case 4, 5: change = breaker.succeeded(at: now)
                case 6: change = breaker.failed(isQuota: false, at: now)
                default:
                    let isQuota = Int.random(in: 0..<5, using: &dice) == 0
                    change = breaker.failed(isQuota: isQuota, at: now)
                }
                switch change {
                case nil: break
                case .opened(let until):
                    #expect(!isOpen || probeAt != nil, "seed \(seed)")
                    #expect(until > now && until <= now + .seconds(300), "seed \(seed)")
                    (isOpen, probeAt) = (true, nil)
                case .closed:
                    #expect(isOpen && probeAt != nil, "seed \(seed)")
                    (isOpen, probeAt) = (false, nil)
                }
                #expect(breaker.isClosed == !isOpen, "seed \(seed)")
                #expect((breaker.probeDue == nil) == !isOpen, "seed \(seed)")
                if let due = breaker.probeDue { #expect(due <= now + .seconds(300)) }
            }
        }
    }

    private static func opened() -> CircuitBreaker {
        var breaker = CircuitBreaker()
        for _ in 0..<3 { _ = breaker.failed(isQuota: false, at: .zero) }
        return breaker
    }
}

/// All agents' breakers together.
struct BreakerBoardTests {
    @Test func `agents fail each for themselves`() {
        let board = BreakerBoard()
        board.failed("clara", isQuota: true, at: .zero)
        #expect(!board.mayTry("clara", at: .seconds(1)))
        #expect(board.mayTry("default", at: .seconds(1)))
        #expect(board.lines.map(\.key) == ["clara"])
    }

    @Test func `a canary is due once, when the time is over`() {
        let board = BreakerBoard()
        #expect(board.nextProbe == nil)
        board.failed("clara", isQuota: true, at: .zero)
        board.failed("default", isQuota: false, at: .zero)
        #expect(board.nextProbe == .seconds(300))
        #expect(board.dueProbes(at: .seconds(299)) == [])
        #expect(board.dueProbes(at: .seconds(300)) == ["clara"])
        #expect(board.dueProbes(at: .seconds(301)) == [])
        #expect(!board.mayTry("clara", at: .seconds(301)))
        #expect(board.succeeded("clara", at: .seconds(302)) == .closed)
        #expect(board.mayTry("clara", at: .seconds(302)))
        #expect(board.nextProbe == nil)
    }

    @Test func `agents that are gone are forgotten`() {
        let board = BreakerBoard()
        board.failed("clara", isQuota: true, at: .zero)
        board.keep(["default"])
        #expect(board.lines.isEmpty)
        #expect(board.mayTry("clara", at: .seconds(1)))
    }

    @Test func `of many who try at once one is the probe`() async {
        let board = BreakerBoard()
        board.failed("clara", isQuota: true, at: .zero)
        let probes = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<64 { group.addTask { board.mayTry("clara", at: .seconds(300)) } }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(probes == 1)
    }
}
