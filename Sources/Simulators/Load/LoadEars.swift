import Wire

/// Hears what the bridge says to the caller's side of one call.
final class LoadPhoneEar: MessageSocketHandler {
    private let rig: LoadRig
    private let call: LoadCall

    init(_ rig: LoadRig, _ call: LoadCall) {
        self.rig = rig
        self.call = call
    }

    func received(text: RawSpan, on socket: any MessageSocket) {
        let now = LoadClock.now
        text.withUnsafeBytes { bytes in
            switch LoadCommand(bytes) {
            case .media(let letters): rig.callerHeard(letters.bytes, call, at: now)
            case .mark(let name): call.echo(mark: name)
            case .clear: rig.callerCleared(call, at: now)
            case .other: break
            }
        }
        rig.pump()
    }

    func closed(_ closure: SocketClosure, on socket: any MessageSocket) {
        call.phone = nil
        rig.lost(call, "caller's side", closure)
    }
}

/// Hears what the bridge says to the agent's side, and finds out whose agent it is.
final class LoadAgentEar: MessageSocketHandler, @unchecked Sendable {
    // Safe because it lives on its rig's loop and is touched nowhere else.
    private let rig: LoadRig
    private var call: LoadCall?

    init(_ rig: LoadRig) { self.rig = rig }

    func received(text: RawSpan, on socket: any MessageSocket) {
        let now = LoadClock.now
        text.withUnsafeBytes { bytes in
            switch LoadAsking(bytes) {
            case .audio(let letters):
                if let call { rig.agentHeard(letters.bytes, call, at: now) }
            case .initiation(let name):
                if let call = rig.call(named: name) { bind(call, socket) }
            case .other: break
            }
        }
        rig.pump()
    }

    /// It is this call's agent, and says so to the bridge.
    func bind(_ call: LoadCall, _ socket: any MessageSocket) {
        guard self.call == nil else { return }
        self.call = call
        call.agent = socket
        rig.greet(call)
    }

    func closed(_ closure: SocketClosure, on socket: any MessageSocket) {
        rig.agentClosed()
        guard let call else { return }
        call.agent = nil
        rig.lost(call, "agent's side", closure)
    }
}
