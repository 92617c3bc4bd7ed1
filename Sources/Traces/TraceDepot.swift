package import Calls
import Glibc
package import Instruments

/// Keeps traces as files: one thread writes them all, so that no call waits for a disk.
///
///     TraceRecorder ─▶ pieces, bounded ─▶ the thread ─▶ DIRECTORY/CA….session_….trace
///
/// Pieces that find no room, in the queue or on the disk, are lost; the trace then lacks its end or
/// says there that it is not whole, and the log says how much is missing. Files are for their owner
/// alone.
package final class TraceDepot: Sendable {
    /// What may wait to be written: some seconds of all calls of a full machine.
    static let waitingBytesMax = 32 * 1024 * 1024

    private enum Job: Sendable {
        case write(TraceFile, [UInt8])
        case finish(TraceFile)
    }

    private struct Queue: Sendable {
        var jobs: [Job] = []
        var bytes = 0
        var isClosed = false
    }

    private let directory: String
    private let log: Log
    private let waitingBytesMax: Int
    private let open: TraceFile.Opening
    private let queue: Monitor<Queue>

    /// Starts the thread that writes below `directory`; nil when the machine has none to give.
    package convenience init?(directory: String, log: Log) {
        self.init(directory: directory, log: log, opening: TraceFile.create)
    }

    /// The same with files of another kind and another limit, for a test.
    init?(
        directory: String, log: Log, waitingBytesMax: Int = TraceDepot.waitingBytesMax,
        opening open: @escaping TraceFile.Opening
    ) {
        self.directory = directory
        self.log = log
        self.waitingBytesMax = waitingBytesMax
        self.open = open
        let queue = Monitor(Queue())
        self.queue = queue
        guard let thread = OwnThread("traces", { Self.drain(queue) }) else { return nil }
        thread.detach()
    }

    deinit {
        queue.withLock { $0.isClosed = true }
        queue.ring()
    }

    /// A recorder whose trace becomes a file here; each process that had a call writes its own.
    package func recorder(
        _ ticket: CallTicket, _ limits: CallLimits, recalling memory: CallMemory? = nil
    ) -> any CallRecorder {
        let part = memory.map { ".\($0.rememberedAt.components.seconds)" } ?? ""
        let path = "\(directory)/\(ticket.call.text).\(ticket.session)\(part).trace"
        let file = TraceFile(of: ticket.call, at: path, log: log, opening: open)
        return TraceRecorder(
            ticket, limits, recalling: memory, to: FileSink(depot: self, file: file))
    }

    private func add(_ bytes: [UInt8], to file: TraceFile) -> Bool {
        let hasRoom = queue.withLock { queue in
            guard queue.bytes + bytes.count <= waitingBytesMax else { return false }
            queue.jobs.append(.write(file, bytes))
            queue.bytes += bytes.count
            return true
        }
        if hasRoom { queue.ring() } else { file.lose(bytes.count, "too much waits to be written") }
        return hasRoom
    }

    private func finish(_ file: TraceFile) {
        queue.withLock { $0.jobs.append(.finish(file)) }
        queue.ring()
    }

    private static func drain(_ queue: Monitor<Queue>) {
        while true {
            let jobs: [Job]? = queue.wait { queue in
                guard !queue.jobs.isEmpty || queue.isClosed else { return nil }
                defer {
                    queue.jobs = []
                    queue.bytes = 0
                }
                return queue.jobs
            }
            guard let jobs, !jobs.isEmpty else { return }
            for job in jobs {
                switch job {
                case .write(let file, let bytes): file.write(bytes)
                case .finish(let file): file.close()
                }
            }
        }
    }

    private struct FileSink: TraceSink {
        let depot: TraceDepot
        let file: TraceFile

        func take(_ bytes: [UInt8]) -> Bool { depot.add(bytes, to: file) }
        func finish() { depot.finish(file) }
    }
}
