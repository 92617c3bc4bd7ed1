import Instruments
import Wire

/// One connection of a server: reads a request, has it answered, writes the answer; again.
///
///     tls ─▶ head ─▶ body ─▶ answering ─▶ writing ─▶ waiting ─▶ head …
///             │       │          ├─▶ streaming ─▶ writing
///             └───────┴─ refused └─▶ a WebSocket takes the connection over
///
/// Requests are read one at a time: what is pipelined behind one waits unread, and answers keep
/// their order. Each stage has its deadline; whoever misses it is cut, with 408 or 503 where
/// that can still be said.
final class HTTPServerConnection: @unchecked Sendable {
    // Safe because every member is used on the connection's loop only; its tasks run there too.

    private enum Stage {
        case tls, head, body, answering, streaming, writing, waiting, over
    }

    /// What the reader's events ask for; done when the reader is free again.
    private enum Matter {
        case admit(HTTPFraming)
        case answer
        case refuse(HTTPFailure)
    }

    let connection: Connection
    let limits: HTTPServerLimits
    private let server: HTTPServer
    private let shelf: ConnectionShelf?
    private var reader: HTTPReader
    private var stage = Stage.tls
    private var matter: Matter?
    private(set) var request = HTTPRequest(method: "", target: "")
    private(set) var minorVersion = 1
    private var keepsAlive = false
    private var requests = 0
    /// Bytes that came while an answer was streamed.
    private var early: [UInt8] = []
    private var task: Task<Void, Never>?
    var stream: HTTPStream?
    private var timer: (any LoopTimer)?
    /// `writtenBytes` when the stall clock was started.
    private var writtenBefore = 0

    init(_ connection: Connection, of server: HTTPServer, on shelf: ConnectionShelf?) {
        self.connection = connection
        self.server = server
        self.shelf = shelf
        limits = server.limits
        reader = HTTPReader(role: .requests, limits: server.limits.messages)
    }

    func start() {
        shelf?.add(self)
        connection.owner = self
        enter(.tls)
        connection.start()
    }

    /// The server closes: an idle peer is let go politely, one with a request is dropped.
    func close() {
        if stage == .waiting || stage == .head, reader.isIdle { finish() } else { drop() }
    }

    /// Enters a stage and starts its clock.
    private func enter(_ next: Stage) {
        stage = next
        let patience: Duration
        switch next {
        case .tls: patience = limits.tlsHandshake
        case .head: patience = limits.head
        case .body: patience = limits.body
        case .answering: patience = limits.answer
        case .waiting: patience = limits.keepAlive
        case .writing, .streaming:
            writtenBefore = connection.writtenBytes
            patience = limits.write
        case .over:
            timer = nil
            return
        }
        let timer = timer ?? connection.loop.makeTimer { [weak self] in self?.late() }
        timer.arm(at: connection.loop.now + patience)
        self.timer = timer
    }

    private func late() {
        switch stage {
        case .tls: cut(.tlsHandshake)
        // A peer that said nothing at all is not told anything either.
        case .head: reader.isIdle ? cut(.head) : refuse(408, .head)
        case .body: refuse(408, .body)
        case .answering:
            task?.cancel()
            refuse(503, .answer)
        case .waiting: finish()
        case .writing, .streaming:
            let isStuck = !connection.queue.isEmpty && connection.writtenBytes == writtenBefore
            if isStuck { cut(.write) } else { enter(stage) }
        case .over: break
        }
    }

    private func cut(_ stage: NetFault.Stage) {
        server.saw(.timedOut(stage), from: connection.peer)
        drop()
    }

    private func refuse(_ status: Int, _ stage: NetFault.Stage) {
        server.saw(.timedOut(stage), from: connection.peer)
        respondAndFinish(HTTPResponse(status: status))
    }

    private func drop() {
        guard stage != .over else { return }
        leave()
        connection.close()
    }

    private func finish() {
        guard stage != .over else { return }
        leave()
        connection.finish(within: limits.lingering)
    }

    /// The connection is no longer ours.
    private func leave() {
        enter(.over)
        task?.cancel()
        task = nil
        stream?.end()
        stream = nil
        shelf?.remove(self)
    }
}

// What arrives.
extension HTTPServerConnection: ConnectionOwner {
    func connectionOpened() {
        enter(.head)
        connection.isReading = true
    }

    func connectionReceived(_ bytes: UnsafeMutableRawBufferPointer) {
        if stage == .streaming {
            // The next request is early: no more is read before this answer is done.
            early.append(contentsOf: bytes)
            connection.isReading = false
            return
        }
        if stage == .waiting { enter(.head) }
        reader.receive(UnsafeRawBufferPointer(bytes)) { take($0) }
        settle()
    }

    func connectionWrote() {
        if connection.queue.count <= limits.streamQueueBytesMax / 2 { stream?.drained() }
        if stage == .writing, connection.queue.isEmpty { next() }
    }

    func connectionEnded(_ end: ConnectionEnd) {
        if case .refusedTLS(let reason) = end {
            server.saw(.handshakeRefused(reason), from: connection.peer)
        }
        leave()
    }

    /// One event of the reader, which must not be touched meanwhile; false pauses it.
    private func take(_ event: HTTPReader.Event) -> Bool {
        switch event {
        case .request(let request, let framing):
            self.request = request
            self.request.peer = connection.peer
            matter = .admit(framing)
            return false
        case .body(let bytes):
            request.body.append(contentsOf: bytes)
            return true
        case .end:
            matter = .answer
            return false
        case .failure(let failure):
            matter = .refuse(failure)
            return false
        case .response: return true
        }
    }

