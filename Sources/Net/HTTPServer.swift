import Glibc
package import Instruments
import Synchronization
import Wire

/// Listens, and answers requests by a handler.
///
///     Listener (first loop) ─▶ quietest loop: HTTPServerConnection ─▶ HTTPHandler
///                                                     └─ upgrade ─▶ WebSocketConnection
///
/// WebSockets that were accepted belong to their owners; closing the server leaves them alone.
package final class HTTPServer: Sendable {
    let limits: HTTPServerLimits
    let handler: any HTTPHandler
    private let loops: LoopPool
    private let log: Log
    private let faultLog: FaultLog
    private let observer: (any NetObserver)?
    private let resolver = Resolver()
    private let listeners = Guarded<[Listener]>([])
    private let shelves: [ConnectionShelf]
    private let connections = Atomic<Int>(0)
    private let refusals = Atomic<Int>(0)
    private let isEnding = Atomic<Bool>(false)

    /// A server without an address; `observer` counts what goes wrong.
    package init(
        loops: LoopPool, limits: HTTPServerLimits = .init(), log: Log, handler: any HTTPHandler,
        observer: (any NetObserver)? = nil
    ) {
        self.loops = loops
        self.limits = limits
        self.log = log
        faultLog = FaultLog(to: log)
        self.handler = handler
        self.observer = observer
        shelves = loops.loops.map { ConnectionShelf(on: $0) }
    }

    deinit {
        // A listener lives on its loop: it would take connections for nobody.
        let all = listeners.withLock { $0 }
        loops.loops[0].run {
            for listener in all { listener.close() }
        }
    }

    /// Connections open now, WebSockets among them.
    package var openConnections: Int { connections.load(ordering: .relaxed) }

    /// Begins to accept at an address, with TLS if given; returns it as bound. A Unix path that
    /// `isPrivate` can be opened by its owner alone.
    @discardableResult
    package func listen(
        _ address: ListenAddress, tls: TLSContext? = nil, isPrivate: Bool = false
    ) async throws(ListenError) -> ListenAddress {
        let socket = try ListenSocket.open(try await inDigits(address), isPrivate: isPrivate)
        let loop = loops.loops[0]
        let listener = Listener(
            socket, on: loop,
            accepted: { [weak self] descriptor in
                guard let self else {
                    Glibc.close(descriptor)
                    return
                }
                accepted(descriptor, tls)
            },
            failed: { [weak self] in self?.saw(.acceptFailed($0), from: "") })
        let isStarted = await onLoop(loop) { listener.start() }
        guard isStarted else { throw ListenError(reason: "\(address.text): the loop has ended") }
        listeners.withLock { $0.append(listener) }
        log.info("net.listening", "Listening", LogField("ADDRESS", socket.address.text))
        return socket.address
    }

    /// Accepts no more at one address; goes on at the others.
    package func stopAccepting(at address: ListenAddress) async {
        let leaving = listeners.withLock { listeners in
            defer { listeners.removeAll { $0.address == address } }
            return listeners.filter { $0.address == address }
        }
        await onLoop(loops.loops[0]) {
            for listener in leaving { listener.close() }
        }
    }

    /// Accepts no more. Connections live on, each until its next answer is sent.
    package func stopAccepting() async {
        isEnding.store(true, ordering: .relaxed)
        let all = listeners.withLock { listeners in
            defer { listeners = [] }
            return listeners
        }
        await onLoop(loops.loops[0]) {
            for listener in all { listener.close() }
        }
    }

    /// Accepts no more, closes idle connections and drops those with a request in hand.
    package func close() async {
        await stopAccepting()
        for shelf in shelves {
            await onLoop(shelf.loop) { shelf.closeAll() }
        }
    }

    /// True once the server accepts no more: answers say that the connection closes.
    var isClosing: Bool { isEnding.load(ordering: .relaxed) }

    /// Counts and logs a fault.
    func saw(_ fault: NetFault, from peer: String) {
        observer?.saw(fault, from: peer)
        faultLog.note(fault, from: peer)
    }

    var faults: (any NetObserver)? { observer }

    /// What the handler says; OPTIONS of the server itself has nothing to tell (RFC 9110
    /// section 9.3.7).
    func answer(_ request: HTTPRequest, on loop: any Loop) async -> HTTPAnswer {
        guard request.target != "*" else { return .respond(HTTPResponse(status: 204)) }
        return await handler.answer(request, on: loop)
    }

    private func accepted(_ descriptor: Int32, _ tls: TLSContext?) {
        Socket.prepare(descriptor)
        let loop = loops.quietest()
        let count = connections.wrappingAdd(1, ordering: .relaxed).newValue
        guard count > limits.connectionsMax else { return admit(descriptor, tls, on: loop) }
        // Where most stand in line, whose place is taken; that of whoever comes is elsewhere.
        let crowd = shelves.max { $0.lineLength < $1.lineLength }
        (crowd?.loop ?? loop).run { [self] in
            if crowd?.makeRoom() == true { return admit(descriptor, tls, on: loop) }
            connections.subtract(1, ordering: .relaxed)
            refuse(descriptor, isPlain: tls == nil, on: loop)
        }
    }

    private func admit(_ descriptor: Int32, _ tls: TLSContext?, on loop: EventLoop) {
        loop.run { [self] in
            let shelf = shelves.first { $0.loop === loop }
            let session = tls.flatMap { TLSSession(accepting: descriptor, $0) }
            let connection = Connection(descriptor: descriptor, tls: session, loop: loop)
            connection.whenClosed = { [self] in connections.subtract(1, ordering: .relaxed) }
            guard (session == nil) == (tls == nil) else {
                saw(.handshakeRefused("OpenSSL gives no session"), from: connection.peer)
                return connection.close()
            }
            HTTPServerConnection(connection, of: self, on: shelf).start()
        }
    }

    /// Says 503 to a peer that speaks plainly, if there are not too many of them either.
    private func refuse(_ descriptor: Int32, isPlain: Bool, on loop: EventLoop) {
        let count = refusals.wrappingAdd(1, ordering: .relaxed).newValue
        loop.run { [self] in
            let connection = Connection(descriptor: descriptor, tls: nil, loop: loop)
            connection.whenClosed = { [self] in refusals.subtract(1, ordering: .relaxed) }
            saw(.tooManyConnections, from: connection.peer)
            guard isPlain, count <= limits.refusalsMax else { return connection.close() }
            connection.start()
            Self.overload.withUnsafeBytes { _ = connection.send($0) }
            connection.finish(within: limits.lingering)
        }
    }

    /// Written once: whoever is refused must cost next to nothing.
    private static let overload: [UInt8] =
        (try? HTTPWriter.response(
            .problem(
                status: 503, detail: "as many connections as allowed are open",
                fields: ["Retry-After": "1"]),
            toHEAD: false, keepsAlive: false)) ?? []

    /// The address with its host in digits.
    private func inDigits(_ address: ListenAddress) async throws(ListenError) -> ListenAddress {
        guard case .tcp(let host, let port) = address, !host.isEmpty,
            SocketAddress(digits: host, port: port) == nil
        else { return address }
        let answer = await withCheckedContinuation { continuation in
            resolver.lookUp(host, port: port, on: loops.loops[0]) {
                continuation.resume(returning: $0)
            }
        }
        switch answer {
        case .success(let found): return .tcp(host: found[0].host, port: port)
        case .failure(let failure):
            throw ListenError(reason: "\(address.text): \(failure.reason)")
        }
    }
}

/// Runs `work` on a loop and waits for its result.
func onLoop<Result: Sendable>(
    _ loop: EventLoop, _ work: @escaping @Sendable () -> Result
) async -> Result {
    await withCheckedContinuation { continuation in
        loop.run { continuation.resume(returning: work()) }
    }
}
