import Twilio

/// Who is there, who waits to be let in, and why those who left have ended; for `CallRegistry`,
/// which keeps it under its lock.
struct CallRoster {
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
    ) -> CallRegistry.Admission? {
        guard case .waiting(let told, let now) = turn else { return nil }
        let since = line.since(of: call, told, at: now)
        return line.wait(call, to: number, numberMax: numberMax, since: since, at: now)
            .map { .waiting(ahead: $0, since: since) }
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
