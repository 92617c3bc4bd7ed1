import Instruments

/// The thread that memories or promises are written by: its end can be waited for, and of its failures, which are all
/// counted, the first is told.
final class FileThread: Sendable {
    /// What could not be kept.
    let failures: Counter
    /// Who would not survive a crash now, as a sentence begins.
    private let subject: String
    private let log: Log
    private let hasFailed = Monitor(false)
    private let ended = Monitor(false)

    init(of subject: String, failures: Counter, log: Log) {
        self.subject = subject
        self.failures = failures
        self.log = log
    }

    /// Does `work` on a thread of that name; false when the machine has none left.
    func start(_ name: String, _ work: @escaping @Sendable () -> Void) -> Bool {
        let thread = OwnThread(name) { [self] in
            work()
            end()
        }
        thread?.detach()
        guard thread == nil else { return true }
        fail("the machine has no thread for it")
        end()
        return false
    }

    /// Returns when its work is done.
    func waitForEnd() { _ = ended.wait { $0 ? true : nil } }

    func fail(_ reason: String) {
        failures.add()
        let isFirst = hasFailed.withLock { hasFailed in
            defer { hasFailed = true }
            return !hasFailed
        }
        guard isFirst else { return }
        log.error(
            "journal.failed",
            "What would have to survive a crash cannot be kept", LogField("KEPT", subject),
            .reason(reason))
    }

    private func end() {
        ended.withLock { $0 = true }
        ended.ring()
    }
}
