import COpenSSL
import Glibc

/// What one read or write on a socket, plain or TLS, came to.
enum TransferResult {
    case bytes(Int)
    /// Not now; go on when the socket is ready to be read (true) or written (false).
    case later(whenReadable: Bool)
    /// The peer sends no more.
    case end
    case failed
}

/// OpenSSL on one socket. Lives on the loop of its connection and moves with it.
final class TLSSession {
    /// What a step of the handshake came to.
    enum Step: Equatable {
        case done
        case later(whenReadable: Bool)
        /// Why, for people; never the peer's bytes.
        case refused(String)
    }

    /// Why the last call failed, for people.
    private(set) var failure = ""
    private let ssl: OpaquePointer
    /// Set when OpenSSL may not be asked for a shutdown any more (SSL_shutdown(3)).
    private var isBroken = false

    /// A server's session on a connected, non-blocking socket that stays the caller's.
    convenience init?(accepting descriptor: Int32, _ context: TLSContext) {
        self.init(descriptor, context)
        SSL_set_accept_state(ssl)
    }

    /// A client's session: asks for `host` and accepts a certificate for it alone.
    convenience init?(connecting descriptor: Int32, to host: String, _ context: TLSContext) {
        self.init(descriptor, context)
        let isAddress = SocketAddress(digits: host, port: 0) != nil
        guard cssl_expect_host(ssl, host, isAddress ? 1 : 0) == 1 else { return nil }
        SSL_set_connect_state(ssl)
    }

    private init?(_ descriptor: Int32, _ context: TLSContext) {
        guard let ssl = SSL_new(context.pointer) else { return nil }
        self.ssl = ssl
        guard SSL_set_fd(ssl, descriptor) == 1 else { return nil }
    }

    deinit { SSL_free(ssl) }

    /// Goes on with the handshake (SSL_do_handshake).
    func handshake() -> Step {
        ERR_clear_error()
        let result = SSL_do_handshake(ssl)
        if result == 1 { return .done }
        switch judge(result) {
        case .later(let whenReadable): return .later(whenReadable: whenReadable)
        case .end: return .refused("the peer closed the connection during the TLS handshake")
        case .bytes, .failed:
            return .refused(cssl_refusal(ssl).map { String(cString: $0) } ?? failure)
        }
    }

    /// Reads what fits (SSL_read).
    @inline(__always)
    func read(into buffer: UnsafeMutableRawBufferPointer) -> TransferResult {
        forgetErrors()
        let count = SSL_read(ssl, buffer.baseAddress, Int32(clamping: buffer.count))
        return count > 0 ? .bytes(Int(count)) : judge(count)
    }

    /// Bytes that were read from the socket wait inside: no event will tell of them.
    @inline(__always)
    var hasPending: Bool { SSL_has_pending(ssl) == 1 }

    /// Writes at most one record (SSL_write). After `.later` the same bytes must come again,
    /// perhaps at another place and with more behind them.
    @inline(__always)
    func write(_ bytes: UnsafeRawBufferPointer) -> TransferResult {
        forgetErrors()
        let count = SSL_write(ssl, bytes.baseAddress, Int32(clamping: bytes.count))
        return count > 0 ? .bytes(Int(count)) : judge(count)
    }

    /// Makes sure that what `judge` finds was this call's: errors are queued by thread, and others
    /// use OpenSSL here too. To look is a tenth of emptying the queue, which is empty as a rule.
    @inline(__always)
    private func forgetErrors() {
        if ERR_peek_error() != 0 { ERR_clear_error() }
    }

    /// Says that no more comes from us (close_notify); the answer is not waited for.
    func shutdown() {
        guard !isBroken, SSL_is_init_finished(ssl) == 1 else { return }
        isBroken = true
        ERR_clear_error()
        SSL_shutdown(ssl)
        ERR_clear_error()
    }

    private func judge(_ result: Int32) -> TransferResult {
        let systemError = errno
        switch SSL_get_error(ssl, result) {
        case SSL_ERROR_WANT_READ: return .later(whenReadable: true)
        case SSL_ERROR_WANT_WRITE: return .later(whenReadable: false)
        case SSL_ERROR_ZERO_RETURN: return .end
        case SSL_ERROR_SYSCALL:
            isBroken = true
            failure = systemError == 0 ? "the connection ended" : Socket.text(systemError)
            return systemError == 0 ? .end : .failed
        default:
            isBroken = true
            failure = Self.takeError()
            // OpenSSL 3 makes an error of what is an end without close_notify; the protocols
            // above say themselves where a message ends.
            return failure == Self.endWithoutNotice ? .end : .failed
        }
    }

    private static let endWithoutNotice = "unexpected eof while reading"

    /// Why OpenSSL failed, for people; empties this thread's queue of errors.
    static func takeError() -> String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { text in
            guard let start = text.baseAddress else { return "" }
            cssl_take_error(start, text.count)
            return String(cString: start)
        }
    }
}
