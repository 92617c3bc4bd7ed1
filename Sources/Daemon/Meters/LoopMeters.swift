import Instruments
import Net
import Synchronization

/// Measures how late each event loop is: what every call on it has to wait as well.
///
///     once a second, on each loop:  due ──────▶ fired    lag = fired - due
final class LoopMeters: Sendable {
    private static let every = Duration.seconds(1)

    /// One loop's clock hand and what it writes to.
    private struct Probe: Sendable {
        let loop: EventLoop
        let lag: Histogram
        let calls: Gauge
        var timer: (any LoopTimer)?
        var due: Duration = .zero
    }

    private let probes: Mutex<[Probe]>

    init(_ board: MetricBoard, _ loops: [EventLoop]) {
        let lag = board.histograms(
            "callbridge_loop_lag_seconds", "How late an event loop is.", labels: ["loop"],
            seriesMax: loops.count + 1
        ) {
            Histogram([1, 2, 5, 10, 20, 50, 100, 250, 1_000].map { Duration.milliseconds($0) })
        }
        let calls = board.gauges(
            "callbridge_loop_calls", "Calls that live on an event loop.", labels: ["loop"],
            seriesMax: loops.count + 1)
        probes = Mutex(
            loops.enumerated().map { index, loop in
                Probe(loop: loop, lag: lag["\(index)"], calls: calls["\(index)"])
            })
    }

    /// Begins; once only. It ends with the loops, or when it is let go.
    func start() {
        let loops = probes.withLock { $0.map(\.loop) }
        for (index, loop) in loops.enumerated() {
            let timer = loop.makeTimer { [weak self] in self?.look(index) }
            probes.withLock { $0[index].timer = timer }
            loop.run { [weak self] in self?.arm(index) }
        }
    }

    /// On the loop.
    private func look(_ index: Int) {
        let probe = probes.withLock { $0[index] }
        probe.lag.record(max(.zero, probe.loop.now - probe.due))
        probe.calls.set(probe.loop.load)
        arm(index)
    }

    private func arm(_ index: Int) {
        let probe = probes.withLock { $0[index] }
        // Timers know whole milliseconds: another due time would be a lag that is none.
        let due = (probe.loop.now + Self.every).wholeNanoseconds / 1_000_000
        probes.withLock { $0[index].due = .milliseconds(due) }
        probe.timer?.arm(at: .milliseconds(due))
    }
}
