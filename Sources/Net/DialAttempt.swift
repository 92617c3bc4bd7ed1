import Instruments
import Wire

/// One WebSocket being opened.
///
///     start ─▶ Resolver ─▶ Connector ─▶ Connection, TLS ─▶ request ─▶ answer ─▶ WebSocketConnection
///       any step may end it: an error, the deadline, a cancellation, the loop's end
final class DialAttempt: LoopResident, @unchecked Sendable {
    // Safe because every member is used on the loop's thread only.

    /// What to open.
    struct Plan: Sendable {
        var address: WebAddress
        var fields: HTTPFields
        var subprotocols: [String]
        var options: WebSocketOptions
        /// A Unix socket to go through.
        var path: String?
        /// Nil for ws.
        var tls: TLSContext?
        var observer: (any NetObserver)?
    }

    typealias Outcome = Result<any MessageSocket, DialError>

    /// What is kept of a refusal's body.
    private static let bodyBytesMax = 64 << 10

    private let plan: Plan
    private let resolver: Resolver
    private let loop: EventLoop
    private let key: String
    private var continuation: CheckedContinuation<Outcome, Never>?
    private var isOver = false
    private var timer: (any LoopTimer)?
    private var connector: Connector?
    private var connection: Connection?
    private var reader: HTTPReader
    private var response: HTTPResponse?

    init(_ plan: Plan, _ resolver: Resolver, on loop: EventLoop) {
        self.plan = plan
        self.resolver = resolver
        self.loop = loop
        var limits = HTTPLimits()
        limits.bodyBytesMax = Self.bodyBytesMax
        reader = HTTPReader(role: .response, limits: limits)
        var random = SystemRandomNumberGenerator()
        key = WebSocketHandshake.key(
            nonce: (0..<16).map { _ in UInt8.random(in: 0...255, using: &random) })
    }

    func start(within timeout: Duration, _ continuation: CheckedContinuation<Outcome, Never>) {
        guard !isOver else { return continuation.resume(returning: .failure(.cancelled)) }
        self.continuation = continuation
        loop.add(self)
        let timer = loop.makeTimer { [weak self] in self?.fail(.timedOut) }
        timer.arm(at: loop.now + timeout)
        self.timer = timer
        if let path = plan.path {
            guard let address = SocketAddress(path: path) else {
                return fail(.connect("the path is empty or too long"))
            }
            return connect([address])
        }
        resolver.lookUp(plan.address.host, port: plan.address.port, on: loop) { [self] answer in
            switch answer {
            case .success(let addresses): connect(addresses)
            case .failure(let failure): fail(.resolve(failure.reason))
            }
        }
    }

    func cancel() { fail(.cancelled) }

    func loopStops() { fail(.cancelled) }

    private func connect(_ addresses: [SocketAddress]) {
        guard !isOver else { return }
        let connector = Connector(to: addresses, on: loop) { [self] result in
            switch result {
            case .success(let descriptor): connected(descriptor)
            case .failure(let failure): fail(.connect(failure.reason))
            }
        }
        self.connector = connector
        connector.next()
    }

    private func connected(_ descriptor: Int32) {
        connector = nil
        let session = plan.tls.flatMap {
            TLSSession(connecting: descriptor, to: plan.address.host, $0)
        }
        let connection = Connection(descriptor: descriptor, tls: session, loop: loop)
        self.connection = connection
        guard (session == nil) == (plan.tls == nil) else {
            return fail(.tls("OpenSSL gives no session for this host"))
        }
        connection.owner = self
        connection.start()
    }

    private func fail(_ error: DialError) {
        // A refusal that was being read is more to the point than what cut it off.
        if let response, response.status != 101, error != .cancelled {
            return finish(.failure(.refused(status: response.status, response: response)))
        }
        finish(.failure(error))
    }

    private func finish(_ outcome: Outcome) {
        guard !isOver else { return }
        isOver = true
        timer = nil
        connector?.cancel()
        connector = nil
        if case .failure = outcome { connection?.close() }
        connection = nil
        loop.remove(self)
        continuation?.resume(returning: outcome)
        continuation = nil
    }
}

extension DialAttempt: ConnectionOwner {
    func connectionOpened() {
        let request = WebSocketHandshake.request(
            authority: plan.address.authority, target: plan.address.target, key: key,
            fields: plan.fields, subprotocols: plan.subprotocols)
        do throws(HTTPWriterError) {
            let bytes = try HTTPWriter.request(request, host: plan.address.authority)
            bytes.withUnsafeBytes { _ = connection?.send($0) }
        } catch {
            return fail(.handshake("the request cannot be written: \(error)"))
        }
        connection?.isReading = true
    }

    func connectionReceived(_ bytes: UnsafeMutableRawBufferPointer) {
        var isWhole = false
        var failure: String?
        reader.receive(UnsafeRawBufferPointer(bytes)) { event in
            switch event {
            case .response(let head, _): response = head
            case .body(let piece): response?.body.append(contentsOf: piece)
            case .end:
                isWhole = true
                // What follows a 101 is the WebSocket's.
                return false
            case .failure(let fault): failure = fault.reason
            case .request: break
            }
            return true
        }
        if let failure { return fail(.handshake(failure)) }
        if isWhole { judge() }
    }

    func connectionWrote() {}

    func connectionEnded(_ end: ConnectionEnd) {
        switch end {
        case .refusedTLS(let reason): fail(.tls(reason))
        case .lost(let reason): fail(.handshake(reason))
        case .endOfFile: fail(.handshake("the server hung up before its answer was whole"))
        case .loopStopped: fail(.cancelled)
        }
    }

    private func judge() {
        guard let response, let connection else { return }
        do throws(WebSocketRefusal) {
            _ = try WebSocketHandshake.checkResponse(
                response, key: key, subprotocols: plan.subprotocols)
        } catch {
            switch error {
            case .status(let status):
                return finish(.failure(.refused(status: status, response: response)))
            case .broken(let reason): return fail(.handshake(reason))
            }
        }
        let socket = WebSocketConnection(
            connection,
            machine: WebSocketMachine(
                role: .client, messageBytesMax: plan.options.messageBytesMax),
            unread: reader.takeRest(), options: plan.options, observer: plan.observer)
        finish(.success(socket))
    }
}
