package import Calls
import Synchronization
package import Twilio
import Wire

/// The outbound calls promised, for whoever needs to know: the ledger behind a lock, and those
/// who wait for the answer to the same request.
package final class OutboundBook: Sendable {
    private struct State {
        var ledger: OutboundLedger
        var waiters: [String: [CheckedContinuation<OutboundResult?, Never>]] = [:]
    }

    private static let promiseBytes = 12

    /// What may be called, and how.
    package let policy: OutboundPolicy
    private let state: Mutex<State>
    private let keeper: any PromiseKeeper

    package init(_ policy: OutboundPolicy, keeper: any PromiseKeeper = NoPromiseKeeper()) {
        self.policy = policy
        self.keeper = keeper
        state = Mutex(State(ledger: OutboundLedger(policy)))
    }

    /// Takes up what a predecessor has promised, before anybody is answered.
    package func restore(_ records: [OutboundRecord], at now: Duration) {
        state.withLock { state in
            for record in records.sorted(by: { $0.placedAt < $1.placedAt }) {
                state.ledger.restore(record, at: now)
            }
            // Those that are remembered are kept already.
            for session in state.ledger.takeNews().forgotten { keeper.forget(session: session) }
        }
    }

    /// Changes the ledger. What came of it is handed to the keeper under the lock: the newest counts.
    private func change<Result: Sendable>(_ work: (inout State) -> Result) -> Result {
        state.withLock { state in
            let result = work(&state)
            let news = state.ledger.takeNews()
            // One that was forgotten may have been promised anew in the same breath.
            for session in news.forgotten { keeper.forget(session: session) }
            for record in news.changed { keeper.keep(record) }
            return result
        }
    }

    /// Returns when what was promised so far outlives this process.
    func kept() async { await keeper.kept() }

    /// What another instance has promised under a name that is unknown here, while it is known.
    func elsewhere(_ session: String, at now: Duration) async -> OutboundRecord? {
        guard state.withLock({ $0.ledger.standing(of: session) }) == .unknown,
            let record = await keeper.elsewhere(session),
            now - record.placedAt < OutboundRecord.ageMax
        else { return nil }
        return record
    }

    /// Agent, session and variables of a call that we placed; nil for every other.
    package func promise(of call: CallSID) -> OutboundPromise? {
        state.withLock { $0.ledger.promise(of: call) }
    }

    /// How many calls ring or live.
    package func living(at now: Duration) -> Int { state.withLock { $0.ledger.living(at: now) } }

    /// Somebody asks for a call; see the ledger.
    func ask(
        _ order: OutboundOrder, session: String, mayPlace: Bool, at now: Duration
    ) -> OutboundLedger.Verdict {
        let id = Secret.hex(Self.promiseBytes)
        return change {
            $0.ledger.ask(
                order, session: session, promise: mayPlace ? id : nil, at: now)
        }
    }

    /// Keeps what came of placing a call and tells those who wait for it.
    func settle(_ session: String, _ result: OutboundResult) -> OutboundResult {
        let (settled, waiters) = change { state in
            (state.ledger.settle(session, result), state.waiters.removeValue(forKey: session) ?? [])
        }
        for waiter in waiters { waiter.resume(returning: settled) }
        return settled
    }

    /// Waits for what comes of a call that is being placed; nil when it came to nothing meanwhile.
    func result(of session: String) async -> OutboundResult? {
        await withCheckedContinuation { (waiter: CheckedContinuation<OutboundResult?, Never>) in
            let standing = state.withLock { state in
                let standing = state.ledger.standing(of: session)
                if standing == .pending { state.waiters[session, default: []].append(waiter) }
                return standing
            }
            switch standing {
            case .pending: break
            case .known(let result): waiter.resume(returning: result)
            case .unknown: waiter.resume(returning: nil)
            }
        }
    }

    /// A webhook names a promise and its call.
    func bind(_ promise: String, to call: CallSID) -> OutboundPromise? {
        change { $0.ledger.bind(promise, to: call) }
    }

    /// Takes up a promise of a predecessor.
    func adopt(_ promise: OutboundPromise, for call: CallSID, at now: Duration) {
        change { $0.ledger.adopt(promise, for: call, at: now) }
    }

    /// True while that call of ours is neither over nor forgotten.
    func isLiving(_ call: CallSID, at now: Duration) -> Bool {
        state.withLock { $0.ledger.isLiving(call, at: now) }
    }

    /// Every call of which no end is known.
    var openCalls: [CallSID] { state.withLock { $0.ledger.openCalls } }

    /// The call is taken back, if nobody has answered by then.
    func takeBack(_ call: CallSID, _ cause: String) {
        state.withLock { $0.ledger.takeBack(call, cause) }
    }

    /// Why the call is taken back; nil when it is not.
    func cause(of call: CallSID) -> String? { state.withLock { $0.ledger.cause(of: call) } }

    /// One more thing the agent is to be told.
    func tell(_ name: String, _ value: String, of call: CallSID) {
        change { $0.ledger.tell(name, value, of: call) }
    }

    /// The call is over; false when that was known, or it is none of ours.
    @discardableResult
    func end(_ call: CallSID, _ reason: String) -> Bool {
        change { $0.ledger.end(call, reason) }
    }
}

extension OutboundBook: CallListener {
    /// A conversation that is over makes room for another call, whether or not Twilio's last
    /// word comes.
    package func heard(_ event: CallEvent, of call: CallFacts) {
        guard case .ended(let reason, _) = event, reason.isOrdinary else { return }
        end(call.ticket.call, reason.rawValue)
    }
}
