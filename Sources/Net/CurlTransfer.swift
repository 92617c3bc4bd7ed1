import CCurl
import COpenSSL
import Instruments
import Wire

/// One request on its way through libcurl, with its one deadline.
final class CurlTransfer: @unchecked Sendable {
    // Safe because after `init` every member is used on the client's loop only.

    typealias Outcome = Result<HTTPResponse, HTTPClientError>

    private let request: HTTPRequest
    private let address: WebAddress
    /// The Unix socket that leads there, instead of the address's name.
    private let path: String?
    private let tls: TLSContext?
    private let multi: CurlMulti
    private var response: CurlResponse
    private var easy: UnsafeMutableRawPointer?
    private var fieldLines: UnsafeMutablePointer<curl_slist>?
    private var hostLine: UnsafeMutablePointer<curl_slist>?
    /// Where libcurl writes what went wrong (CURLOPT_ERRORBUFFER).
    private let complaint = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
    private var continuation: CheckedContinuation<Outcome, Never>?
    private var timer: (any LoopTimer)?
    private var isOver = false

    init(
        _ request: HTTPRequest, to address: WebAddress, through path: String?, tls: TLSContext?,
        _ response: CurlResponse, by multi: CurlMulti
    ) {
        self.request = request
        self.address = address
        self.path = path
        self.tls = tls
        self.response = response
        self.multi = multi
        complaint.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit { complaint.deallocate() }

    func start(
        within timeout: Duration?, _ resolver: Resolver,
        _ continuation: CheckedContinuation<Outcome, Never>
    ) {
        guard !isOver else { return continuation.resume(returning: .failure(.cancelled)) }
        self.continuation = continuation
        if let timeout {
            let timer = multi.loop.makeTimer { [weak self] in self?.end(.failure(.timedOut)) }
            timer.arm(at: multi.loop.now + timeout)
            self.timer = timer
        }
        guard path == nil else { return perform([]) }
        // Not by libcurl: giving up its own look-up waits for the look-up's thread.
        resolver.lookUp(address.host, port: address.port, on: multi.loop) { [self] answer in
            guard !isOver else { return }
            switch answer {
            case .success(let addresses): perform(addresses)
            case .failure(let failure): end(.failure(.resolve(failure.reason)))
            }
        }
    }

    /// Once: gives out the outcome and everything libcurl holds.
    func end(_ outcome: Outcome) {
        guard !isOver else { return }
        isOver = true
        timer = nil
        if let easy {
            multi.remove(self, easy)
            curl_easy_cleanup(easy)
        }
        easy = nil
        curl_slist_free_all(fieldLines)
        curl_slist_free_all(hostLine)
        continuation?.resume(returning: outcome)
        continuation = nil
    }

    /// libcurl is done with it.
    func finished(_ result: CURLcode) {
        guard let easy else { return }
        if result == CURLE_OK {
            return end(.success(response.whole(status: Int(ccurl_status(easy)))))
        }
        end(.failure(response.fault ?? error(result, easy)))
    }

    private func error(
        _ result: CURLcode, _ easy: UnsafeMutableRawPointer
    ) -> HTTPClientError {
        let said = String(cString: complaint)
        let text = said.isEmpty ? String(cString: curl_easy_strerror(result)) : said
        switch result {
        // What its buffer for one line of the head does not take, libcurl calls out of memory.
        case CURLE_OUT_OF_MEMORY where !response.isHeadOver && ccurl_request_bytes(easy) > 0:
            return .headTooLarge
        case CURLE_COULDNT_CONNECT: return .connect(text)
        case CURLE_COULDNT_RESOLVE_HOST: return .resolve(text)
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE,
            CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER, CURLE_SSL_ISSUER_ERROR:
            return .tls(text)
        case CURLE_OUT_OF_MEMORY, CURLE_FAILED_INIT, CURLE_URL_MALFORMAT: return .unusable(text)
        default: return .exchange(text)
        }
    }

    private func perform(_ addresses: [SocketAddress]) {
        guard let easy = curl_easy_init() else {
            return end(.failure(.unusable("libcurl gives no handle")))
        }
        self.easy = easy
        setTransport(easy, addresses)
        setMessage(easy)
        guard multi.add(self, easy) else {
            return end(.failure(.unusable("libcurl takes no transfer")))
        }
    }

    private func setTransport(_ easy: UnsafeMutableRawPointer, _ addresses: [SocketAddress]) {
        ccurl_set_pointer(easy, CURLOPT_ERRORBUFFER, complaint)
        ccurl_set_long(easy, CURLOPT_NOSIGNAL, 1)
        ccurl_set_text(easy, CURLOPT_PROTOCOLS_STR, "http,https")
        ccurl_set_long(easy, CURLOPT_FOLLOWLOCATION, 0)
        // An empty proxy means none, whatever the environment says.
        ccurl_set_text(easy, CURLOPT_PROXY, "")
        // Trust is `tls`'s alone: libcurl would read the system's bundle for every connection.
        ccurl_set_text(easy, CURLOPT_CAINFO, nil)
        ccurl_set_text(easy, CURLOPT_CAPATH, nil)
        ccurl_set_long(easy, CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        // Wait for a connection under way when requests can share it (HTTP/2).
        ccurl_set_long(easy, CURLOPT_PIPEWAIT, 1)
        if let path {
            ccurl_set_text(easy, CURLOPT_UNIX_SOCKET_PATH, path)
            return
        }
        guard SocketAddress(digits: address.host, port: 0) == nil else { return }
        // The plus makes it forgotten like any other answer (CURLOPT_RESOLVE).
        let hosts = addresses.map { $0.family == 10 ? "[\($0.host)]" : $0.host }
        hostLine = curl_slist_append(
            nil, "+\(address.host):\(address.port):\(hosts.joined(separator: ","))")
        ccurl_set_list(easy, CURLOPT_RESOLVE, hostLine)
    }

    private func setMessage(_ easy: UnsafeMutableRawPointer) {
        ccurl_set_text(easy, CURLOPT_URL, address.text)
        // Dots in the path go as they are, like everything else of the target.
        ccurl_set_long(easy, CURLOPT_PATH_AS_IS, 1)
        switch request.method {
        case "GET" where request.body.isEmpty: break
        case "HEAD": ccurl_set_long(easy, CURLOPT_NOBODY, 1)
        default:
            if !request.body.isEmpty || ["POST", "PUT", "PATCH"].contains(request.method) {
                setBody(easy)
            }
            ccurl_set_text(easy, CURLOPT_CUSTOMREQUEST, request.method)
        }
        setFields(easy)
        setListeners(easy)
    }

    private func setBody(_ easy: UnsafeMutableRawPointer) {
        ccurl_set_large(easy, CURLOPT_POSTFIELDSIZE_LARGE, request.body.count)
        request.body.withUnsafeBytes {
            // Copied, and never nil: libcurl would ask for the body by a call.
            var nothing: UInt8 = 0
            let body = $0.baseAddress.map { UnsafeMutableRawPointer(mutating: $0) }
            withUnsafeMutableBytes(of: &nothing) { none in
                _ = ccurl_set_pointer(easy, CURLOPT_COPYPOSTFIELDS, body ?? none.baseAddress)
            }
        }
    }

    private func setFields(_ easy: UnsafeMutableRawPointer) {
        for field in request.fields.all {
            // libcurl writes an empty field when its name ends with a semicolon.
            let line = field.value.isEmpty ? "\(field.name);" : "\(field.name): \(field.value)"
            fieldLines = curl_slist_append(fieldLines, line)
        }
        // What libcurl adds by itself for a body is not wanted unless asked for.
        for name in ["Expect", "Content-Type"] where request.fields[name] == nil {
            fieldLines = curl_slist_append(fieldLines, "\(name):")
        }
        ccurl_set_list(easy, CURLOPT_HTTPHEADER, fieldLines)
    }

    private func setListeners(_ easy: UnsafeMutableRawPointer) {
        ccurl_set_listeners(
            easy,
            { bytes, size, count, context in
                let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
                guard let context, CurlTransfer.at(context).response.takeLine(line) else {
                    return 0
                }
                return size * count
            },
            { bytes, size, count, context in
                let piece = UnsafeRawBufferPointer(start: bytes, count: size * count)
                guard let context, CurlTransfer.at(context).takeBody(piece) else { return 0 }
                return size * count
            },
            { _, sslContext, context in
                guard let context, let sslContext, let tls = CurlTransfer.at(context).tls else {
                    return CURLE_SSL_CERTPROBLEM
                }
                let store = SSL_CTX_get_cert_store(tls.pointer)
                SSL_CTX_set1_cert_store(OpaquePointer(sslContext), store)
                return CURLE_OK
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    private func takeBody(_ piece: UnsafeRawBufferPointer) -> Bool {
        guard let easy else { return false }
        return response.takeBody(piece, status: Int(ccurl_status(easy)))
    }

    private static func at(_ context: UnsafeMutableRawPointer) -> CurlTransfer {
        Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
    }
}
