/// The times a call's machine waits for; each is nil while nothing of its kind is awaited.
struct CallDeadlines: Sendable, Equatable {
    /// The stream that was promised with TwiML.
    var stream: Duration?
    /// An agent dialled ahead that nobody uses.
    var prewarm: Duration?
    /// The agent's start.
    var agent: Duration?
    /// The end of what is being played before the call, or its stream, is over.
    var playback: Duration?
    /// Twilio's question what comes after a stream.
    var question: Duration?
    /// The longest call.
    var call: Duration?

    /// The next of them.
    var next: Duration? {
        [stream, prewarm, agent, playback, question, call].compactMap { $0 }.min()
    }
}

extension Duration? {
    /// True when a deadline is set and its time has come.
    func hasPassed(at time: Duration) -> Bool { self.map { $0 <= time } ?? false }
}
