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
        /// No place is free, or others have waited for longer; so many of them.
        case waiting(ahead: Int)
        case draining
    }

    /// Which of the two limits was reached.
    package enum Limit: String, Sendable {
        /// All calls of the house together.
        case total
        /// Calls to the one number.
        case number
    }

    private struct State {
        var living: [CallSID: Call] = [:]
        /// How many of them were let in for each number that was told.
        var perNumber: [PhoneNumber: Int] = [:]
        var numbers: [CallSID: PhoneNumber] = [:]
        /// Those who were let in beyond the limits, on their way to somebody else.
        var passing: Set<CallSID> = []
        var line = WaitingLine()
        /// Those whom ElevenLabs has taken over: all we still do is wait to hear that they ended,
        /// which a number without a status callback never tells.
        var handedOff: Set<CallSID> = []
        var ended: [CallSID: CallEnding] = [:]
        var endedOrder: [CallSID] = []
        var isDraining = false
        var waiters: [CheckedContinuation<Void, Never>] = []

        /// Calls that take a place.
        var placed: Int { living.count - passing.count - handedOff.count }
        /// True when there is no call left that somebody here has to do with.
        var isIdle: Bool { living.count == handedOff.count }

        /// True for a call that ended in good order, or is over at Twilio; one that failed here may
        /// be tried again.
        func isOver(_ call: CallSID) -> Bool {
            ended[call].map { $0.reason.isOrdinary || $0.isFinal } ?? false
        }

        /// The places of `max` that are left for a caller whose turn that is.
        mutating func left(of max: Int, for call: CallSID, _ turn: WaitingLine.Turn) -> Places {
            let all = Places(free: max - placed, taken: perNumber)
            switch turn {
            case .first: return all
            case .last(let now):
                line.forget(at: now)
                return line.left(of: all, before: call, since: now)
            case .waiting(let since, let now):
                line.forget(at: now)
                return line.left(
                    of: all, before: call, since: line.since(of: call, since, at: now))
            }
        }

        /// Lets that caller wait, who has no place; nil when there is no waiting.
        mutating func wait(
            _ call: CallSID, to number: PhoneNumber?, _ numberMax: Int?, _ turn: WaitingLine.Turn
        ) -> Int? {
            guard case .waiting(let since, let now) = turn else { return nil }
            return line.wait(call, to: number, numberMax: numberMax, since: since, at: now)
        }

        /// Notes a call that was let in.
        mutating func add(_ call: CallSID, _ made: Call, to number: PhoneNumber?) {
            living[call] = made
            line.leave(call)
            guard let number else { return }
            numbers[call] = number
            perNumber[number, default: 0] += 1
        }

        /// Notes that a call has left.
        mutating func remove(_ call: CallSID) {
            living[call] = nil
            passing.remove(call)
            handedOff.remove(call)
            giveUpPlace(call)
        }

        /// Notes that a call has gone over to ElevenLabs.
        mutating func handOff(_ call: CallSID) {
            guard living[call] != nil else { return }
            passing.remove(call)
            handedOff.insert(call)
            giveUpPlace(call)
        }

        /// Notes that a call is fetched from ElevenLabs, to go to somebody else: it takes no place.
        mutating func takeBack(_ call: CallSID) {
            guard handedOff.remove(call) != nil else { return }
            passing.insert(call)
        }

        private mutating func giveUpPlace(_ call: CallSID) {
            guard let number = numbers.removeValue(forKey: call) else { return }
            let count = perNumber[number, default: 0] - 1
            perNumber[number] = count > 0 ? count : nil
        }

        /// Keeps why a call ended; the older half is forgotten when there are too many.
        mutating func remember(_ call: CallSID, _ ending: CallEnding, endedMax: Int) {
            if ended.updateValue(ending, forKey: call) == nil { endedOrder.append(call) }
            guard endedOrder.count > endedMax else { return }
            for old in endedOrder.prefix(endedMax / 2) { ended[old] = nil }
            endedOrder.removeFirst(endedMax / 2)
        }
    }

    private let state = Mutex(State())
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

    /// Calls alive that were let in for that number.
    package func active(to number: PhoneNumber) -> Int {
        state.withLock { $0.perNumber[number] ?? 0 }
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
                return state.wait(call, to: number, numberMax, turn).map { .waiting(ahead: $0) }
                    ?? .full(limit)
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
    private func change(_ body: (inout State) -> Void) {
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
