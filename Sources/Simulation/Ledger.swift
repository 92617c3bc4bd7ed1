import Calls
import Instruments
import Synchronization
import Twilio

/// Hears every event of a house's calls, over all lives of its daemon, and holds them to their
/// promises: one beginning, one end, nothing after it.
///
///     promised ─▶ … ─▶ ended                        in one life
///     promised ─▶ … ╳ revived ─▶ … ─▶ ended         over two, or more
///
/// What a process told nobody before it died cannot be known to the next: a call of which nothing
/// was written begins anew, and one whose end was not written ends once more. Both are counted.
// Safe because a house lives on the one thread that runs its loop.
final class Ledger: @unchecked Sendable {
    private struct Entry {
        var promises = 0
        var ends = 0
        var since: Duration
        var life: Int
        /// Agents who could not be had, or whom nobody would have again; and how often each was
        /// lost who might be.
        var refused: Set<String> = []
        var losses: [String: Int] = [:]
        /// The memories of a life that is over have nothing of its end, or of it.
        var isEndLost = false
        var isOrphan = false
    }

    private let diary: HouseDiary
    private let loop: any Loop
    private let limits: CallLimits
    /// By the call and our own name of it: one that failed at once may ring once more.
    private struct Key: Hashable {
        var call: CallSID
        var session: String
    }
    private var entries: [Key: Entry] = [:]
    private var reasons: [CallSID: EndReason] = [:]
    private var events = 0
    /// Processes that died.
    private(set) var livesOver = 0
    /// Asked after every event, with how many there have been.
    var wasTold: (Int) -> Void = { _ in }
    /// Asked when a call begins.
    var wasPromised: (CallSID) -> Void = { _ in }
    /// Asked when a call is to be taken to the human for emergencies.
    var emergencyOrdered: (CallSID) -> Void = { _ in }
    /// Calls that live on after the death of a process.
    private(set) var revived: Set<CallSID> = []

    init(_ diary: HouseDiary, on loop: any Loop, limits: CallLimits) {
        self.diary = diary
        self.loop = loop
        self.limits = limits
    }

    func heard(_ event: CallEvent, of call: CallFacts, in life: Int) {
        let sid = call.ticket.call
        diary.tell("\(sid.text.suffix(4)) \(event)", at: loop.now)
        let key = Key(call: sid, session: call.ticket.session)
        var entry = entries[key] ?? Entry(since: loop.now, life: life)
        switch event {
        case .promised:
            reasons[sid] = nil
            wasPromised(sid)
            begin(&entry, life)
            if let drain, drain.life == life, drain.since < loop.now {
                diary.violated("a call was let in that should not have been", at: loop.now)
            }
        case .revived: revive(&entry, sid, life)
        default: if entry.ends > 0 { diary.violated("\(event) after the end", at: loop.now) }
        }
        if case .ended(let reason, _) = event {
            reasons[sid] = reason
            end(&entry, reason)
        }
        see(event)
        climb(event, call, &entry)
        if case .ordered(_, .emergency) = event { emergencyOrdered(sid) }
        entries[key] = entry
        events += 1
        wasTold(events)
    }

    private func see(_ event: CallEvent) {
        switch event {
        case .announced(let announcement): diary.saw("announced \(announcement.rawValue)")
        case .errandFailed: diary.saw("errand failed")
        case .interrupted: diary.saw("interrupted")
        case .streamReplaced: diary.saw("stream replaced")
        case .streamAdopted: diary.saw("stream adopted")
        case .agentFailed(let reason, _): diary.saw("agent failed: \(reason.rawValue)")
        case .agentLostEarly: diary.saw("agent lost early")
        default: break
        }
    }

