import Calls
import Instruments
import Synchronization

/// What a glance at the daemon tells of its last calls.
final class RecentCalls: CallListener {
    /// How the agent's service has behaved lately.
    enum Agent: Sendable, Equatable {
        /// No call has needed it yet.
        case unasked
        case fine
        /// The last so many attempts failed, the last one for this reason.
        case failing(times: Int, EndReason)
    }

    private struct State {
        var agent = Agent.unasked
        /// Times to the first audio of calls that ended in this period, and in the one before.
        var period = Percentiles()
        var before = Percentiles()
        var periodEnds: Duration?
    }

    /// Half of the time that a figure looks back at most.
    private static let period = Duration.seconds(300)

    private let state = Mutex(State())

    func heard(_ event: CallEvent, of call: CallFacts) {
        switch event {
        case .conversationStarted: state.withLock { $0.agent = .fine }
        case .agentFailed(let reason, _): state.withLock { $0.agent.fails(reason) }
        case .ended(_, let tally):
            guard let first = tally.firstAudio else { return }
            state.withLock { $0.period.record(first) }
        default: break
        }
    }

    /// How the agent's service behaves.
    var agent: Agent { state.withLock { $0.agent } }

    /// What 99 of 100 of the calls of the last five to ten minutes did not exceed until their
    /// caller heard the agent; nil when there were none.
    func firstAudio(at now: Duration) -> Duration? {
        turn(at: now)
        return state.withLock { state in
            var both = state.before
            both.merge(state.period)
            return both.count == 0 ? nil : both.p99
        }
    }

    /// Begins a new period when the last one is over.
    func turn(at now: Duration) {
        state.withLock { state in
            let end = state.periodEnds ?? now + Self.period
            state.periodEnds = end
            guard now >= end else { return }
            state.before = now < end + Self.period ? state.period : Percentiles()
            state.period = Percentiles()
            state.periodEnds = now + Self.period
        }
    }
}

extension RecentCalls.Agent {
    mutating func fails(_ reason: EndReason) {
        guard case .failing(let times, _) = self else {
            self = .failing(times: 1, reason)
            return
        }
        self = .failing(times: times + 1, reason)
    }
}
