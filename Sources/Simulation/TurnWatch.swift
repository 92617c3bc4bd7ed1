/// Notices a caller who has spoken and then hears nothing at all: no agent, no word of the house.
///
///     speaks ─▶ ends ─▶ hears something: all is well
///                └────▶ 2.5 s of nothing: nobody listens
struct TurnWatch: Sendable {
    /// Shorter sounds may pass for a noise on the line.
    private static let turnMin: Duration = .milliseconds(200)

    private var spokeFor: Duration = .zero
    private var waitingSince: Duration?

    /// Another stream carries the voices; whatever was owed before is owed from now on.
    mutating func streamBegan(at now: Duration) {
        spokeFor = .zero
        waitingSince = waitingSince.map { _ in now }
    }

    /// A piece of time has passed with a caller and an agent who have each other, or not; true
    /// when the caller has waited for too long.
    mutating func passed(
        _ duration: Duration, at now: Duration, speaks: Bool, hears: Bool, isTalking: Bool,
        slack: Duration
    ) -> Bool {
        guard isTalking else {
            self = TurnWatch()
            return false
        }
        guard !speaks else {
            spokeFor += duration
            waitingSince = nil
            return false
        }
        if spokeFor >= Self.turnMin { waitingSince = now }
        spokeFor = .zero
        if hears { waitingSince = nil }
        guard let since = waitingSince, now - since > Ear.deadAirMax + slack else { return false }
        waitingSince = nil
        return true
    }
}
