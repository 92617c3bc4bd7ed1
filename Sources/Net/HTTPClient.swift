package import Instruments
package import Wire

/// Why a request has no response.
package enum HTTPClientError: Error, Sendable, Equatable {
    /// The request or the client's own set-up is unusable: our fault.
    case unusable(String)
    /// The name has no address; why, for people.
    case resolve(String)
    case connect(String)
    /// The TLS handshake failed: the certificate's fault, most often.
    case tls(String)
    /// The server broke HTTP, or hung up.
    case exchange(String)
    /// The response is larger than was allowed.
    case tooLarge
    /// What comes before the body is, and may have no end.
    case headTooLarge
    /// The time for the whole of it was over.
    case timedOut
    /// The task that asked was cancelled.
    case cancelled
}

extension HTTPClientError: CustomStringConvertible {
    /// A phrase for the log.
    package var description: String {
        switch self {
        case .unusable(let why): "cannot be asked: \(why)"
        case .resolve(let why): "the name was not found: \(why)"
        case .connect(let why): "no connection: \(why)"
        case .tls(let why): "TLS failed: \(why)"
        case .exchange(let why): "no answer: \(why)"
        case .tooLarge: "the answer is too large"
        case .headTooLarge:
            "the answer's head is larger than \(CurlResponse.headBytesMax >> 10) KiB"
        case .timedOut: "it took too long"
        case .cancelled: "given up"
        }
    }
}

/// Asks HTTP servers (libcurl on one loop): connections are kept and used again.
///
/// No redirect is followed, no proxy of the environment used, no cookie kept.
package final class HTTPClient: Sendable {
    private let loop: EventLoop
    private let resolver: Resolver
    private let trust: ClientTrust
    private let transfers: CurlMulti

    /// A client on a loop that trusts the system's authorities and those of one more PEM file.
    /// When that file cannot be read, every https request fails and says so.
    package convenience init(
        loop: EventLoop, extraCAFile: String?, log: Log, resolver: Resolver = Resolver()
    ) {
        self.init(
            loop: loop, trust: ClientTrust(extraCAFile: extraCAFile, log: log), resolver: resolver)
    }

    /// A client on a loop whose servers must satisfy `trust`, which others may share.
    package init(loop: EventLoop, trust: ClientTrust, resolver: Resolver = Resolver()) {
        self.loop = loop
        self.resolver = resolver
        self.trust = trust
        transfers = CurlMulti(on: loop)
    }

    deinit {
        loop.run { [transfers] in transfers.close() }
    }

    /// Sends a request to the address's host and waits for the whole response; `timeout` is for
    /// all of it: name, connection, TLS, sending, receiving. The request's target is what is
    /// asked for; that of the address is not used. With `path` it goes to the Unix socket there.
    package func send(
        _ request: HTTPRequest, to address: WebAddress, through path: String? = nil,
        timeout: Duration, bodyBytesMax: Int = 1 << 20
    ) async throws(HTTPClientError) -> HTTPResponse {
        try await send(
            request, to: address, through: path, within: timeout,
            CurlResponse(bodyBytesMax: bodyBytesMax))
    }

    /// The same, for as long as the response takes: a body that answers the question (2xx) is
    /// given away piece by piece, on the client's loop, until `take` answers false.
    package func stream(
        _ request: HTTPRequest, to address: WebAddress, through path: String? = nil,
        take: @escaping @Sendable ([UInt8]) -> Bool
    ) async throws(HTTPClientError) -> HTTPResponse {
        try await send(
            request, to: address, through: path, within: nil,
            CurlResponse(bodyBytesMax: 1 << 20, take: take))
    }

    private func send(
        _ request: HTTPRequest, to address: WebAddress, through path: String?,
        within timeout: Duration?, _ response: CurlResponse
    ) async throws(HTTPClientError) -> HTTPResponse {
        let place = address.with(scheme: address.isSecure ? "https" : "http")
        do throws(HTTPWriterError) {
            // Nothing in a value may begin a new line; libcurl does not look.
            _ = try HTTPWriter.head(of: request, host: place.authority, body: .none)
        } catch {
            throw .unusable("the request cannot be written: \(error)")
        }
        var tls: TLSContext?
        if place.isSecure {
            do { tls = try trust.context() } catch { throw .unusable(error.reason) }
        }
        let transfer = CurlTransfer(
            request, to: place.with(target: request.target), through: path, tls: tls, response,
            by: transfers)
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                loop.run { [self] in transfer.start(within: timeout, resolver, continuation) }
            }
        } onCancel: {
            loop.run { transfer.end(.failure(.cancelled)) }
        }
        return try result.get()
    }
}
