import Testing

@testable import Calls

@Suite struct PlaybackLedgerTests {
    private func point(_ event: Int64, _ milliseconds: Int) -> PlaybackPoint {
        PlaybackPoint(event: event, duration: .milliseconds(milliseconds))
    }

    /// Two replies of 2 s and 3 s, one behind the other.
    private var queued: PlaybackLedger {
        var ledger = PlaybackLedger()
        ledger.queue(event: 5, duration: .seconds(1))
        ledger.queue(event: 5, duration: .seconds(1))
        ledger.queue(event: 6, duration: .seconds(3))
        return ledger
    }

    @Test func `a position lies in one event`() {
        #expect(PlaybackLedger().point(clock: .seconds(1)) == nil)
        #expect(queued.point(clock: .zero) == point(5, 0))
        #expect(queued.point(clock: .milliseconds(1_999)) == point(5, 1_999))
        #expect(queued.point(clock: .milliseconds(2_000)) == point(6, 0))
        #expect(queued.point(clock: .seconds(9)) == point(6, 3_000))
    }

    @Test func `what is still heard of an agent that is gone bears no id of the next one's`() {
        var ledger = queued
        ledger.disown()
        #expect(ledger.point(clock: .seconds(3))?.event == nil)
        ledger.queue(event: 6, duration: .seconds(2))
        #expect(ledger.point(clock: .seconds(3)) == point(6, 0))
        #expect(ledger.point(clock: .seconds(6)) == point(6, 1_000))
    }

    @Test func `a mark that comes late holds the clock back`() {
        var ledger = queued
        ledger.mark(1, sent: .seconds(1))
        ledger.mark(2, sent: .seconds(2))
        // The clock believes 1.3 s were heard when the mark of 1.0 s comes back.
        ledger.echo(1, clock: .milliseconds(1_300))
        #expect(ledger.behind == .milliseconds(300))
        #expect(ledger.point(clock: .milliseconds(1_800)) == point(5, 1_500))
    }

    @Test func `nothing behind a mark that has not come back was heard`() {
        var ledger = queued
        ledger.mark(1, sent: .seconds(1))
        ledger.mark(2, sent: .seconds(2))
        #expect(ledger.position(clock: .seconds(4)) == .seconds(4))
        ledger.echo(1, clock: .seconds(1))
        #expect(ledger.position(clock: .seconds(4)) == .seconds(2))
        ledger.echo(2, clock: .seconds(4))
        #expect(ledger.behind == .seconds(2))
        #expect(ledger.position(clock: .seconds(5)) == .seconds(3))
    }

    @Test func `an echo proves its position even when the clock lags`() {
        var ledger = queued
        ledger.mark(1, sent: .seconds(2))
        ledger.echo(1, clock: .seconds(2))
        #expect(ledger.position(clock: .seconds(2)) == .seconds(2))
        ledger.echo(9, clock: .seconds(3))
        #expect(ledger.behind == .zero)
    }

    @Test func `of many events the older half is forgotten, and the rest lies where it lay`() {
        var ledger = PlaybackLedger()
        for event in 1...128 { ledger.queue(event: Int64(event), duration: .seconds(1)) }
        #expect(ledger.point(clock: .milliseconds(500)) == point(1, 500))
        ledger.queue(event: 129, duration: .seconds(1))
        #expect(ledger.end == .seconds(129))
        #expect(ledger.point(clock: .milliseconds(64_500)) == point(65, 500))
        #expect(ledger.point(clock: .milliseconds(128_250)) == point(129, 250))
        ledger.queue(event: 129, duration: .seconds(2))
        #expect(ledger.point(clock: .seconds(200)) == point(129, 3_000))
    }

    @Test func `what has no event is heard when it is all there is`() {
        var ledger = PlaybackLedger()
        ledger.queue(event: nil, duration: .seconds(1))
        ledger.queue(event: nil, duration: .seconds(1))
        let alone = PlaybackPoint(event: nil, duration: .milliseconds(1_500))
        #expect(ledger.point(clock: .milliseconds(1_500)) == alone)
        ledger.settle(sent: .milliseconds(2_010))
        #expect(ledger.end == .milliseconds(2_010))
        ledger.queue(event: 5, duration: .seconds(1))
        #expect(ledger.point(clock: .seconds(1)) == point(5, 0))
    }

    @Test func `a clear begins a new line`() {
        var ledger = queued
        ledger.mark(1, sent: .seconds(1))
        ledger.echo(1, clock: .seconds(2))
        ledger.clear(sent: .milliseconds(1_500))
        #expect(ledger.point(clock: .seconds(2)) == nil)
        #expect(ledger.behind == .zero)
        ledger.queue(event: 8, duration: .seconds(1))
        #expect(ledger.point(clock: .milliseconds(1_700)) == point(8, 200))
    }

    @Test func `padding is settled when all was sent`() {
        var ledger = queued
        ledger.settle(sent: .milliseconds(5_020))
        #expect(ledger.end == .milliseconds(5_020))
        ledger.queue(event: 7, duration: .seconds(1))
        #expect(ledger.point(clock: .milliseconds(5_120)) == point(7, 100))
    }

    @Test func `audio without an id has its place too`() {
        var ledger = PlaybackLedger()
        ledger.queue(event: nil, duration: .seconds(1))
        #expect(
            ledger.point(clock: .milliseconds(300))
                == PlaybackPoint(event: nil, duration: .milliseconds(300)))
    }

    @Test func `it remembers the newest events and marks only`() {
        var ledger = PlaybackLedger()
        for event in 0..<500 {
            ledger.queue(event: Int64(event), duration: .milliseconds(100))
            ledger.mark(event, sent: ledger.end)
        }
        #expect(ledger.point(clock: .milliseconds(49_950)) == point(499, 50))
        #expect(ledger.end == .seconds(50))
        ledger.echo(499, clock: .seconds(50))
        #expect(ledger.position(clock: .seconds(50)) == .seconds(50))
    }

    @Test func `an announcement is nobody's event`() {
        var ledger = PlaybackLedger()
        ledger.queue(event: 3, duration: .seconds(1))
        ledger.queue(event: nil, duration: .seconds(1))
        ledger.queue(event: 4, duration: .seconds(1))
        let whole = PlaybackPoint(event: 3, duration: .seconds(1))
        #expect(ledger.point(clock: .milliseconds(1_500)) == whole)
        let half = PlaybackPoint(event: 4, duration: .milliseconds(500))
        #expect(ledger.point(clock: .milliseconds(2_500)) == half)
        var first = PlaybackLedger()
        first.queue(event: nil, duration: .seconds(1))
        first.queue(event: 4, duration: .seconds(1))
        let nothing = PlaybackPoint(event: 4, duration: .zero)
        #expect(first.point(clock: .milliseconds(500)) == nothing)
    }
}
