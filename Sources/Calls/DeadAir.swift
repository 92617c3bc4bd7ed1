/// The stretches of a call in which neither side is heard.
///
/// What is sent to Twilio is heard from the end of what was sent before; what the caller says is
/// heard when they say it. Less than a second is a pause between two turns and does not count.
struct DeadAir: Sendable, Equatable {
    private static let stretchMin = Duration.seconds(1)

    /// The longest stretch, and all of them.
    private(set) var longest: Duration = .zero
    private(set) var total: Duration = .zero
    /// When the last sound sent to the caller ends.
    private(set) var playedUntil: Duration = .zero
    private var spokenUntil: Duration = .zero
    private var callerSpeaks = false
    private var isOpen = false

    /// A stream begins: from now on the line is open.
    mutating func open(at now: Duration) {
        if isOpen { close(at: now) }
        isOpen = true
        callerSpeaks = false
        playedUntil = now
        spokenUntil = now
    }

    /// The stream is over.
    mutating func close(at now: Duration) {
        guard isOpen else { return }
        note(until: now)
        isOpen = false
    }

    /// Sound of that length goes to the caller.
    mutating func play(_ duration: Duration, at now: Duration) {
        let from = max(playedUntil, now)
        note(until: from)
        playedUntil = from + duration
    }

    /// What was sent and not yet heard is thrown away.
    mutating func clear(at now: Duration) { playedUntil = min(playedUntil, now) }

    /// The caller speaks since `time`.
    mutating func callerBegan(at time: Duration) {
        note(until: time)
        callerSpeaks = true
    }

    /// The caller has not spoken since `time`.
    mutating func callerEnded(at time: Duration) {
        callerSpeaks = false
        spokenUntil = max(spokenUntil, time)
    }

    /// The same, would the call end now.
    func closed(at now: Duration) -> DeadAir {
        var copy = self
        copy.close(at: now)
        return copy
    }

    private mutating func note(until time: Duration) {
        let quiet = time - max(playedUntil, spokenUntil)
        guard isOpen, !callerSpeaks, quiet >= Self.stretchMin else { return }
        longest = max(longest, quiet)
        total += quiet
    }
}
