import Glibc
import Instruments

/// Opens a connection to the first of several addresses that answers (RFC 8305, "happy
/// eyeballs"): families take turns, and an address that is silent does not hold up the next.
final class Connector: @unchecked Sendable {
    // Safe because every member is used on the loop's thread only.

    /// How long an address may be silent before the next is tried beside it (RFC 8305 section 5).
    private static let patience = Duration.milliseconds(250)

    private let loop: EventLoop
    private var addresses: ArraySlice<SocketAddress>
    private var attempts: [ConnectAttempt] = []
    private var done: ((Result<Int32, ConnectFailure>) -> Void)?
    private var failure = "there is no address"
    private var timer: (any LoopTimer)?

    /// Why no address could be connected to, for people: the last one's reason.
    struct ConnectFailure: Error {
        var reason: String
    }

    /// `done` is called once, on the loop, with a connected descriptor that is then its own.
    init(
        to addresses: [SocketAddress], on loop: EventLoop,
        _ done: @escaping (Result<Int32, ConnectFailure>) -> Void
    ) {
        self.loop = loop
        self.addresses = Self.interleaved(addresses)[...]
        self.done = done
    }

    /// Tries the next address; with none left and none pending it has failed.
    func next() {
        while let address = addresses.popFirst() {
            let descriptor = Socket.make(address.family)
            guard descriptor >= 0 else {
                failure = Socket.text(-descriptor)
                continue
            }
            Socket.prepare(descriptor)
            let status = address.withPointer { connect(descriptor, $0, $1) }
            if status == 0 { return won(descriptor) }
            guard errno == EINPROGRESS, wait(descriptor, address) else {
                failure = "\(address.host): \(Socket.text(errno))"
                close(descriptor)
                continue
            }
            return
        }
        if attempts.isEmpty { finish(.failure(ConnectFailure(reason: failure))) }
    }

    /// Gives up; `done` is not called any more.
    func cancel() {
        done = nil
        release()
    }

    private func wait(_ descriptor: Int32, _ address: SocketAddress) -> Bool {
        let attempt = ConnectAttempt(descriptor) { [unowned self] in settle($0, address) }
        guard attempt.start(on: loop) else { return false }
        attempts.append(attempt)
        let timer = timer ?? loop.makeTimer { [weak self] in self?.next() }
        timer.arm(at: loop.now + Self.patience)
        self.timer = timer
        return true
    }

    private func settle(_ attempt: ConnectAttempt, _ address: SocketAddress) {
        let error = Socket.pendingError(attempt.descriptor)
        attempts.removeAll { $0 === attempt }
        attempt.stop()
        if error == 0 { return won(attempt.descriptor) }
        failure = "\(address.host): \(Socket.text(error))"
        close(attempt.descriptor)
        next()
    }

    private func won(_ descriptor: Int32) { finish(.success(descriptor)) }

    private func finish(_ result: Result<Int32, ConnectFailure>) {
        release()
        let done = done
        self.done = nil
        guard let done else {
            if case .success(let descriptor) = result { close(descriptor) }
            return
        }
        done(result)
    }

    private func release() {
        timer = nil
        addresses = []
        for attempt in attempts {
            attempt.stop()
            close(attempt.descriptor)
        }
        attempts = []
    }

    /// The first family of the system's order first, then in turn.
    static func interleaved(_ addresses: [SocketAddress]) -> [SocketAddress] {
        guard let family = addresses.first?.family else { return [] }
        var first = addresses.filter { $0.family == family }[...]
        var second = addresses.filter { $0.family != family }[...]
        var mixed: [SocketAddress] = []
        while !first.isEmpty || !second.isEmpty {
            if let address = first.popFirst() { mixed.append(address) }
            if let address = second.popFirst() { mixed.append(address) }
        }
        return mixed
    }
}

/// One connect(2) under way.
private final class ConnectAttempt: DescriptorListener {
    let descriptor: Int32
    private let ready: (ConnectAttempt) -> Void
    private var watch: DescriptorWatch?

    init(_ descriptor: Int32, _ ready: @escaping (ConnectAttempt) -> Void) {
        self.descriptor = descriptor
        self.ready = ready
    }

    func start(on loop: EventLoop) -> Bool {
        watch = DescriptorWatch(descriptor, on: loop, for: self)
        watch?.watch(readable: false, writable: true)
        return watch != nil
    }

    func stop() {
        watch?.close()
        watch = nil
    }

    func descriptorReady(readable: Bool, writable: Bool) { ready(self) }
}
