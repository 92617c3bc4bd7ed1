package import Calls
import Glibc
package import Instruments

/// Keeps traces as files: one thread writes them all, so that no call waits for a disk.
///
///     TraceRecorder ─▶ pieces, bounded ─▶ the thread ─▶ DIRECTORY/CA….session_….trace
///
/// Pieces that find no room are lost, and their trace says at its end that it is not whole. Files
/// are for their owner alone.
package final class TraceDepot: Sendable {
    /// What may wait to be written: some seconds of all calls of a full machine.
    package static let waitingBytesMax = 32 * 1024 * 1024

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
    private let queue: Monitor<Queue>

    /// Starts the thread that writes below `directory`; nil when the machine has none to give.
    package init?(directory: String, log: Log) {
        self.directory = directory
        self.log = log
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
        let file = TraceFile(path: path, log: log)
        return TraceRecorder(
            ticket, limits, recalling: memory, to: FileSink(depot: self, file: file))
    }

    private func add(_ bytes: [UInt8], to file: TraceFile) -> Bool {
        let hasRoom = queue.withLock { queue in
            guard queue.bytes + bytes.count <= Self.waitingBytesMax else { return false }
            queue.jobs.append(.write(file, bytes))
            queue.bytes += bytes.count
            return true
        }
        queue.ring()
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

/// One file being written; opened with its first bytes.
private final class TraceFile: Sendable {
    private enum Handle: Sendable { case unopened, open(CInt), failed }

    private let path: String
    private let log: Log
    private let handle = Monitor(Handle.unopened)

    init(path: String, log: Log) {
        self.path = path
        self.log = log
    }

    func write(_ bytes: [UInt8]) {
        handle.withLock { handle in
            if case .unopened = handle { handle = opened() }
            guard case .open(let file) = handle else { return }
            var written = 0
            while written < bytes.count {
                let count = bytes[written...].withUnsafeBytes {
                    Glibc.write(file, $0.baseAddress, $0.count)
                }
                if count < 0, errno == EINTR { continue }
                guard count > 0 else {
                    fail()
                    _ = Glibc.close(file)
                    return handle = .failed
                }
                written += count
            }
        }
    }

    func close() {
        handle.withLock { handle in
            if case .open(let file) = handle { _ = Glibc.close(file) }
            handle = .failed
        }
    }

    private func opened() -> Handle {
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file < 0 else { return .open(file) }
        fail()
        return .failed
    }

    private func fail() {
        log.warning(
            "trace.failed", "A trace cannot be written: \(String(cString: strerror(errno)))")
    }
}