    /// Whoever refused, or was not there, is not dialled again, and who was lost a few times only.
    private func climb(_ event: CallEvent, _ call: CallFacts, _ entry: inout Entry) {
        guard livesOver == 0 else { return }
        switch event {
        case .agentConnected:
            let isOften = entry.losses[call.agent, default: 0] > limits.redialsMax
            if isOften, loop.now - entry.since < limits.redialsForgottenAfter {
                diary.violated("an agent is dialled for ever", at: loop.now)
            }
            if entry.refused.contains(call.agent) {
                diary.violated("an agent is dialled again who refused", at: loop.now)
            }
        case .agentFailed(let reason, _):
            let status = standing(call.ticket.call)
            if status == "in-progress", Self.passing.contains(reason) {
                entry.losses[call.agent, default: 0] += 1
            } else if status == "in-progress" || status == "connecting" {
                entry.refused.insert(call.agent)
            }
        default: break
        }
    }

    /// What an agent may be lost for and had again at once.
    private static let passing: Set<EndReason> = [
        .providerLost, .providerError, .providerUnreachable, .providerStalled, .callbridgeError,
    ]
    /// Where a call stands, in the house's word.
    var standing: (CallSID) -> String? = { _ in nil }

    private func begin(_ entry: inout Entry, _ life: Int) {
        if entry.promises > 0, entry.isOrphan {
            diary.saw("call begun anew by the next process")
            entry = Entry(since: loop.now, life: life)
        }
        entry.promises += 1
    }

    private func revive(_ entry: inout Entry, _ call: CallSID, _ life: Int) {
        diary.saw("call revived")
        reasons[call] = nil
        if entry.ends > 0, entry.isEndLost {
            diary.saw("call revived whose end was not written")
            entry.ends = 0
        }
        if entry.promises != 1 || entry.ends > 0 || entry.life == life {
            diary.violated("a call was revived that does not wait for it", at: loop.now)
        }
        revived.insert(call)
        entry.life = life
        entry.isEndLost = false
        entry.isOrphan = false
    }

    private func end(_ entry: inout Entry, _ reason: EndReason) {
        entry.ends += 1
        diary.verdict.reasons[reason.rawValue, default: 0] += 1
        // A farewell may be played out beyond the longest duration.
        let longest = limits.durationMax + limits.farewellGrace + .seconds(30)
        if loop.now - entry.since > longest {
            diary.violated("a call lived for \(loop.now - entry.since)", at: loop.now)
        }
    }

    /// That life lets nobody in from now on.
    func drains(_ life: Int) { drain = (life, loop.now) }
    private var drain: (life: Int, since: Duration)?

    /// Why a call ended, if it did.
    func reason(of call: CallSID) -> EndReason? { reasons[call] }

    /// A process is no more, and could not write down these ends.
    func lifeIsOver(_ life: Int, lostEnds: Set<CallSID>) {
        livesOver += 1
        for (key, entry) in entries where entry.life == life {
            entries[key]?.isEndLost = lostEnds.contains(key.call)
            entries[key]?.isOrphan = entry.ends == 0
        }
    }

    /// All calls are over: each began once and ended once, but for those that died with a process
    /// and of which nobody asked again.
    func close() {
        for (key, entry) in entries.sorted(by: { $0.key.session < $1.key.session })
        where entry.promises != 1 || entry.ends != 1 {
            if entry.isOrphan {
                diary.saw("call nobody asked for again")
            } else {
                diary.violated(
                    "\(key.call.text.suffix(4)) began \(entry.promises) times and ended "
                        + "\(entry.ends) times", at: loop.now)
            }
        }
    }
}

/// One life's way to the ledger; a daemon that was killed says nothing more.
// Safe because a house lives on the one thread that runs its loop.
final class LifeListener: CallListener, @unchecked Sendable {
    private let ledger: Ledger
    private let life: Int
    var isDead = false

    init(_ ledger: Ledger, life: Int) {
        self.ledger = ledger
        self.life = life
    }

    func heard(_ event: CallEvent, of call: CallFacts) {
        if !isDead { ledger.heard(event, of: call, in: life) }
    }
}
