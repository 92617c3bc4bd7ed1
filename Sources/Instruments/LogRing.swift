import Synchronization

/// The last lines in memory, for whoever looks at the log; the oldest makes room for the newest.
package final class LogRing: LogSink {
    private struct State {
        /// Filled up to `linesMax`, then overwritten in turn.
        var lines: [SaidLine] = []
        /// Where the next line goes once the ring is full.
        var next = 0
        /// Who wants to hear every further line.
        var followers: [LogFollower] = []

        /// Every line kept, oldest first.
        var ordered: [SaidLine] { Array(lines[next...] + lines[..<next]) }
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
            for follower in state.followers { follower.take(said) }
        }
    }

    /// A follower that has the newest `count` lines and hears every later one, until `leave`.
    package func follow(last count: Int) -> LogFollower {
        state.withLock { state in
            let follower = LogFollower(state.ordered.suffix(max(0, count)))
            state.followers.append(follower)
            return follower
        }
    }

    /// Ends what `follow` began.
    package func leave(_ follower: LogFollower) {
        state.withLock { $0.followers.removeAll { $0 === follower } }
    }
}
