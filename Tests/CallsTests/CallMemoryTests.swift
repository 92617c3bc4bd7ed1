import CAllocations
import Testing

@testable import Calls

/// What a call does fifty times a second asks for no memory.
@Suite(.enabled(if: allocations_are_counted(), "a sanitizer has its own allocator"))
struct CallMemoryTests {
    /// Allocations of `body` from its hundredth time on.
    private func asked(_ body: (Int) -> Void) -> Int {
        var asked = 0
        for round in 0..<400 {
            let before = allocations_of_this_thread()
            body(round)
            if round >= 100 { asked += Int(allocations_of_this_thread() - before) }
        }
        return asked
    }

    @Test func `the line is measured`() {
        var line = LineQuality()
        line.streamBegan(at: .zero)
        let asked = asked { round in
            let now = Duration.milliseconds(20 * round)
            line.frame(chunk: Int64(round + 1), timestamp: now, at: now + .milliseconds(round % 9))
            line.sent(.milliseconds(20), at: now)
            if round % 50 == 0 { line.caller(.began(now)) }
            if round % 50 == 20 { line.caller(.ended(now)) }
            if round % 90 == 0 { line.cleared(at: now) }
        }
        #expect(asked == 0)
    }

    @Test func `what is playing is booked`() {
        var ledger = PlaybackLedger()
        var talk = Conversation()
        let asked = asked { round in
            let event = Int64(round / 50)
            ledger.queue(event: event, duration: .milliseconds(20))
            talk.agentAudio(event: event, duration: .milliseconds(20))
            if round % 150 == 0 { ledger.clear(sent: ledger.end) }
        }
        #expect(asked == 0)
    }

    @Test func `the guards wait`() {
        var silence = SilenceGuard()
        silence.release(.starting, at: .zero)
        var answer = AnswerGuard()
        let asked = asked { round in
            let now = Duration.milliseconds(20 * round)
            if round % 40 == 0 { silence.hold(.listening, at: now) }
            if round % 40 == 20 { silence.release(.listening, at: now) }
            if round % 30 == 0 { answer.callerEnded(at: now, agentIsHeard: false) }
            if round % 30 == 10 { answer.agentSpoke() }
            _ = silence.check(at: now)
            _ = answer.check(at: now)
        }
        #expect(asked == 0)
    }
}
