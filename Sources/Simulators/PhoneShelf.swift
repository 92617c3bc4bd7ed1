import Synchronization

/// The calls of a simulator, as REST knows them.
final class PhoneShelf: Sendable {
    /// Finished calls that can still be looked up; the oldest go first.
    static let finishedMax = 5000

    /// A call and its newest state.
    struct Entry {
        var call: PhoneCall?
        var result: PhoneResult
    }

    private struct State {
        var entries: [String: Entry] = [:]
        var finished: [String] = []
    }

    private let state = Mutex(State())

    func add(_ call: PhoneCall) {
        let entry = Entry(call: call, result: call.result.withoutAudio)
        state.withLock { $0.entries[call.callSID] = entry }
    }

    /// The call is at a new stage of its life.
    func note(_ result: PhoneResult) {
        state.withLock { $0.entries[result.callSID]?.result = result.withoutAudio }
    }

    func finish(_ result: PhoneResult) {
        state.withLock { state in
            state.entries[result.callSID]?.call = nil
            state.entries[result.callSID]?.result = result.withoutAudio
            state.finished.append(result.callSID)
            if state.finished.count > Self.finishedMax {
                state.entries[state.finished.removeFirst()] = nil
            }
        }
    }

    subscript(_ sid: String) -> Entry? { state.withLock { $0.entries[sid] } }

    /// How many calls are known, over or not.
    var count: Int { state.withLock { $0.entries.count } }

    var living: [PhoneCall] { state.withLock { $0.entries.values.compactMap(\.call) } }
}

extension PhoneResult {
    var withoutAudio: PhoneResult {
        var copy = self
        copy.heard = HeardAudio(keepsAudio: false)
        return copy
    }
}
