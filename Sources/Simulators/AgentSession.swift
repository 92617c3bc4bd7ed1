import Instruments
import Wire

/// One conversation on its socket: hands every message to a `ScriptedAgent` and does what it asks.
final class AgentSession: MessageSocketHandler, @unchecked Sendable {
    // Safe because every member is used on the socket's loop only.

    private var agent: ScriptedAgent
    private let agentID: String
    private let authorization: String
    private let startedAt: Duration
    private let loop: any Loop
    private let service: any AgentService
    private var socket: (any MessageSocket)?
    private var timer: (any LoopTimer)?
    private var dialect: StreamDialect?

    init(
        _ agent: ScriptedAgent, agentID: String, authorization: String, on loop: any Loop,
        of service: any AgentService
    ) {
        self.agent = agent
        self.agentID = agentID
        self.authorization = authorization
        self.loop = loop
        self.service = service
        startedAt = loop.time.wallClock
    }

    /// Begins on an accepted socket.
    func start(_ socket: any MessageSocket) {
        self.socket = socket
        timer = loop.makeTimer { [weak self] in self?.handle(.timePassed) }
        socket.handler = self
        arm()
    }

    /// What is known about the conversation so far.
    var outcome: AgentOutcome {
        AgentOutcome(
            conversationID: agent.conversationID, agentID: agentID, diary: agent.diary,
            meter: agent.meter, roundTrips: agent.roundTrips, heard: agent.heard,
            format: agent.manners.inputFormat, startedAt: startedAt,
            authorization: authorization)
    }

    /// The service closes. From any thread.
    func shutDown() {
        loop.run {
            self.socket?.close(code: WebSocketClose.goingAway, reason: "the simulator stops")
        }
    }

    func received(text: RawSpan, on socket: any MessageSocket) {
        if let input = fromStream(text) { return input.map { handle($0) } ?? () }
        let input: ScriptedAgent.Input
        do {
            input = .message(try ClientMessage(text))
        } catch {
            input = .refused(error)
        }
        handle(input)
    }

    func received(binary: RawSpan, on socket: any MessageSocket) {
        handle(.refused(ClientFault("invalid_message", "binary frames are not understood")))
    }

    func closed(_ closure: SocketClosure, on socket: any MessageSocket) {
        handle(.closed(code: closure.code))
        timer?.disarm()
        timer = nil
        self.socket = nil
        service.ended(outcome)
    }

    /// A message in Twilio's dialect, which a socket speaks after a registered call was handed
    /// over; nil: it is no such message.
    private func fromStream(_ text: RawSpan) -> ScriptedAgent.Input?? {
        if dialect == nil, agent.isWaiting { dialect = StreamDialect(opening: text) }
        return dialect.map { _ in dialect?.read(text) }
    }

    private func handle(_ input: ScriptedAgent.Input) {
        for action in agent.handle(input, at: loop.now) { perform(action) }
        arm()
    }

    private func arm() {
        guard let timer else { return }
        if let deadline = agent.deadline { timer.arm(at: deadline) } else { timer.disarm() }
    }

    private func perform(_ action: ScriptedAgent.Action) {
        switch action {
        case .send(let line):
            guard dialect != nil else { return send(line.bytes) }
            for command in dialect?.write(line) ?? [] { send(command.bytes) }
        case .sendText(let bytes): send(bytes)
        case .callTool(let call):
            service.call(call) { [self] status, text in
                loop.run {
                    self.handle(.toolAnswered(callID: call.callID, status: status, text: text))
                }
            }
        case .close(let code, let reason): socket?.close(code: code, reason: reason)
        case .drop: socket?.abort()
        case .freeze: socket?.isReadingPaused = true
        }
    }

    private func send(_ bytes: [UInt8]) {
        socket?.sendText(capacity: bytes.count) { $0.append(bytes.span.bytes) }
    }
}

/// What a conversation needs of the house it is held in.
protocol AgentService: AnyObject, Sendable {
    /// Performs a webhook tool's request; status nil: it could not be reached.
    func call(
        _ call: ScriptedAgent.ToolCall, _ answered: @escaping @Sendable (Int?, String) -> Void)
    /// The conversation is over.
    func ended(_ outcome: AgentOutcome)
}
