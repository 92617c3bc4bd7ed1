import CUV
import Glibc
import Instruments

/// Accepts connections on one loop and hands each to `accepted`.
final class Listener: LoopResident, DescriptorListener, @unchecked Sendable {
    // Safe because after `init` every member is used on the loop's thread only.

    /// Connections taken in one event, before the loop's other sockets get their turn.
    private static let acceptsPerEvent = 64
    /// How long to rest when the machine has no descriptor or memory left, not even for turning
    /// a peer away: the event would come again at once.
    private static let rest = Duration.milliseconds(100)

    /// Where it accepts, as bound.
    var address: ListenAddress { socket.address }
    private let socket: ListenSocket
    private let loop: EventLoop
    private let accepted: @Sendable (Int32) -> Void
    private let failed: @Sendable (Int32) -> Void
    private var watch: DescriptorWatch?
    /// Held for the day when there are no others: closed to accept one peer and turn it away.
    private var reserve: Int32 = -1
    private var restTimer: (any LoopTimer)?
    private var isClosed = false

    /// `accepted` owns the descriptor it gets; `failed` hears the errno of every accept that
    /// went wrong. Both are called on the loop.
    init(
        _ socket: ListenSocket, on loop: EventLoop,
        accepted: @escaping @Sendable (Int32) -> Void, failed: @escaping @Sendable (Int32) -> Void
    ) {
        self.socket = socket
        self.loop = loop
        self.accepted = accepted
        self.failed = failed
    }

    deinit { if !isClosed { socket.close() } }

    /// Begins; false when the loop has ended.
    func start() -> Bool {
        watch = DescriptorWatch(socket.descriptor, on: loop, for: self)
        guard watch != nil else { return false }
        reserve = Self.openReserve()
        loop.add(self)
        watch?.watch(readable: true, writable: false)
        return true
    }

    /// Stops polling and closes; never shutdown(2) (see ListenSocket).
    func close() {
        guard !isClosed else { return }
        isClosed = true
        restTimer?.disarm()
        restTimer = nil
        watch?.close()
        watch = nil
        socket.close()
        if reserve >= 0 { Glibc.close(reserve) }
        loop.remove(self)
    }

    func loopStops() { close() }

    func descriptorReady(readable: Bool, writable: Bool) {
        for _ in 0..<Self.acceptsPerEvent {
            let descriptor = cuv_accept(socket.descriptor)
            if descriptor >= 0 {
                accepted(descriptor)
                if isClosed { return }
                continue
            }
            switch -descriptor {
            case EAGAIN: return
            // The peer, or the network, gave up on a connection that was waiting (accept(2)).
            case EINTR, ECONNABORTED, EPROTO, ENETDOWN, ENETUNREACH, EHOSTDOWN, EHOSTUNREACH,
                ENOPROTOOPT, ENONET, EOPNOTSUPP, EPERM, ETIMEDOUT:
                failed(-descriptor)
            case EMFILE, ENFILE:
                failed(-descriptor)
                guard turnAway() else { return pause() }
            default:
                failed(-descriptor)
                return pause()
            }
        }
    }

    /// Takes one peer with the reserve descriptor and closes it, so that it is not left waiting.
    private func turnAway() -> Bool {
        guard reserve >= 0 else { return false }
        Glibc.close(reserve)
        let descriptor = cuv_accept(socket.descriptor)
        if descriptor >= 0 { Glibc.close(descriptor) }
        reserve = Self.openReserve()
        return descriptor >= 0 && reserve >= 0
    }

    private func pause() {
        watch?.watch(readable: false, writable: false)
        let timer = loop.makeTimer { [weak self] in
            guard let self, !isClosed else { return }
            if reserve < 0 { reserve = Self.openReserve() }
            watch?.watch(readable: true, writable: false)
        }
        timer.arm(at: loop.now + Self.rest)
        restTimer = timer
    }

    private static func openReserve() -> Int32 { open("/dev/null", O_RDONLY | O_CLOEXEC) }
}
