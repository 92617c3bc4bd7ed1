import Calls
import Synchronization
import Traces

/// The traces of a house's calls, and their replay when everything is over.
// Safe because a house lives on the one thread that runs its loop.
final class HouseTraces: @unchecked Sendable {
    private var sinks: [MemorySink] = []
    /// Traces of calls that went on after the death of a process.
    private(set) var revived = 0

    /// A recorder for a new call.
    func recorder(
        _ ticket: CallTicket, _ limits: CallLimits, _ memory: CallMemory?
    ) -> TraceRecorder {
        let sink = MemorySink()
        sinks.append(sink)
        if memory != nil { revived += 1 }
        return TraceRecorder(ticket, limits, recalling: memory, to: sink)
    }

    var count: Int { sinks.count }

    /// Runs every call again, in a house with these tools; answers what was not the same.
    func differences(_ tools: [any ClientTool]) -> [String] {
        sinks.compactMap { sink in
            do throws(TraceFault) {
                let replay = try TraceReplay(
                    TraceReader.read(sink.all), announcements: HouseSounds.announcements,
                    tools: tools)
                let outcome = replay.run()
                if let difference = outcome.difference { return "replay: \(difference)" }
                return outcome.isComplete ? nil : "a trace broke off"
            } catch {
                return "a trace cannot be replayed: \(error)"
            }
        }
    }
}

/// Keeps a trace in memory.
private final class MemorySink: TraceSink {
    private let bytes = Mutex<[UInt8]>([])

    var all: [UInt8] { bytes.withLock { $0 } }

    func take(_ bytes: [UInt8]) -> Bool {
        self.bytes.withLock { $0 += bytes }
        return true
    }

    func finish() {}
}
