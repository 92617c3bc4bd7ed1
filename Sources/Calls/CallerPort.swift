import Wire

// Safe because a socket calls its handler on its own loop, which is its call's executor:
// `assumeIsolated` checks just that, and stops the process should it ever not hold.

/// Hears the caller's socket for its call; both live on the same loop.
final class CallerPort: MessageSocketHandler {
    private let call: Call

    init(_ call: Call) { self.call = call }

    func received(text: RawSpan, on socket: any MessageSocket) {
        call.enter(text, socket) { $0.callerSaid($1, on: $2) }
    }

    func received(binary: RawSpan, on socket: any MessageSocket) {
        call.assumeIsolated { $0.callerSaidBinary(on: socket) }
    }

    func closed(_ closure: SocketClosure, on socket: any MessageSocket) {
        call.assumeIsolated { $0.callerClosed(closure, on: socket) }
    }
}

/// Hears the agent's socket for its call; both live on the same loop.
final class AgentPort: MessageSocketHandler {
    private let call: Call

    init(_ call: Call) { self.call = call }

    func received(text: RawSpan, on socket: any MessageSocket) {
        call.enter(text, socket) { $0.agentSaid($1, on: $2) }
    }

    func received(binary: RawSpan, on socket: any MessageSocket) {
        call.assumeIsolated { $0.count(.agentMessageMalformed) }
    }

    func ponged(roundTrip: Duration, on socket: any MessageSocket) {
        call.assumeIsolated { $0.agentPonged(roundTrip) }
    }

    func closed(_ closure: SocketClosure, on socket: any MessageSocket) {
        call.assumeIsolated { $0.agentClosed(closure, on: socket) }
    }
}
