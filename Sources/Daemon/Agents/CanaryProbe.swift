import Audio
import Calls
import ElevenLabs
import Instruments
import Synchronization
import Wire

/// One trial of an agent: begun as a call would begin it, and ended as soon as a caller would
/// have been answered.
///
///     socket ─▶ setup ─▶ metadata in time? ─▶ no complaint for a moment ─▶ closed politely
///
/// An open socket proves nothing: an exhausted quota is told after the setup, and sometimes after
/// the metadata. A conversation costs by its length, so it is a second.
final class CanaryProbe: MessageSocketHandler {
    /// How long the agent may take to begin. More than a caller would give it; a service that
    /// comes back may be slow at first.
    static let metadataMax = Duration.seconds(5)
    /// How long after its metadata an agent may still turn out to be refused.
    static let doubt = Duration.seconds(1)

    private struct State {
        var waiter: CheckedContinuation<DialFault?, Never>?
        var timer: (any LoopTimer)?
        var error: AgentError?
        var hasBegun = false
        var isOver = false
    }

    private let loop: any Loop
    private let state = Mutex(State())

    private let patience: Duration

    private init(_ loop: any Loop, _ patience: Duration) {
        self.loop = loop
        self.patience = patience
    }

    /// Tries an agent whose socket was opened on that loop; throws why a caller would not get it.
    static func run(
        _ socket: any MessageSocket, saying setup: JSON, on loop: any Loop,
        within patience: Duration = metadataMax
    ) async throws(DialFault) {
        let probe = CanaryProbe(loop, patience)
        let fault = await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                loop.run { probe.begin(socket, setup, waiter) }
            }
        } onCancel: {
            loop.run { probe.finish(DialFault(.callbridgeStopped, "given up"), socket) }
        }
        if let fault { throw fault }
    }

    private func begin(
        _ socket: any MessageSocket, _ setup: JSON,
        _ waiter: CheckedContinuation<DialFault?, Never>
    ) {
        let isOver = state.withLock { state in
            if !state.isOver { state.waiter = waiter }
            return state.isOver
        }
        guard !isOver else {
            return waiter.resume(returning: DialFault(.callbridgeStopped, "given up"))
        }
        let timer = loop.makeTimer { [self] in late(socket) }
        state.withLock { $0.timer = timer }
        timer.arm(at: loop.now + patience)
        socket.handler = self
        Self.send(setup, to: socket)
    }

    func received(text: RawSpan, on socket: any MessageSocket) {
        guard case .message(let message) = AgentReading(text) else { return }
        switch message {
        case .metadata(let metadata): began(metadata, socket)
        case .error(let error): state.withLock { $0.error = error }
        case .ping(let id?, _):
            socket.sendText(capacity: AgentCommand.pongBytesMax) {
                AgentCommand.pong(eventID: id, into: &$0)
            }
        default: break
        }
    }

    func closed(_ closure: SocketClosure, on socket: any MessageSocket) {
        let (error, hasBegun) = state.withLock { ($0.error, $0.hasBegun) }
        finish(Self.fault(AgentClose(closure, after: error), hasBegun: hasBegun), nil)
    }

    private func began(_ metadata: AgentMetadata, _ socket: any MessageSocket) {
        let formats = [metadata.agentFormat, metadata.callerFormat]
        guard formats.allSatisfy({ AudioFormat($0) != nil }) else {
            return finish(DialFault(.agentFormatUnknown, "unknown audio format"), socket)
        }
        let timer = state.withLock { state in
            state.hasBegun = true
            return state.timer
        }
        timer?.arm(at: loop.now + Self.doubt)
    }

    private func late(_ socket: any MessageSocket) {
        let (error, hasBegun) = state.withLock { ($0.error, $0.hasBegun) }
        if let error {
            let closure = SocketClosure(cause: .peer, code: WebSocketClose.normal, reason: "")
            let end = AgentClose(closure, after: error)
            return finish(Self.fault(end, hasBegun: hasBegun), socket)
        }
        finish(hasBegun ? nil : DialFault(.providerSilent, "no metadata in time"), socket)
    }

    /// Said once, whatever else comes.
    private func finish(_ fault: DialFault?, _ socket: (any MessageSocket)?) {
        let (waiter, timer) = state.withLock { state in
            defer { (state.waiter, state.timer, state.isOver) = (nil, nil, true) }
            return (state.waiter, state.timer)
        }
        timer?.disarm()
        socket?.close(code: WebSocketClose.normal, reason: "only a trial")
        waiter?.resume(returning: fault)
    }

    /// What the end of a trial says of the agent; nil when a caller would have got it.
    private static func fault(_ end: AgentClose, hasBegun: Bool) -> DialFault? {
        switch end.meaning {
        // It answers; only calls know what it wants to be told, such as an order's customer.
        case .variableMissing: return nil
        // A goodbye from an agent that was not heard is none.
        case .ended: return DialFault(hasBegun ? .providerSilent : .providerRefused, "it left")
        default: return DialFault(EndReason(end), "\(end.meaning), close code \(end.code)")
        }
    }

    private static func send(_ message: JSON, to socket: any MessageSocket) {
        let bytes = message.bytes
        socket.sendText(capacity: bytes.count) { writer in
            bytes.withUnsafeBytes { writer.append($0) }
        }
    }
}
