/// What is heard to its end before the call, or its stream, is over.
///
///     farewell ──▶ what is queued ──▶ its mark ──▶ end
///     last words ──▶ the agent's voice, or 1.2 s ──▶ the same
extension CallMachine {
    /// Ends when what is queued was played; at once when there is nobody to hear it.
    mutating func sayFarewell(_ reason: EndReason, at time: Duration) -> [Action] {
        if let actions = takeLeave(reason) { return actions }
        deadlines.playback = time + limits.farewellGrace
        // One that is still being dialled has nothing to say any more.
        return [.finishPlayback] + (agent == .talking ? [] : dropAgent())
    }

    /// The same, when the agent itself ends the call: its goodbye may follow in the same breath.
    mutating func awaitLastWords(_ reason: EndReason, at time: Duration) -> [Action] {
        guard agent == .talking else { return sayFarewell(reason, at: time) }
        if let actions = takeLeave(reason) { return actions }
        awaitsLastWords = true
        lastWordsUntil = time + limits.lastWordsMax
        deadlines.playback = time + limits.lastWordsAfter
        return []
    }

    /// Begins to take leave of a caller who hears it; otherwise answers what is done instead.
    private mutating func takeLeave(_ reason: EndReason) -> [Action]? {
        guard farewell == nil else { return [] }
        if case .leaving(let errand) = caller {
            // Who is to be connected is not hung up on.
            guard errand.keepsAgent else { return [] }
            caller = .streaming
        }
        guard caller == .streaming else { return end(reason) }
        farewell = reason
        return nil
    }

    /// Nobody takes leave any more.
    mutating func forgetFarewell() {
        farewell = nil
        awaitsLastWords = false
        lastWordsUntil = nil
    }

    /// So long it takes until what is queued was heard.
    mutating func playbackTakes(_ remaining: Duration, at time: Duration) {
        guard isPlayingOut else { return }
        let due = time + remaining + limits.farewellGrace
        deadlines.playback = lastWordsUntil.map { min($0, due) } ?? due
        // An agent whose words were all heard has said them.
        if remaining == .zero { lastWordsUntil = nil }
    }

    /// All of it was heard.
    mutating func playbackFinished(at time: Duration) -> [Action] {
        if let farewell { return awaitsLastWords ? [] : end(farewell) }
        if case .leaving(let errand) = caller { return leave(for: errand, at: time) }
        return []
    }

    /// It should have been heard by now; what an agent has said meanwhile is played as well.
    mutating func playbackOverdue(at time: Duration) -> [Action] {
        awaitsLastWords = false
        guard let until = lastWordsUntil, time < until else {
            unsay()
            return playbackFinished(at: time)
        }
        deadlines.playback = until
        return [.finishPlayback]
    }

    /// What is queued is being played, after which something happens.
    private var isPlayingOut: Bool {
        if farewell != nil { return true }
        if case .leaving = caller { return true }
        return false
    }
}
