package import Instruments
package import Wire

/// Why a WebSocket could not be opened.
package enum DialError: Error, Sendable, Equatable {
    /// The name has no address; why, for people.
    case resolve(String)
    /// No address could be connected to; the last one's reason.
    case connect(String)
    /// The TLS handshake failed: the certificate's fault, most often.
    case tls(String)
    /// The server answered with another status than 101; its body is cut at 64 KiB.
    case refused(status: Int, response: HTTPResponse)
    /// The server broke HTTP or RFC 6455, or hung up.
    case handshake(String)
    /// The time for the whole of it was over.
    case timedOut
    /// The task that dialled was cancelled.
    case cancelled
}

extension DialError: CustomStringConvertible {
    /// A phrase for the log.
    package var description: String {
        switch self {
        case .resolve(let why): "the name was not found: \(why)"
        case .connect(let why): "no connection: \(why)"
        case .tls(let why): "TLS failed: \(why)"
        case .refused(let status, _): "the upgrade was answered \(status)"
        case .handshake(let why): "the upgrade failed: \(why)"
        case .timedOut: "it took too long"
        case .cancelled: "given up"
        }
    }
}

/// Opens WebSockets: name → address → connection → TLS → upgrade, one deadline over all of it.
package final class WebSocketDialer: Sendable {
    private let trust: ClientTrust
    private let resolver: Resolver

    private let observer: (any NetObserver)?

    /// A dialer whose wss servers must satisfy `tls`; `observer` counts what goes wrong with the
    /// sockets it opened, not the dials that failed, which are thrown.
    package convenience init(
        tls: TLSContext, resolver: Resolver, observer: (any NetObserver)? = nil
    ) {
        self.init(trust: ClientTrust(tls), resolver: resolver, observer: observer)
    }

    /// The same, with trust that others may share.
    package init(trust: ClientTrust, resolver: Resolver, observer: (any NetObserver)? = nil) {
        self.trust = trust
        self.resolver = resolver
        self.observer = observer
    }

    /// Opens a WebSocket on a loop; nothing is read from it before its handler is set. `path`
    /// goes through a Unix socket instead of the network, whatever the address names.
    package func dial(
        _ address: WebAddress, fields: HTTPFields = [:], subprotocols: [String] = [],
        options: WebSocketOptions = .init(), timeout: Duration, on loop: any Loop,
        through path: String? = nil
    ) async throws(DialError) -> any MessageSocket {
        guard let loop = loop as? EventLoop else {
            preconditionFailure("a socket lives on an EventLoop")
        }
        var tls: TLSContext?
        if address.isSecure {
            do { tls = try trust.context() } catch { throw .tls(error.reason) }
        }
        let plan = DialAttempt.Plan(
            address: address, fields: fields, subprotocols: subprotocols, options: options,
            path: path, tls: tls, observer: observer)
        let attempt = DialAttempt(plan, resolver, on: loop)
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                loop.run { attempt.start(within: timeout, continuation) }
            }
        } onCancel: {
            loop.run { attempt.cancel() }
        }
        return try result.get()
    }
}
