import Instruments
import Switchboard
import Synchronization
import Testing
import Twilio

@testable import Calls
@testable import Daemon

@Suite struct TwilioTimeLimitTests {
    private static func facts(_ direction: CallTicket.Direction) throws -> CallFacts {
        let sid = try #require(CallSID("CA00000000000000000000000000000001"))
        return CallFacts(
            ticket: CallTicket(
                call: sid, session: "session_20260101_000000_00001", plan: CallPlan(),
                direction: direction, from: PhoneNumber("+15550100001"),
                to: PhoneNumber("+15550100002")), startedAt: .zero)
    }

    @Test func `Twilio ends a call of somebody who rang us a little after we would`() async throws {
        var limits = CallLimits()
        limits.durationMax = .seconds(600)
        let (told, teller) = AsyncStream.makeStream(of: CallUpdate.self)
        let line = ToldLine(teller: teller)
        let limiter = TwilioTimeLimit(
            line: line, limits: CurrentCallLimits(limits),
            log: Log(to: MemoryLines(), threshold: .info), handOverTakes: .zero)
        limiter.heard(.promised, of: try Self.facts(.inbound))
        limiter.heard(.streamConnected, of: try Self.facts(.outbound))
        limiter.heard(.streamConnected, of: try Self.facts(.inbound))
        var updates = told.makeAsyncIterator()
        #expect(await updates.next() == .limit(seconds: 630))
        // One that never has a stream of ours.
        limiter.heard(.handedOff, of: try Self.facts(.inbound))
        #expect(await updates.next() == .limit(seconds: 630))
    }
}

/// A line that says what it was asked; whatever else is asked of it comes first and fails.
private struct ToldLine: TwilioLine {
    let teller: AsyncStream<CallUpdate>.Continuation

    func place(_ call: OutboundCall) async throws(TwilioFailure) -> TwilioAnswer {
        throw .unanswered("nothing is placed here")
    }

    func update(
        _ call: CallSID, _ update: CallUpdate
    ) async throws(TwilioFailure) -> TwilioAnswer? {
        teller.yield(update)
        return nil
    }
}

private struct MemoryLines: LogSink {
    func write(_ line: LogLine) {}
}
