import Synchronization

/// Says each line to several sinks: the journal and the ring, for instance.
package struct LogTee: LogSink {
    private let sinks: [any LogSink]

    /// A tee to these, in this order.
    package init(_ sinks: any LogSink...) { self.sinks = sinks }

    package func write(_ line: LogLine) {
        for sink in sinks { sink.write(line) }
    }
}

/// Keeps nothing.
package struct SilentSink: LogSink {
    /// A sink for a log that nobody reads.
    package init() {}

    package func write(_ line: LogLine) {}
}

/// Keeps every line, for a test to read.
package final class MemorySink: LogSink {
    private let kept = Mutex<[LogLine]>([])

    /// An empty memory.
    package init() {}

    package func write(_ line: LogLine) { kept.withLock { $0.append(line) } }

    /// Every line so far, oldest first.
    package var lines: [LogLine] { kept.withLock { $0 } }

    /// Every line of that event.
    package func lines(of event: String) -> [LogLine] { lines.filter { $0.event == event } }
}
