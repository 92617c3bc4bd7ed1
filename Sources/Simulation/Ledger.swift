import Calls
import Instruments
import Synchronization

/// Hears every event of one daemon's calls and holds them to their promises: one beginning, one
/// end, nothing after it.
// Safe because a house lives on the one thread that runs its loop.
final class Ledger: CallListener, @unchecked Sendable {
    private struct Entry {
        var promises = 0
        var ends = 0
        var since: Duration
        var reason: EndReason?
    }

    private let diary: HouseDiary
    private let loop: any Loop
    private let limits: CallLimits
    private var entries: [String: Entry] = [:]
    /// A daemon that was killed says nothing more.
    var isDead = false

    init(_ diary: HouseDiary, on loop: any Loop, limits: CallLimits) {
        self.diary = diary
        self.loop = loop
        self.limits = limits
    }

    func heard(_ event: CallEvent, of call: CallFacts) {
        guard !isDead else { return }
        let session = call.ticket.session
        diary.tell("\(call.ticket.call.text.suffix(4)) \(event)", at: loop.now)
        var entry = entries[session] ?? Entry(since: loop.now)
        if entry.ends > 0 { diary.violated("\(event) after the end", at: loop.now) }
        switch event {
        case .promised: entry.promises += 1
        case .ended(let reason, _): end(&entry, reason)
        case .announced(let announcement): diary.saw("announced \(announcement.rawValue)")
        case .interrupted: diary.saw("interrupted")
        case .streamReplaced: diary.saw("stream replaced")
        case .agentFailed(let reason, _): diary.saw("agent failed: \(reason.rawValue)")
        case .agentLostEarly: diary.saw("agent lost early")
        default: break
        }
        entries[session] = entry
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

    /// All calls are over: each began once and ended once.
    func close() {
        guard !isDead else { return }
        for (session, entry) in entries.sorted(by: { $0.key < $1.key })
        where entry.promises != 1 || entry.ends != 1 {
            diary.violated(
                "\(session) began \(entry.promises) times and ended \(entry.ends) times",
                at: loop.now)
        }
    }
}
