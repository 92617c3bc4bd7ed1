import Synchronization

/// The last lines in memory, for the log endpoint; the oldest makes room for the newest.
package final class LogRing: LogSink {
    private struct State {
        /// Filled up to `linesMax`, then overwritten in turn.
        var lines: [SaidLine] = []
        /// Where the next line goes once the ring is full.
        var next = 0
    }

    private let linesMax: Int
    private let time: any TimeSource
    private let state = Mutex(State())

    /// A ring of at most `linesMax` lines, each within `LogLimits`: 1,000 lines are rarely
    /// more than 300 KiB and never more than 16 MiB.
    package init(linesMax: Int = 1_000, time: any TimeSource = SystemTime()) {
        precondition(linesMax > 0)
        self.linesMax = linesMax
        self.time = time
    }

    package func write(_ line: LogLine) {
        let said = SaidLine(line.limited, at: time.wallClock)
        state.withLock { state in
            if state.lines.count < linesMax {
                state.lines.append(said)
            } else {
                state.lines[state.next] = said
                state.next = (state.next + 1) % linesMax
            }
        }
    }

    /// The newest `count` lines, oldest of them first.
    package func last(_ count: Int) -> [SaidLine] {
        state.withLock { state in
            let ordered = state.lines[state.next...] + state.lines[..<state.next]
            return Array(ordered.suffix(max(0, count)))
        }
    }
}
