/// Knows how far the audio at Twilio runs ahead of what the caller hears.
///
/// Twilio plays in real time and never faster (Media Streams, playout of `media`), so what was sent
/// is heard at a time that can be computed: no drift, because each piece is added to the absolute
/// end of the one before.
package struct PlaybackClock: Sendable, Equatable {
    /// When everything sent so far will have been played.
    package private(set) var playedUntil: Duration = .zero
    /// How much was sent in all.
    package private(set) var sent: Duration = .zero

    package init() {}

    /// How much of what was sent is still to be played at `now`.
    package func lead(at now: Duration) -> Duration {
        max(.zero, playedUntil - now)
    }

    /// `duration` of audio goes to Twilio at `now`.
    package mutating func send(_ duration: Duration, at now: Duration) {
        playedUntil = max(playedUntil, now) + duration
        sent += duration
    }

    /// Twilio's buffer was emptied at `now`; answers how much was never heard.
    package mutating func clear(at now: Duration) -> Duration {
        let unheard = lead(at: now)
        playedUntil = min(playedUntil, now)
        sent -= unheard
        return unheard
    }

    /// How much was heard by `now`, in all.
    package func heard(at now: Duration) -> Duration {
        sent - lead(at: now)
    }
}
