package import Calls
import Instruments
import Net
import Synchronization
package import Twilio
import Wire

/// Ends a call wherever its caller is: for operators, and for us when a mailbox answered.
///
///     in a stream ─▶ the stream is closed; Twilio asks what follows and is told to hang up
///     ringing, waiting, with somebody else, handed over ─▶ Twilio itself is asked to hang up
///
/// The call is over here first, so that its reason is the one that was given, and whoever asked
/// learns whether Twilio hung up. If it did not, asking again asks Twilio again.
package struct CallEnder: Sendable {
    private let desk: FrontDesk
    private let owed: OwedHangUps

    package init(_ desk: FrontDesk) {
        self.desk = desk
        owed = desk.owedHangUps
    }

    /// Ends the call and answers the one reason it has; nil for a call that nobody knows here.
    package func end(
        _ sid: CallSID, _ reason: EndReason, at now: Duration
    ) async throws(HangUpFault) -> EndReason? {
        if let call = await desk.callOrRevived(sid) {
            let isStreaming = await call.isStreaming
            await call.stop(reason)
            if !isStreaming { try await hangUp(sid) }
            // Whoever is told that it is over must not find it in the next process.
            await desk.revival.forgotten(sid)
        } else if isWithTwilio(sid, reason, at: now) || owed.contains(sid) {
            try await hangUp(sid)
        }
        return desk.registry.ending(of: sid)?.reason
    }

    /// Ends what there is of a call that has no conversation; false when there is nothing.
    private func isWithTwilio(_ sid: CallSID, _ reason: EndReason, at now: Duration) -> Bool {
        let waited = desk.registry.leaveLine(sid)
        let isOurs = desk.outbound.book.isLiving(sid, at: now) && desk.outbound.line != nil
        guard waited || isOurs else { return false }
        finish(sid, reason.rawValue)
        desk.registry.noteOver(sid, reason)
        return true
    }

    private func hangUp(_ sid: CallSID) async throws(HangUpFault) {
        let fault: HangUpFault
        do throws(HangUpFault) {
            try await ask(sid)
            return owed.settled(sid)
        } catch {
            fault = error
        }
        owed.owes(sid)
        desk.log.error(
            "call.hang_up_failed", "A call could not be ended at Twilio",
            .callSID(sid.text), .reason("\(fault)"))
        throw fault
    }

    private func ask(_ sid: CallSID) async throws(HangUpFault) {
        guard let line = desk.outbound.line else { throw .noAccount }
        do throws(TwilioFailure) { _ = try await line.update(sid, .hangUp) } catch {
            throw .failed(error)
        }
    }

    /// A promised call is over without a conversation: said once.
    func finish(_ sid: CallSID, _ reason: String) {
        let promise = desk.outbound.book.promise(of: sid)
        guard desk.outbound.book.end(sid, reason) else { return }
        desk.meters.outboundCalls[reason].add()
        desk.log.notice(
            "outbound.ended", "Outgoing call ended", .callSID(sid.text),
            .sessionID(promise?.session ?? ""), .agent(promise?.agent ?? ""), .reason(reason))
    }
}

/// Why a caller may still be on the line though the call is over here.
package enum HangUpFault: Error, Sendable, Equatable, CustomStringConvertible {
    /// Nobody told us how to ask Twilio.
    case noAccount
    case failed(TwilioFailure)

    package var description: String {
        switch self {
        case .noAccount: "that takes TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN"
        case .failed(let failure): "\(failure)"
        }
    }
}

/// Calls that Twilio was asked in vain to hang up, for when somebody asks again.
final class OwedHangUps: Sendable {
    /// Beyond it the oldest is forgotten; with so many Twilio is away, and calls end without us.
    private static let callsMax = 1_000

    private let calls = Mutex<[CallSID]>([])

    func contains(_ sid: CallSID) -> Bool { calls.withLock { $0.contains(sid) } }

    func owes(_ sid: CallSID) {
        calls.withLock { calls in
            calls.removeAll { $0 == sid }
            calls.append(sid)
            if calls.count > Self.callsMax { calls.removeFirst() }
        }
    }

    func settled(_ sid: CallSID) { calls.withLock { $0.removeAll { $0 == sid } } }
}
