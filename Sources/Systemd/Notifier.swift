import Instruments

/// Tells the service manager how we are (sd_notify(3)); says nothing when there is none.
///
/// Every message goes over a socket of its own: they are few, and no state is shared between
/// threads. `ready`, `stopping` and `reloading` wait up to a second for a busy manager, so they
/// are not for loops; the others never wait.
package struct Notifier: Sendable {
    private let address: UnixAddress?

    /// How long a message that must arrive waits for the manager to read.
    private static let patience = Duration.seconds(1)

    /// A notifier to the manager named in $NOTIFY_SOCKET; silent when it is not set.
    package init(environment: [String: String]) {
        address = environment["NOTIFY_SOCKET"].flatMap(UnixAddress.init)
    }

    /// True when there is a manager to tell.
    package var isHeard: Bool { address != nil }

    /// Ready to take calls; also ends a reload.
    @discardableResult
    package func ready(status: String? = nil) -> Bool {
        send(["READY=1"] + statusLine(status), patience: Self.patience)
    }

    /// One line for `systemctl status`.
    @discardableResult
    package func status(_ text: String) -> Bool {
        send(statusLine(text), patience: .zero)
    }

    /// Shutting down: draining counts as that.
    @discardableResult
    package func stopping(status: String? = nil) -> Bool {
        send(["STOPPING=1"] + statusLine(status), patience: Self.patience)
    }

    /// Reading the configuration again, since `now` on the monotonic clock; `ready` ends it.
    @discardableResult
    package func reloading(at now: Duration) -> Bool {
        send(["RELOADING=1", "MONOTONIC_USEC=\(now.microseconds)"], patience: Self.patience)
    }

    /// Alive; to be repeated well within the watchdog's interval.
    @discardableResult
    package func beat() -> Bool { send(["WATCHDOG=1"], patience: .zero) }

    /// Asks for that much time from now for the start, reload or stop under way; to be repeated
    /// before it has passed.
    @discardableResult
    package func extend(by time: Duration) -> Bool {
        send(["EXTEND_TIMEOUT_USEC=\(time.microseconds)"], patience: .zero)
    }

    /// False when a manager is there but did not take the message.
    private func send(_ lines: [String], patience: Duration) -> Bool {
        guard let address else { return true }
        guard let socket = DatagramSocket(connectedTo: address) else { return false }
        let bytes = Array(lines.joined(separator: "\n").utf8)
        return socket.send(bytes, patience: patience) == .sent
    }

    /// Without control characters: a line end would begin another assignment.
    private func statusLine(_ text: String?) -> [String] {
        guard let text else { return [] }
        let clean = text.unicodeScalars.map { $0.value < 0x20 ? " " : $0 }
        return ["STATUS=" + String(String.UnicodeScalarView(clean))]
    }
}
