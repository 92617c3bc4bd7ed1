import CCurl
import Instruments

/// Owns a libcurl multi handle and drives it from one loop (curl_multi_socket_action).
///
///     libcurl ─watch this socket, call me then─▶ DescriptorWatch, LoopTimer
///     loop ─socket ready, time has come─▶ libcurl ─▶ finished transfers ─▶ CurlTransfer
///
/// libcurl is never entered from one of its own calls back to us. `close` ends it; its owner
/// calls that, or the loop's end does.
final class CurlMulti: LoopResident, @unchecked Sendable {
    // Safe because after `init` every member is used on the loop's thread only.

    /// Idle connections kept for the next request.
    private static let idleConnectionsMax = 16
    /// Connections to one host; further requests wait for one of them, within their deadline.
    private static let hostConnectionsMax = 32
    /// What libcurl calls a time-out instead of a socket (CURL_SOCKET_TIMEOUT).
    private static let timeOut: Int32 = -1
    /// libcurl's process-wide set-up (curl_global_init), done once.
    private static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    let loop: EventLoop
    private var multi: UnsafeMutableRawPointer?
    private var sockets: [Int32: CurlSocket] = [:]
    private var transfers: [ObjectIdentifier: CurlTransfer] = [:]
    private var timer: (any LoopTimer)?
    private var hasEnded = false

    init(on loop: EventLoop) { self.loop = loop }

    /// Begins a transfer that has its options set; false when libcurl refuses.
    func add(_ transfer: CurlTransfer, _ easy: UnsafeMutableRawPointer) -> Bool {
        guard let multi = open(), curl_multi_add_handle(multi, easy) == CURLM_OK else {
            return false
        }
        transfers[ObjectIdentifier(transfer)] = transfer
        return true
    }

    /// Takes a transfer out, finished or not; an unfinished one's connection is closed.
    func remove(_ transfer: CurlTransfer, _ easy: UnsafeMutableRawPointer) {
        guard transfers.removeValue(forKey: ObjectIdentifier(transfer)) != nil else { return }
        curl_multi_remove_handle(multi, easy)
    }

    /// Ends every transfer and closes every connection.
    func close() {
        hasEnded = true
        for transfer in transfers.values { transfer.end(.failure(.cancelled)) }
        // Closing its connections, libcurl still tells which sockets to watch no more.
        if let multi { curl_multi_cleanup(multi) }
        multi = nil
        for socket in sockets.values { socket.close() }
        sockets = [:]
        timer = nil
        loop.remove(self)
    }

    func loopStops() { close() }

    private func open() -> UnsafeMutableRawPointer? {
        if let multi { return multi }
        guard Self.isReady, !hasEnded, loop.uv != nil, let new = curl_multi_init() else {
            return nil
        }
        multi = new
        loop.add(self)
        timer = loop.makeTimer { [weak self] in self?.act(on: CurlMulti.timeOut, 0) }
        ccurl_set_multi_long(new, CURLMOPT_MAXCONNECTS, Self.idleConnectionsMax)
        ccurl_set_multi_long(new, CURLMOPT_MAX_HOST_CONNECTIONS, Self.hostConnectionsMax)
        ccurl_set_driver(
            new,
            { _, descriptor, what, context, _ in
                context.map(CurlMulti.at)?.watch(descriptor, what)
                return 0
            },
            { _, milliseconds, context in
                context.map(CurlMulti.at)?.wait(milliseconds)
                return 0
            }, Unmanaged.passUnretained(self).toOpaque())
        return new
    }

    private static func at(_ context: UnsafeMutableRawPointer) -> CurlMulti {
        Unmanaged<CurlMulti>.fromOpaque(context).takeUnretainedValue()
    }

    /// libcurl's wish: watch a socket for this (CURL_POLL_…), or no more.
    private func watch(_ descriptor: Int32, _ what: Int32) {
        guard what != CURL_POLL_REMOVE else {
            sockets.removeValue(forKey: descriptor)?.close()
            return
        }
        let socket = sockets[descriptor] ?? CurlSocket(descriptor, self)
        sockets[descriptor] = socket
        socket.watch(
            readable: what & CURL_POLL_IN != 0, writable: what & CURL_POLL_OUT != 0)
    }

    /// libcurl's wish: call again after so many milliseconds; negative for never.
    private func wait(_ milliseconds: Int) {
        guard milliseconds >= 0 else {
            timer?.disarm()
            return
        }
        timer?.arm(at: loop.now + .milliseconds(milliseconds))
    }

    /// Lets libcurl work, and gives out what it has finished.
    fileprivate func act(on descriptor: Int32, _ events: Int32) {
        guard let multi else { return }
        var running: Int32 = 0
        curl_multi_socket_action(multi, descriptor, events, &running)
        var result = CURLE_OK
        var context: UnsafeMutableRawPointer?
        while self.multi != nil, ccurl_next_finished(multi, &result, &context) != nil {
            guard let context else { continue }
            Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue().finished(result)
        }
    }
}

/// One of libcurl's sockets, watched for it.
private final class CurlSocket: DescriptorListener {
    private let descriptor: Int32
    private unowned let owner: CurlMulti
    private var descriptorWatch: DescriptorWatch?

    init(_ descriptor: Int32, _ owner: CurlMulti) {
        self.descriptor = descriptor
        self.owner = owner
        descriptorWatch = DescriptorWatch(descriptor, on: owner.loop, for: self)
    }

    func watch(readable: Bool, writable: Bool) {
        descriptorWatch?.watch(readable: readable, writable: writable)
    }

    func close() {
        descriptorWatch?.close()
        descriptorWatch = nil
    }

    func descriptorReady(readable: Bool, writable: Bool) {
        owner.act(
            on: descriptor,
            (readable ? CURL_CSELECT_IN : 0) | (writable ? CURL_CSELECT_OUT : 0))
    }
}
