import Synchronization
package import Twilio

/// The living calls, and the reasons of those just ended.
///
/// Admission is exact: a call is counted from the moment it is let in, under one lock.
package final class CallRegistry: Sendable {
    /// Ended calls whose reason is still known, for what Twilio asks after the end.
    private static let endedMax = 10_000

    /// What became of a call that asked to be let in.
    package enum Admission: Sendable {
        case admitted(Call)
        /// The same call asked before and lives: a repeated webhook.
        case known(Call)
        /// This call is over, and nothing is owed to its caller.
        case over
        case full(Limit)
        /// No place is free, or others have waited for longer; so many of them. It counts since then,
        /// whatever the question said.
        case waiting(ahead: Int, since: Duration)
        case draining
    }

    /// Which of the two limits was reached.
    package enum Limit: String, Sendable {
        /// All calls of the house together.
        case total
        /// Calls to the one number.
        case number
    }

    private let state = Mutex(CallRoster())
    private let limit: Atomic<Int>

    package init(callsMax: Int) {
        limit = Atomic(callsMax)
    }

    /// Calls at the same time. Lowered below those that live, it ends none of them.
    package var callsMax: Int {
        get { limit.load(ordering: .relaxed) }
        set { limit.store(newValue, ordering: .relaxed) }
    }

    /// How many calls live.
    package var active: Int { state.withLock { $0.living.count } }
    /// True once `drain` was called.
    package var isDraining: Bool { state.withLock { $0.isDraining } }
    /// True when another call would be refused.
    package var isFull: Bool { !hasRoom(for: 1) }

    /// True when so many more calls would be let in.
    package func hasRoom(for calls: Int) -> Bool {
        state.withLock { $0.placed + calls <= callsMax }
    }

    /// Lets a call in, or says why not; `make` is called only when it is let in. A call to a
    /// `number` is counted for it, and refused when `callsMax` of them are alive already. Places
    /// are given in the order of waiting, exactly, whoever asks first.
    package func admit(
        _ call: CallSID, to number: PhoneNumber? = nil, callsMax numberMax: Int? = nil,
        turn: WaitingLine.Turn = .first, _ make: () -> Call
    ) -> Admission {
        state.withLock { state in
            if let known = state.living[call] { return .known(known) }
            if state.isOver(call) { return .over }
            if state.isDraining { return .draining }
            let places = state.left(of: callsMax, for: call, turn)
            if let limit = places.limit(for: number, max: numberMax) {
                return state.wait(call, to: number, numberMax, turn) ?? .full(limit)
            }
            let made = make()
            state.add(call, made, to: number)
            return .admitted(made)
        }
    }

    /// A caller waits no more; false when it did not wait.
    package func leaveLine(_ call: CallSID) -> Bool { state.withLock { $0.line.leave(call) } }

    /// Who waits for a place, the longest first, and for how long.
    package func waiting(at wallClock: Duration) -> [(call: CallSID, time: Duration)] {
        state.withLock { state in
            state.line.forget(at: wallClock)
            return state.line.callers.map { ($0.call, wallClock - $0.since) }
        }
    }

    /// Lets a call in for which there is no place, since it goes to somebody else and takes none;
    /// no more of them than there are places.
    package func admitPassing(_ call: CallSID, _ make: () -> Call) -> Admission {
        state.withLock { state in
            if let known = state.living[call] { return .known(known) }
            if state.isOver(call) { return .over }
            if state.isDraining { return .draining }
            if state.passing.count >= callsMax { return .full(.total) }
            let made = make()
            state.add(call, made, to: nil)
            state.passing.insert(call)
            return .admitted(made)
        }
    }

    /// Lets a call go on that lived in a process which is no more; nil when it is over. Limits
    /// and draining are for new calls: this caller was let in before, and is speaking.
    package func readmit(_ call: CallSID, _ make: () -> Call) -> Call? {
        state.withLock { state in
            if let known = state.living[call] { return known }
            guard state.ended[call] == nil else { return nil }
            let made = make()
            state.add(call, made, to: made.ticket.to)
            return made
        }
    }

    /// The living call of that name.
    package func find(_ call: CallSID) -> Call? {
        state.withLock { $0.living[call] }
    }

    /// All living calls, the oldest first.
    package var living: [Call] {
        state.withLock { Array($0.living.values) }.sorted { $0.startedAt < $1.startedAt }
    }

    /// How a call ended; nil while it lives, when it was never known, or long ago.
    package func ending(of call: CallSID) -> CallEnding? {
        state.withLock { $0.ended[call] }
    }

    /// Twilio says that a call is over which is not living here, or not any more: should it be
    /// heard of again, a final state stays final, whatever order things arrive in.
    package func noteOver(_ call: CallSID, _ reason: EndReason = .callerHungUp) {
        state.withLock { state in
            guard state.living[call] == nil else { return }
            state.line.leave(call)
            var ending = state.ended[call] ?? CallEnding(reason: reason)
            ending.isFinal = true
            state.remember(call, ending, endedMax: Self.endedMax)
        }
    }

    /// A call is over and leaves.
    package func leave(_ call: Call, _ ending: CallEnding) {
        let sid = call.ticket.call
        change { state in
            guard state.living[sid] === call else { return }
            state.remove(sid)
            state.remember(sid, ending, endedMax: Self.endedMax)
        }
    }

    /// A call was taken over by ElevenLabs: it gives up its place, and nobody waits for its end.
    package func handOff(_ call: CallSID) {
        change { $0.handOff(call) }
    }

    /// A call comes back from ElevenLabs, on its way to somebody else.
    package func takeBack(_ call: CallSID) {
        change { $0.takeBack(call) }
    }

    /// Changes who is there, and tells those who wait until nobody is.
    private func change(_ body: (inout CallRoster) -> Void) {
        let waiters = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            body(&state)
            guard state.isDraining, state.isIdle else { return [] }
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Lets no more calls in and returns when the last one has left.
    package func drain() async {
        await withCheckedContinuation { continuation in
            let empty = state.withLock { state in
                state.isDraining = true
                if !state.isIdle { state.waiters.append(continuation) }
                return state.isIdle
            }
            if empty { continuation.resume() }
        }
    }
}
