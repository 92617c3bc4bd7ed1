import Switchboard
import Twilio

/// Who answers a call, and who next when that fails.
///
///     agent ─▶ second agent ─▶ ElevenLabs alone ─▶ a human ─▶ a sentence of regret
///
/// An agent lost in the middle of a conversation is tried again a few times in one call before
/// the next rung is taken; one that could not be had at all is not. A queue is for callers for
/// whom there was no place: whoever climbs has one, and passes it by.
struct Ladder: Sendable, Equatable {
    private let rungs: [Rung]
    private let redialsMax: Int
    private(set) var place = 0
    /// How often an agent lost in this call was dialled again.
    private(set) var redials = 0

    init(_ rungs: [Rung], redialsMax: Int) {
        self.rungs = rungs.filter { $0 != .queue }
        self.redialsMax = redialsMax
    }

    /// The rung we stand on; regret when all were tried.
    var current: Rung { place < rungs.count ? rungs[place] : .apology }

    /// The people on it, wherever it stands.
    var humans: [PhoneNumber] {
        rungs.compactMap { if case .human(let number) = $0 { number } else { nil } }
    }

    /// Stands where it stood before.
    mutating func stand(at place: Int, redials: Int) {
        self.place = min(place, rungs.count)
        self.redials = redials
    }

    /// An agent was had for so long that what was lost before is forgotten.
    mutating func forgetRedials() { redials = 0 }

    /// Takes the next rung.
    mutating func climb() -> Rung {
        place = min(place + 1, rungs.count)
        return current
    }

    /// Leaves all agents behind: the caller's streams do not hold.
    mutating func leaveAgents() -> Rung {
        while case .agent = current { _ = climb() }
        return current
    }

    /// True when the same agent may be dialled once more.
    mutating func redial() -> Bool {
        guard case .agent = current, redials < redialsMax else { return false }
        redials += 1
        return true
    }
}
