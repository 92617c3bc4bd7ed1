import Calls
import Instruments
import Synchronization

/// Shows how many calls are in which state: each call is asked when the meters are read, because
/// only its machine knows.
final class CallStateMeters: Sendable {
    /// The words of the operator's list that are always shown, be it with 0.
    private static let usual: Set = [
        "ringing", "connecting", "in-progress", "ending", "leaving", "away", "reconnecting",
    ]

    private let gauges: MetricFamily<Gauge>
    private let registry: CallRegistry
    private let shown = Mutex(CallStateMeters.usual)

    init(_ board: MetricBoard, _ registry: CallRegistry) {
        gauges = board.gauges("callbridge_calls", "Living calls, by state.", labels: ["state"])
        self.registry = registry
        show([:])
    }

    /// Asks every living call.
    func refresh() async {
        var counts: [String: Int] = [:]
        for call in registry.living { counts[await call.status.status, default: 0] += 1 }
        // One that has ended since the list was made lives no more.
        counts["ended"] = nil
        show(counts)
    }

    private func show(_ counts: [String: Int]) {
        let all = shown.withLock { shown in
            shown.formUnion(counts.keys)
            return shown
        }
        for state in all { gauges[state].set(counts[state] ?? 0) }
    }
}
