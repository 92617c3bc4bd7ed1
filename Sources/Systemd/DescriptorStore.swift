import Glibc
package import Instruments

/// Descriptors that outlive the process: the service manager keeps them while the service is
/// restarted (systemd.service(5) FileDescriptorStoreMax=, sd_notify(3) FDSTORE=1).
///
///     store, remove ─▶ in their order ─▶ thread ─▶ manager
///     killed, started again: ActivatedSockets.stored
///
/// Nobody is told whether the manager kept one: it has a limit, and none by default. What was
/// not kept is not found after a restart, and that is all.
package final class DescriptorStore: Sendable {
    /// What the names of stored descriptors begin with; no socket unit's name may.
    package static let prefix = "call-"
    /// Messages that wait for a manager that does not read, each with two descriptors of ours open.
    private static let waitingMax = 2_000
    /// How long one of them may take, before it is given up.
    private static let patience = Duration.seconds(5)

    private struct Message {
        var text: String
        var descriptors: [Int32] = []
    }

    private struct State {
        var waiting: [Message] = []
        var isClosing = false
    }

    private let state = Monitor(State())
    private let ended = Monitor(false)
    private let refusals: Counter

    /// A store with the manager named in $NOTIFY_SOCKET; nil when there is none.
    package init?(environment: [String: String], board: MetricBoard) {
        guard let address = environment["NOTIFY_SOCKET"].flatMap(UnixAddress.init) else {
            return nil
        }
        refusals = board.counter(
            "callbridge_descriptor_store_failures_total",
            "Sockets that the service manager did not take in keeping, or not out of it.")
        let thread = OwnThread("fd-store") { [self] in
            while let message = next() { send(message, to: address) }
            ended.withLock { $0 = true }
            ended.ring()
        }
        guard let thread else { return nil }
        thread.detach()
    }

    /// Has these kept under that name, at most two; they are closed here once they are.
    package func store(_ name: String, _ descriptors: [Int32]) {
        precondition(name.hasPrefix(Self.prefix), "a name by which nothing is found again")
        add(Message(text: "FDSTORE=1\nFDNAME=\(name)\nFDPOLL=0", descriptors: descriptors))
    }

    /// Has nothing kept under that name any more.
    package func remove(_ name: String) {
        add(Message(text: "FDSTOREREMOVE=1\nFDNAME=\(name)"))
    }

    /// Sends what waits, and ends; blocks until it has.
    package func close() {
        state.withLock { $0.isClosing = true }
        state.ring()
        _ = ended.wait { $0 ? true : nil }
    }

    private func add(_ message: Message) {
        let isTaken = state.withLock { state in
            guard !state.isClosing, state.waiting.count < Self.waitingMax else { return false }
            state.waiting.append(message)
            return true
        }
        if isTaken { return state.ring() }
        refusals.add()
        for descriptor in message.descriptors { Glibc.close(descriptor) }
    }

    private func next() -> Message? {
        let message = state.wait { state -> Message?? in
            if !state.waiting.isEmpty { return .some(state.waiting.removeFirst()) }
            return state.isClosing ? .some(nil) : nil
        }
        return message ?? nil
    }

    private func send(_ message: Message, to address: UnixAddress) {
        let outcome = DatagramSocket(connectedTo: address)?.send(
            Array(message.text.utf8), with: message.descriptors, patience: Self.patience)
        for descriptor in message.descriptors { Glibc.close(descriptor) }
        if outcome != .sent { refusals.add() }
    }
}

/// What was kept under one name over the death of a process: ours now, to be used or closed.
package struct StoredDescriptors: Sendable, Equatable {
    package let name: String
    /// The connected socket; nil when only its page was kept.
    package private(set) var socket: Int32?
    /// The memory; nil when only the socket was kept.
    package private(set) var memory: Int32?

    init(name: String) { self.name = name }

    /// Sorts one descriptor in by what it is; one too many is closed.
    mutating func take(_ descriptor: Int32) {
        _ = fcntl(descriptor, F_SETFD, fcntl(descriptor, F_GETFD) | FD_CLOEXEC)
        var facts = stat()
        guard fstat(descriptor, &facts) == 0 else { return }
        switch facts.st_mode & S_IFMT {
        case S_IFSOCK where socket == nil: socket = descriptor
        case S_IFREG where memory == nil: memory = descriptor
        default: Glibc.close(descriptor)
        }
    }

    /// Closes both.
    package func close() {
        for descriptor in [socket, memory].compactMap({ $0 }) { Glibc.close(descriptor) }
    }
}
