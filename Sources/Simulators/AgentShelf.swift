import Synchronization

/// The conversations of a simulator: those that live, and the last ones that ended.
final class AgentShelf: Sendable {
    /// Finished conversations kept for the REST side; the oldest go first.
    static let finishedMax = 1000

    private struct State {
        var living: [String: AgentSession] = [:]
        var finished: [AgentOutcome] = []
        var number: UInt64 = 0
    }

    private let state = Mutex(State())

    /// Conversations held now.
    var livingCount: Int { state.withLock { $0.living.count } }

    /// A number no other conversation has.
    func nextNumber() -> UInt64 {
        state.withLock { state in
            state.number += 1
            return state.number
        }
    }

    func add(_ session: AgentSession, id: String) {
        state.withLock { $0.living[id] = session }
    }

    func finish(_ outcome: AgentOutcome) {
        state.withLock { state in
            state.living[outcome.conversationID] = nil
            if state.finished.count == Self.finishedMax { state.finished.removeFirst() }
            var kept = outcome
            // The audio was for whoever asked to be told; a shelf of it would be large.
            kept.heard = []
            state.finished.append(kept)
        }
    }

    /// Newest first.
    var finished: [AgentOutcome] { state.withLock { $0.finished.reversed() } }

    func finished(_ id: String) -> AgentOutcome? {
        state.withLock { state in state.finished.last { $0.conversationID == id } }
    }

    func isLiving(_ id: String) -> Bool { state.withLock { $0.living[id] != nil } }

    func delete(_ id: String) -> Bool {
        state.withLock { state in
            guard let index = state.finished.lastIndex(where: { $0.conversationID == id }) else {
                return false
            }
            state.finished.remove(at: index)
            return true
        }
    }

    var living: [AgentSession] { state.withLock { Array($0.living.values) } }
}
