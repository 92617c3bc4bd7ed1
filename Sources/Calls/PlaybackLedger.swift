/// Where on the playing line each of the agent's events lies, and how far the caller has heard.
///
///     queued:  │ event 5 ─────────│ event 6 ──────────────│
///     played:  ──────────────▲
///                            └ the clock's position, held back by what marks prove
///
/// Positions are those of `PlaybackClock.sent`. The clock says where playing would be if Twilio
/// began the moment we sent; a mark's echo says where it truly was. What it was behind then it is
/// taken to be behind still, and it can never have passed a mark that has not come back.
package struct PlaybackLedger: Sendable, Equatable {
    /// Events remembered: half of them are more than the lead ever holds.
    private static let stretchesMax = 128
    /// Marks under way: one for every second that may wait.
    private static let marksMax = 128

    private struct Stretch: Sendable, Equatable {
        var event: Int64?
        var end: Duration
    }

    private struct Mark: Sendable, Equatable {
        var number: Int
        var position: Duration
    }

    /// What is queued under the newest event, by itself: most audio continues it, and touches no
    /// other memory than the call's own.
    private var newest: Stretch?
    /// What was queued before that; empty while there is no newest.
    private var stretches: [Stretch] = []
    /// Where the first stretch begins.
    private var start: Duration = .zero
    private var marks: [Mark] = []
    /// How far Twilio is behind the clock, by the last mark that came back.
    package private(set) var behind: Duration = .zero
    private var provenUntil: Duration = .zero
    private var hasProof = false

    package init() {
        stretches.reserveCapacity(Self.stretchesMax)
        marks.reserveCapacity(Self.marksMax)
    }

    /// Where what was queued so far ends.
    package var end: Duration { newest?.end ?? start }

    /// Audio of an event is queued behind everything else.
    package mutating func queue(event: Int64?, duration: Duration) {
        let end = end + duration
        if let newest {
            if newest.event == event { return self.newest = Stretch(event: event, end: end) }
            if stretches.count == Self.stretchesMax - 1 { forgetOldest() }
            stretches.append(newest)
        }
        newest = Stretch(event: event, end: end)
    }

    /// Half at once: one at a time would move all others with every piece of audio.
    private mutating func forgetOldest() {
        let half = Self.stretchesMax / 2
        start = stretches[half - 1].end
        stretches.removeFirst(half)
    }

    /// Everything queued was sent, and `sent` is what the clock says of it: padding and
    /// resampling make up for a difference of some milliseconds.
    package mutating func settle(sent: Duration) {
        guard let newest else { return start = sent }
        let before = stretches.last?.end ?? start
        self.newest = Stretch(event: newest.event, end: max(before, sent))
    }

    /// A mark goes out behind all that was sent.
    package mutating func mark(_ number: Int, sent: Duration) {
        if marks.count == Self.marksMax { marks.removeFirst() }
        marks.append(Mark(number: number, position: sent))
    }

    /// A mark came back that proves something was played (`MarkLine.echoed`); `clock` is where
    /// the clock believes the caller is.
    package mutating func echo(_ number: Int, clock: Duration) {
        guard let index = marks.firstIndex(where: { $0.number == number }) else { return }
        provenUntil = marks[index].position
        behind = max(.zero, clock - provenUntil)
        hasProof = true
        marks.removeFirst(index + 1)
    }

    /// How far the caller has truly heard, when the clock says `clock`.
    package func position(clock: Duration) -> Duration {
        guard hasProof else { return clock }
        let position = max(clock - behind, provenUntil)
        return min(position, marks.first?.position ?? position, clock)
    }

    /// What the caller is hearing, or heard last; nil when nothing was queued since the last clear.
    package func point(clock: Duration) -> PlaybackPoint? {
        let position = position(clock: clock)
        var from = start
        // An announcement of ours has no event: then the one before it was heard to its end, or
        // the one behind it not at all.
        var last: PlaybackPoint?
        for stretch in stretches + (newest.map { [$0] } ?? []) {
            defer { from = stretch.end }
            let isReached = position >= from
            guard stretch.event != nil || stretches.isEmpty else { continue }
            guard isReached || last == nil else { break }
            let heard = min(max(.zero, position - from), stretch.end - from)
            last = PlaybackPoint(event: stretch.event, duration: heard)
        }
        return last
    }

    /// The agent is replaced by one that counts its events anew: what is still to be heard of its
    /// audio is nobody's.
    package mutating func disown() {
        newest?.event = nil
        for index in stretches.indices { stretches[index].event = nil }
    }

    /// Twilio's buffer was emptied, or another stream began; `sent` is the clock's count after it.
    package mutating func clear(sent: Duration) {
        newest = nil
        stretches.removeAll(keepingCapacity: true)
        marks.removeAll(keepingCapacity: true)
        start = sent
        provenUntil = sent
        behind = .zero
        hasProof = false
    }
}

/// How much of which of the agent's events was heard.
package struct PlaybackPoint: Sendable, Equatable {
    /// The vendor's id of it; nil when its audio bore none.
    package var event: Int64?
    /// How much of that event had been played.
    package var duration: Duration

    package init(event: Int64?, duration: Duration) {
        self.event = event
        self.duration = duration
    }
}
