import Synchronization

/// Hears a log's lines as they are said, at its own pace; what it is too slow for is counted.
///
///     LogRing ──take──▶ [ waiting, bounded ] ──next──▶ one reader
///                            │ full: lost + 1
package final class LogFollower: Sendable {
    /// Lines that may wait; each is within `LogLimits`, and most have 300 bytes.
    package static let waitingMax = 2_000

    /// What a reader gets at once.
    package struct Batch: Sendable, Equatable {
        /// In the order they were said.
        package var lines: [SaidLine]
        /// How many were said after these and are lost.
        package var lost: Int
    }

    private let waiting: Mutex<Batch>
    private let bell: AsyncStream<Void>
    private let ring: AsyncStream<Void>.Continuation

    init(_ lines: [SaidLine]) {
        waiting = Mutex(Batch(lines: lines, lost: 0))
        (bell, ring) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        ring.yield()
    }

    /// Called with every line; never waits.
    func take(_ line: SaidLine) {
        waiting.withLock { batch in
            if batch.lines.count < Self.waitingMax, batch.lost == 0 {
                batch.lines.append(line)
            } else {
                batch.lost += 1
            }
        }
        ring.yield()
    }

    /// Waits for what was said since the last time; nil when the reader's task is cancelled.
    /// One reader at a time.
    package func next() async -> Batch? {
        for await _ in bell {
            let batch = waiting.withLock { batch in
                defer { batch = Batch(lines: [], lost: 0) }
                return batch
            }
            if !batch.lines.isEmpty || batch.lost > 0 { return batch }
        }
        return nil
    }
}
