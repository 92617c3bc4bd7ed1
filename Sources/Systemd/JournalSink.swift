import Glibc
package import Instruments
import Synchronization

/// Says lines to journald with all their fields.
///
/// It speaks the native protocol itself, because libsystemd's `sd_journal_sendv` knows only one
/// address and no end to its waiting. Lines are within `LogLimits`, so one datagram always
/// suffices and the protocol's second form, a sealed memfd, is never needed. Put it behind
/// a `LogWriter`: while journald stalls, `write` waits.
package final class JournalSink: SlowLogSink {
    private let address: UnixAddress?
    private let identifier: String
    private let time: any TimeSource
    private let socket = Mutex<DatagramSocket?>(nil)

    /// A sink under the name `identifier` (`journalctl -t`).
    package init(
        identifier: String, path: String = Journal.path, time: any TimeSource = SystemTime()
    ) {
        self.identifier = identifier
        self.address = UnixAddress(path)
        self.time = time
    }

    package func write(_ line: SaidLine) -> Bool {
        guard let address else { return false }
        let entry = JournalEntry(line, identifier: identifier, sentAt: time.wallClock)
        return socket.withLock { socket in
            // The second attempt finds a journald that has been restarted in between.
            for _ in 0..<2 {
                if socket == nil { socket = DatagramSocket(connectedTo: address) }
                guard let open = socket else { return false }
                switch open.send(entry.bytes, patience: nil) {
                case .sent: return true
                case .gone: socket = nil
                case .full, .refused: return false
                }
            }
            return false
        }
    }
}

/// Whether and where the journal listens.
package enum Journal {
    /// journald's socket for the native protocol, also with LogNamespace=.
    package static let path = "/run/systemd/journal/socket"

    /// True when `descriptor`, standard error by default, is connected to the journal, as
    /// $JOURNAL_STREAM says (systemd.exec(5)); then native lines may take its place.
    package static func isAvailable(
        environment: [String: String], descriptor: Int32 = STDERR_FILENO
    ) -> Bool {
        var status = stat()
        guard let stream = environment["JOURNAL_STREAM"], fstat(descriptor, &status) == 0 else {
            return false
        }
        return stream == "\(status.st_dev):\(status.st_ino)"
    }
}
