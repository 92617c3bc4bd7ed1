import Glibc
import Instruments
import Wire

/// What a connection tells its owner, on the connection's loop.
protocol ConnectionOwner: AnyObject {
    /// TLS is agreed on, or there is none: bytes may flow.
    func connectionOpened()
    /// Bytes of the peer, to be changed at will until the call returns; `LoopBuffers.paddingBytes`
    /// readable bytes lie behind them.
    func connectionReceived(_ bytes: UnsafeMutableRawBufferPointer)
    /// Some of the queue went out.
    func connectionWrote()
    /// It is over, and closed. Never told inside a call of the owner's.
    func connectionEnded(_ end: ConnectionEnd)
}

/// How a connection ended without our asking.
enum ConnectionEnd: Equatable {
    case endOfFile
    /// Reset, timed out, or broken TLS.
    case lost(String)
    /// The TLS handshake failed.
    case refusedTLS(String)
    /// Its loop stopped.
    case loopStopped
}

/// A socket with or without TLS, and what waits to be written.
///
///     kernel ─▶ one read an event, into the loop's buffer ─▶ owner
///     owner ─▶ built in the loop's buffer ─▶ written at once ─▶ kernel
///                                               └─ what did not fit: queue ─▶ when writable
///
/// An idle connection owns no buffer. The watch on the descriptor changes only when the queue
/// fills or empties, or reading is paused. The loop keeps the connection, the connection its
/// owner, until it is closed; the owner is told of the end exactly once, unless it asked for it.
final class Connection: @unchecked Sendable {
    // Safe because every member is used on the loop's thread only; `detach` hands it over to
    // another loop through that loop's lock.

    enum State: Equatable {
        case handshaking
        case open
        /// The owner let go: what is queued goes out, then the peer's end is awaited.
        case finishing
        case closed
    }

    var loop: EventLoop
    /// The loop's; valid because the loop is held.
    var buffers: UnsafeMutablePointer<LoopBuffers>
    var state: State
    var owner: (any ConnectionOwner)?
    /// Called once when the descriptor is closed, whoever asked for it.
    var whenClosed: (() -> Void)?
    /// The peer's address in digits, or "unix".
    let peer: String
    /// Bytes taken by the kernel so far: whoever waits for progress compares.
    var writtenBytes = 0

    let descriptor: Int32
    let tls: TLSSession?
    var watch: DescriptorWatch?
    var queue = ByteQueue(bytesMax: .max) { didSet { queuedBytes = queue.count } }
    /// How many bytes the queue holds: asked for every frame, and a call away in another module.
    private(set) var queuedBytes = 0
    var wantsReading = false
    /// OpenSSL can go on writing only after reading, and the other way round.
    var writeWaitsForRead = false
    var readWaitsForWrite = false
    var failure: ConnectionEnd?
    var lingerTimer: (any LoopTimer)?
    var hasSentEnd = false
    /// What a successor would need; nil when there will be none.
    var page: StreamPage?
    /// Somebody else holds the socket open too.
    var isShared = false

    /// Reads in one go while OpenSSL holds bytes back, before other connections get their turn.
    static let readsPerEvent = 8

    /// Takes over a connected, non-blocking socket; nothing happens before `start`.
    init(descriptor: Int32, tls: TLSSession?, loop: EventLoop) {
        self.descriptor = descriptor
        self.tls = tls
        self.loop = loop
        buffers = loop.buffers
        peer = SocketAddress.peer(of: descriptor)?.host ?? "unix"
        state = tls == nil ? .open : .handshaking
    }

    deinit { if state != .closed { Glibc.close(descriptor) } }

    /// Begins: with TLS the handshake, whose end is told; without, at once.
    func start() {
        guard attach() else { return end(.loopStopped) }
        if state == .handshaking { stepHandshake() } else { owner?.connectionOpened() }
    }

    /// Whether the owner wants bytes.
    var isReading: Bool {
        get { wantsReading }
        set {
            // Whoever let go has no say any more: the peer's end is read for.
            guard newValue != wantsReading, state != .finishing else { return }
            wantsReading = newValue
            updateWatch()
            // What OpenSSL already holds, no event will tell of.
            if newValue, tls?.hasPending == true { receiveSoon() }
        }
    }

    /// Builds bytes in place and sends them. `fill` gets `bytesMax` of memory and returns which
    /// part of it to send. False when the connection is lost; its end is told later.
    @inline(__always)
    func write(
        _ bytesMax: Int, _ fill: (UnsafeMutableRawBufferPointer) -> UnsafeRawBufferPointer
    ) -> Bool {
        guard state == .open, failure == nil else { return false }
        let buffers = buffers
        let memory = buffers.pointee.lend(bytesMax)
        defer { buffers.pointee.takeBack(memory) }
        return send(fill(UnsafeMutableRawBufferPointer(start: memory, count: bytesMax)))
    }

    /// Sends bytes: at once what the kernel takes, the rest when it takes more.
    @discardableResult
    func send(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard state == .open, failure == nil else { return false }
        var rest = bytes
        page?.add(bytes)
        if queuedBytes == 0 {
            let taken = transmit(bytes)
            guard taken < bytes.count else {
                page?.drained()
                return true
            }
            guard failure == nil else {
                endSoon()
                return false
            }
            rest = UnsafeRawBufferPointer(rebasing: bytes[taken...])
        }
        // The owner keeps the queue within its limit.
        _ = queue.append(rest)
        updateWatch()
        return true
    }

    /// Lets go: sends what is queued, says that no more comes, waits for the peer's end so that
    /// it can read our last words (RFC 9112 section 9.6), and closes; all of it within `time`.
    func finish(within time: Duration) {
        owner = nil
        guard state == .open else { return close() }
        state = .finishing
        let timer = loop.makeTimer { [weak self] in self?.close() }
        timer.arm(at: loop.now + time)
        lingerTimer = timer
        wantsReading = true
        sendEnd()
        updateWatch()
    }

    /// Closes at once; the owner hears nothing more.
    func close() {
        guard state != .closed else { return }
        state = .closed
        owner = nil
        lingerTimer?.disarm()
        lingerTimer = nil
        watch?.close()
        watch = nil
        queue.removeAll()
        tls?.shutdown()
        stopKeeping()
        // The peer has to see the end although another descriptor is open yet.
        if isShared { Glibc.shutdown(descriptor, Int32(SHUT_RDWR)) }
        Glibc.close(descriptor)
        loop.remove(self)
        whenClosed?()
        whenClosed = nil
    }

    /// Leaves its loop: no event arrives until `attach(to:)`.
    func detach() {
        watch?.close()
        watch = nil
        loop.remove(self)
    }

    /// Arrives on another loop; on that loop's thread, reading paused. False when it has ended.
    func attach(to loop: EventLoop) -> Bool {
        self.loop = loop
        buffers = loop.buffers
        wantsReading = false
        guard attach() else { return false }
        endSoon()
        return true
    }

    private func attach() -> Bool {
        watch = DescriptorWatch(descriptor, on: loop, for: self)
        guard watch != nil else { return false }
        loop.add(self)
        updateWatch()
        return true
    }

    func updateWatch() {
        guard let watch else { return }
        if state == .handshaking { return }
        let hasQueue = queuedBytes > 0
        watch.watch(
            readable: wantsReading && !readWaitsForWrite || writeWaitsForRead && hasQueue,
            writable: hasQueue && !writeWaitsForRead || readWaitsForWrite && wantsReading)
    }
}
