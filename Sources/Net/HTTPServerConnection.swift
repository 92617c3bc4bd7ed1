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

    enum Stage {
        case tls, head, body, answering, streaming, writing, waiting, over
    }

    /// What the reader's events ask for; done when the reader is free again.
    enum Matter {
        case admit(HTTPFraming)
        case answer
        case refuse(HTTPFailure)
    }

    let connection: Connection
    let limits: HTTPServerLimits
    let server: HTTPServer
    private let shelf: ConnectionShelf?
    /// Where we stand among those from which bytes are due; the shelf's business.
    var place = ConnectionShelf.Place()
    var reader: HTTPReader
    var stage = Stage.tls
    var matter: Matter?
    var request = HTTPRequest(method: "", target: "")
    var minorVersion = 1
    var keepsAlive = false
    var requests = 0
    /// Bytes that came while an answer was streamed.
    var early: [UInt8] = []
    var task: Task<Void, Never>?
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

    /// Another needs the place more: from us bytes are due, and have been for the longest time.
    func giveWay() {
        server.saw(.gaveWay, from: connection.peer)
        drop()
    }

    /// Enters a stage and starts its clock.
    func enter(_ next: Stage) {
        stage = next
        switch next {
        case .tls, .head, .body, .waiting: shelf?.standInLine(self)
        case .answering, .streaming, .writing, .over: shelf?.leaveLine(self)
        }
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
        case .head: reader.isIdle ? cut(.head) : refuse(408, .head, "the head did not come in time")
        case .body: refuse(408, .body, "the body did not come in time")
        case .answering:
            task?.cancel()
            refuse(503, .answer, "no answer was found in time")
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

    private func refuse(_ status: Int, _ stage: NetFault.Stage, _ detail: String) {
        server.saw(.timedOut(stage), from: connection.peer)
        respondAndFinish(.problem(status: status, detail: detail))
    }

    private func drop() {
        guard stage != .over else { return }
        leave()
        connection.close()
    }

    func finish() {
        guard stage != .over else { return }
        leave()
        connection.finish(within: limits.lingering)
    }

    /// The connection is no longer ours.
    func leave() {
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
        if let fault = fault(of: end) { server.saw(fault, from: connection.peer) }
        leave()
    }

    /// What a peer did wrong by going; nothing when neither owed the other anything.
    private func fault(of end: ConnectionEnd) -> NetFault? {
        if case .refusedTLS(let reason) = end { return .handshakeRefused(reason) }
        if end == .loopStopped { return nil }
        switch stage {
        case .head: return reader.isIdle ? nil : .cutOff(.head)
        case .body: return .cutOff(.body)
        case .answering: return .cutOff(.answer)
        case .writing: return .cutOff(.write)
        // Whoever listens to a stream leaves when it has heard enough.
        case .tls, .waiting, .streaming, .over: return nil
        }
    }

    /// One event of the reader, which must not be touched meanwhile; false pauses it.
    func take(_ event: HTTPReader.Event) -> Bool {
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
    func settle() {
        while let now = matter, stage != .over {
            matter = nil
            switch now {
            case .admit(let framing): admit(framing)
            case .answer: answer()
            case .refuse(let failure):
                server.saw(
                    .requestRefused(status: failure.status, reason: failure.reason),
                    from: connection.peer)
                respondAndFinish(.problem(status: failure.status, detail: failure.reason))
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
