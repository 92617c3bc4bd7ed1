/// A sink that may block; one thread at a time calls it, never a loop.
package protocol SlowLogSink: Sendable {
    /// Writes one line; false when it could not be delivered and is lost.
    func write(_ line: SaidLine) -> Bool
}

/// Takes lines from loops without ever making them wait, and writes them on its own thread.
///
///     loop ──▶ write: lock, append, unlock ──▶ [ queue ] ──▶ thread "log" ──▶ SlowLogSink
///
/// When the sink stalls the queue fills; then lines are dropped and counted, and the count is
/// said as soon as the sink takes lines again, at the place where the gap is. The last eighth
/// of the queue is kept for notices and worse.
package final class LogWriter: LogSink {
    /// How much may wait; as much again may be in the thread's hand.
    package struct Limits: Sendable {
        /// Lines waiting: half a minute of a busy daemon's log.
        package var linesMax = 8_192
        /// Bytes waiting.
        package var bytesMax = 4 * 1024 * 1024

        /// The usual limits, or others for a test.
        package init(linesMax: Int = 8_192, bytesMax: Int = 4 * 1024 * 1024) {
            self.linesMax = linesMax
            self.bytesMax = bytesMax
        }
    }

    private let queue: Monitor<LogQueue>
    private let time: any TimeSource

    /// Starts the thread that writes to `sink`. When the machine has none to give, every line
    /// is counted as dropped.
    package init(
        to sink: any SlowLogSink, limits: Limits = Limits(), time: any TimeSource = SystemTime()
    ) {
        let queue = Monitor(LogQueue(limits: limits))
        self.queue = queue
        self.time = time
        let thread = OwnThread("log") { Self.drain(queue, into: sink, time: time) }
        if let thread { thread.detach() } else { queue.withLock { $0.isClosed = true } }
    }

    deinit { close() }

    package func write(_ line: LogLine) {
        let said = SaidLine(line.limited, at: time.wallClock)
        queue.withLock { $0.append(said) }
        queue.ring()
    }

    /// Lines lost since the start: over the limit, after `close`, or refused by the sink.
    package var dropped: Int { queue.withLock { $0.droppedTotal } }

    /// Lines that wait for the sink now.
    package var waiting: Int { queue.withLock { $0.taken + $0.waiting.count - $0.written } }

    /// Waits until every line said before has been written, or `timeout` has passed: false then.
    package func flush(timeout: Duration) -> Bool {
        let target = queue.withLock { $0.taken + $0.waiting.count }
        let end = SystemTime().now + timeout
        return queue.wait(until: end) { $0.written >= target ? true : nil } ?? false
    }

    /// Takes no more lines; what waits is still written, as long as the process lives.
    package func close() {
        queue.withLock { $0.isClosed = true }
        queue.ring()
    }

    private static func drain(
        _ queue: Monitor<LogQueue>, into sink: any SlowLogSink, time: any TimeSource
    ) {
        var unsaid = 0
        while let batch = queue.wait(for: { $0.take() }), !batch.isLast {
            var lost = 0
            for line in batch.lines where !sink.write(line) { lost += 1 }
            unsaid += batch.dropped + lost
            if unsaid > 0, sink.write(droppedLine(unsaid, at: time.wallClock)) { unsaid = 0 }
            queue.withLock { $0.finish(batch.lines.count, lost: lost) }
            queue.ring()
        }
    }

    private static func droppedLine(_ count: Int, at moment: Duration) -> SaidLine {
        SaidLine(
            LogLine(
                level: .warning, text: "Log lines were dropped: the log was not taken fast enough",
                event: "log.dropped", fields: [LogField("DROPPED", String(count))]),
            at: moment)
    }
}

/// What waits for the writer's thread, and the counts that tell how far it is.
private struct LogQueue: Sendable {
    /// What the thread takes at once; the last one has nothing and ends the thread.
    struct Batch: Sendable {
        var lines: [SaidLine]
        var dropped: Int
        var isLast: Bool
    }

    let limits: LogWriter.Limits
    var waiting: [SaidLine] = []
    var bytes = 0
    /// Lines dropped since the last batch was taken.
    var dropped = 0
    var droppedTotal = 0
    /// Lines handed to the thread, and lines it is done with, since the start.
    var taken = 0
    var written = 0
    var isClosed = false

    init(limits: LogWriter.Limits) { self.limits = limits }

    mutating func append(_ said: SaidLine) {
        let isUrgent = said.line.level >= .notice
        let room = isUrgent ? limits.linesMax : limits.linesMax - limits.linesMax / 8
        let size = said.line.bytes
        guard !isClosed, waiting.count < room, bytes + size <= limits.bytesMax else {
            dropped += 1
            droppedTotal += 1
            return
        }
        waiting.append(said)
        bytes += size
    }

    mutating func take() -> Batch? {
        guard !waiting.isEmpty || isClosed else { return nil }
        let batch = Batch(lines: waiting, dropped: dropped, isLast: waiting.isEmpty && isClosed)
        taken += waiting.count
        waiting = []
        bytes = 0
        dropped = 0
        return batch
    }

    mutating func finish(_ count: Int, lost: Int) {
        written += count
        droppedTotal += lost
    }
}