    /// Does what the reader asked for, until it waits for bytes or for an answer.
    private func settle() {
        while let now = matter, stage != .over {
            matter = nil
            switch now {
            case .admit(let framing): admit(framing)
            case .answer: answer()
            case .refuse(let failure):
                server.saw(
                    .requestRefused(status: failure.status, reason: failure.reason),
                    from: connection.peer)
                respondAndFinish(
                    HTTPResponse(
                        status: failure.status, type: "text/plain", text: failure.reason + "\n"))
            }
        }
    }

    private func admit(_ framing: HTTPFraming) {
        requests += 1
        minorVersion = framing.minorVersion
        keepsAlive = framing.keepsAlive && requests < limits.requestsPerConnectionMax
        if framing.body != .none {
            reader.allowBody(atMost: server.handler.bodyLimit(request))
            enter(.body)
        }
        reader.resume { take($0) }
        // Not after a refusal, nor when the body is here already.
        if framing.expectsContinue, matter == nil {
            HTTPWriter.goOn.withUnsafeBytes { _ = connection.send($0) }
        }
    }
}

// What is answered.
extension HTTPServerConnection {
    private func answer() {
        connection.isReading = false
        enter(.answering)
        let turn = requests
        let asked = request
        task = Task(executorPreference: connection.loop.tasks) { [self] in
            let answer = await server.handler.answer(asked, on: connection.loop)
            // Late answers, to a peer that was cut, are dropped.
            guard stage == .answering, requests == turn else { return }
            send(answer)
        }
    }

    private func send(_ answer: HTTPAnswer) {
        switch answer {
        case .respond(let response): respond(response)
        case .stream(let response, let body): beginStream(response, body)
        case .webSocket(let acceptance): upgrade(acceptance)
        }
    }

    /// Says this and closes, whatever the peer still sends.
    private func respondAndFinish(_ response: HTTPResponse) {
        keepsAlive = false
        respond(response)
    }

    private func respond(_ response: HTTPResponse) {
        keepsAlive = keepsAlive && !server.isClosing
        do throws(HTTPWriterError) {
            write(
                try HTTPWriter.response(
                    response, toHEAD: request.method == "HEAD", keepsAlive: keepsAlive,
                    date: date))
        } catch {
            return unusable("\(error)")
        }
        if connection.queue.isEmpty || !keepsAlive { next() } else { enter(.writing) }
    }

    /// A handler's fault: the peer gets 500, the log the reason.
    private func unusable(_ reason: String) {
        server.saw(.answerUnusable(reason), from: connection.peer)
        respondAndFinish(HTTPResponse(status: 500))
    }

    private var date: String { HTTPDate.text(connection.loop.time.wallClock) }

    func write(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { _ = connection.send($0) }
    }

    /// The answer is out: the next request, or the end.
    private func next() {
        guard keepsAlive else { return finish() }
        task = nil
        request = HTTPRequest(method: "", target: "")
        enter(.waiting)
        reader.resume { take($0) }
        if matter == nil, !early.isEmpty {
            let bytes = early
            early = []
            bytes.withUnsafeBytes { reader.receive($0) { take($0) } }
        }
        if stage == .waiting, !reader.isIdle || matter != nil { enter(.head) }
        if matter == nil { connection.isReading = true }
        settle()
    }

    private func beginStream(
        _ response: HTTPResponse, _ body: @escaping @Sendable (any HTTPBodyWriter) async -> Void
    ) {
        // HTTP/1.0 knows no chunks: there the body ends with the connection.
        let isChunked = minorVersion >= 1
        keepsAlive = keepsAlive && isChunked && !server.isClosing
        do throws(HTTPWriterError) {
            write(
                try HTTPWriter.head(
                    of: response, body: isChunked ? .chunked : .none, keepsAlive: keepsAlive,
                    date: date))
        } catch {
            return unusable("\(error)")
        }
        guard request.method != "HEAD" else { return endStream() }
        let stream = HTTPStream(self, isChunked: isChunked)
        self.stream = stream
        stream.send(response.body)
        enter(.streaming)
        // Reading tells when the peer goes.
        connection.isReading = true
        let turn = requests
        task = Task(executorPreference: connection.loop.tasks) { [self] in
            await body(stream)
            guard stage == .streaming, requests == turn else { return }
            if isChunked { write(HTTPWriter.lastChunk) }
            endStream()
        }
    }

    private func endStream() {
        stream?.end()
        stream = nil
        connection.isReading = false
        if connection.queue.isEmpty || !keepsAlive { next() } else { enter(.writing) }
    }

    private func upgrade(_ acceptance: WebSocketAcceptance) {
        let offer: WebSocketOffer
        switch WebSocketHandshake.check(request, minorVersion: minorVersion) {
        case .offer(let valid): offer = valid
        case .refuse(let response):
            server.saw(
                .requestRefused(status: response.status, reason: "no WebSocket handshake"),
                from: connection.peer)
            return respond(response)
        }
        do throws(HTTPWriterError) {
            write(
                try HTTPWriter.response(
                    offer.response(subprotocol: acceptance.subprotocol), date: date))
        } catch {
            return unusable("\(error)")
        }
        let unread = reader.takeRest()
        leave()
        let socket = WebSocketConnection(
            connection,
            machine: WebSocketMachine(
                role: .server, messageBytesMax: acceptance.options.messageBytesMax),
            unread: unread, options: acceptance.options, observer: server.faults)
        acceptance.accepted(socket)
    }
}
