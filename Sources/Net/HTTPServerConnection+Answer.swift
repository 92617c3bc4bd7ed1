import Instruments
import Wire

// What is answered: a response, a stream, or another protocol.
extension HTTPServerConnection {
    func answer() {
        connection.isReading = false
        enter(.answering)
        let turn = requests
        let asked = request
        task = Task(executorPreference: connection.loop.tasks) { [self] in
            let answer = await server.answer(asked, on: connection.loop)
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
    func respondAndFinish(_ response: HTTPResponse) {
        keepsAlive = false
        respond(response)
    }

    private func respond(_ response: HTTPResponse) {
        keepsAlive = keepsAlive && !server.isClosing && !Self.closes(response)
        do throws(HTTPWriterError) {
            write(
                try HTTPWriter.response(
                    response, toHEAD: request.method == "HEAD", keepsAlive: keepsAlive,
                    date: date))
        } catch {
            return unusable("\(error)")
        }
        if connection.queue.isEmpty { next() } else { enter(.writing) }
    }

    /// A handler's fault: the peer gets 500, the log the reason.
    private func unusable(_ reason: String) {
        server.saw(.answerUnusable(reason), from: connection.peer)
        respondAndFinish(.problem(status: 500))
    }

    private static func closes(_ response: HTTPResponse) -> Bool {
        response.fields.values("Connection").contains { HTTPFields.same($0, "close") }
    }

    private var date: String { HTTPDate.text(connection.loop.time.wallClock) }

    func write(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { _ = connection.send($0) }
    }

    /// The answer is out: the next request, or the end.
    func next() {
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
        if connection.queue.isEmpty { next() } else { enter(.writing) }
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
