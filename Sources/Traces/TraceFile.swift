import Glibc
import Instruments
import Twilio

/// One trace being written: opened with its first bytes, and what it lost told when it is closed.
final class TraceFile: Sendable {
    /// Makes a file to be written, or says why not (errno).
    typealias Opening = @Sendable (String) -> Result<CInt, Refusal>

    /// Why the machine gave no file.
    struct Refusal: Error {
        let number: CInt
    }

    private struct State: Sendable {
        enum Handle { case unopened, open(CInt), failed }
        var handle = Handle.unopened
        var lostBytes = 0
        /// Why the first of them were lost.
        var reason = ""
    }

    private let call: CallSID
    private let path: String
    private let log: Log
    private let open: Opening
    private let state = Monitor(State())

    init(of call: CallSID, at path: String, log: Log, opening open: @escaping Opening) {
        self.call = call
        self.path = path
        self.log = log
        self.open = open
    }

    /// A new file for its owner alone (open(2)).
    static func create(_ path: String) -> Result<CInt, Refusal> {
        let file = Glibc.open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        return file < 0 ? .failure(Refusal(number: errno)) : .success(file)
    }

    /// Writes all of it, or counts as lost what the machine does not take; then the file is over,
    /// because a trace with a gap cannot be read beyond it.
    func write(_ bytes: [UInt8]) {
        // Outside the lock: a disk may take its time, and a call that loses bytes must not wait.
        let handle = state.withLock { $0.handle }
        switch handle {
        case .failed: lose(bytes.count, "")
        case .open(let file): write(bytes, to: file)
        case .unopened:
            switch open(path) {
            case .success(let file):
                state.withLock { $0.handle = .open(file) }
                write(bytes, to: file)
            case .failure(let refusal): fail(refusal.number, losing: bytes.count)
            }
        }
    }

    private func write(_ bytes: [UInt8], to file: CInt) {
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes {
                Glibc.write(file, $0.baseAddress, $0.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let number = errno
                _ = Glibc.close(file)
                return fail(number, losing: bytes.count - written)
            }
            written += count
        }
    }

    private func fail(_ number: CInt, losing count: Int) {
        state.withLock { $0.handle = .failed }
        lose(count, String(cString: strerror(number)))
    }

    /// Counts bytes that never come here, with the reason for the first of them.
    func lose(_ count: Int, _ reason: String) {
        state.withLock { state in
            if state.lostBytes == 0 { state.reason = reason }
            state.lostBytes += count
        }
    }

    /// Ends the file, and says what it lacks.
    func close() {
        let end = state.withLock { $0 }
        if case .open(let file) = end.handle { _ = Glibc.close(file) }
        state.withLock { $0.handle = .failed }
        guard end.lostBytes > 0 else { return }
        log.warning(
            "trace.failed", "A trace is not whole", .callSID(call.text), .reason(end.reason),
            LogField("LOST_BYTES", String(end.lostBytes)))
    }
}
