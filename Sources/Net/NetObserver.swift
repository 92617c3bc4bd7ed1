/// Something that went wrong between us and a peer.
package enum NetFault: Sendable, Equatable {
    /// What a peer, or a handler of ours, took too long for, or did not stay for.
    package enum Stage: String, Sendable, CaseIterable {
        case tlsHandshake, head, body, answer, write, close, pong
    }

    /// accept(2) failed with this errno; the peer, if any, was turned away.
    case acceptFailed(Int32)
    /// The limit of connections was reached, and all were busy: 503.
    case tooManyConnections
    /// The limit of connections was reached, and this one had kept us waiting longest.
    case gaveWay
    /// The TLS handshake failed; why, for people.
    case handshakeRefused(String)
    case timedOut(Stage)
    /// The peer left, or was lost, in the middle of it.
    case cutOff(Stage)
    /// A request that was answered with this status before any handler saw it.
    case requestRefused(status: Int, reason: String)
    /// A WebSocket was broken off with this close code.
    case protocolViolation(code: UInt16, reason: String)
    /// A WebSocket's queue stood at its limit: one message was not sent.
    case messageRefused
    /// A handler's response cannot be written, or its answer does not fit the request.
    case answerUnusable(String)

    /// A constant word for a counter's label.
    package var name: String {
        switch self {
        case .acceptFailed: "accept"
        case .tooManyConnections: "connection_limit"
        case .gaveWay: "gave_way"
        case .handshakeRefused: "tls_handshake"
        case .timedOut(let stage): "timeout_\(stage.rawValue)"
        case .cutOff(let stage): "cut_\(stage.rawValue)"
        case .requestRefused(let status, _): "request_\(status)"
        case .protocolViolation(let code, _): "websocket_\(code)"
        case .messageRefused: "message_refused"
        case .answerUnusable: "answer_unusable"
        }
    }
}

extension NetFault: CustomStringConvertible {
    /// A sentence for the log.
    package var description: String {
        switch self {
        case .acceptFailed(let number): "A connection could not be accepted: errno \(number)"
        case .tooManyConnections: "There are as many connections as there may be"
        case .gaveWay: "A connection gave way to another: there are as many as there may be"
        case .handshakeRefused(let reason): "A TLS handshake failed: \(reason)"
        case .timedOut(.answer): "A handler took too long to answer"
        case .timedOut(let stage): "A peer took too long: \(stage.rawValue)"
        case .cutOff(let stage): "A peer left in the middle: \(stage.rawValue)"
        case .requestRefused(let status, let reason):
            "A request was answered \(status) unheard: \(reason)"
        case .protocolViolation(let code, let reason):
            "A WebSocket was closed with \(code): \(reason)"
        case .messageRefused: "A WebSocket had no room for a message"
        case .answerUnusable(let why): "A handler's answer cannot be sent: \(why)"
        }
    }
}

/// Hears of every fault, to count it. Called on loops: it must not block.
package protocol NetObserver: Sendable {
    /// `peer` is an address in digits, "unix", or empty when there is none.
    func saw(_ fault: NetFault, from peer: String)
}
