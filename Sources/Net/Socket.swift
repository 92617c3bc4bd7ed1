import CUV
import Glibc

/// The system calls on sockets, and the options every connection of ours has.
enum Socket {
    /// How long sent bytes may stay unacknowledged before the kernel gives the peer up
    /// (TCP_USER_TIMEOUT, RFC 5482): a caller would have hung up by then.
    static let unacknowledgedMax = Duration.seconds(20)
    /// Silence before the first keep-alive probe, between probes, and how many go unanswered:
    /// a peer that vanished while nothing was sent is noticed after a minute.
    private static let keepAlive: (idleSeconds: Int32, everySeconds: Int32, count: Int32) =
        (30, 10, 3)

    /// A new stream socket, non-blocking and closed on exec; or -errno.
    static func make(_ family: Int32) -> Int32 { cuv_socket(family) }

    /// Sets what a connection wants: no Nagle delay (a frame would wait for the peer's
    /// acknowledgement), and an end to peers that are gone. Does nothing on a Unix socket.
    static func prepare(_ descriptor: Int32) {
        set(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
        let milliseconds = Int32(unacknowledgedMax.components.seconds * 1000)
        set(descriptor, Int32(IPPROTO_TCP), TCP_USER_TIMEOUT, milliseconds)
        set(descriptor, SOL_SOCKET, SO_KEEPALIVE, 1)
        set(descriptor, Int32(IPPROTO_TCP), TCP_KEEPIDLE, keepAlive.idleSeconds)
        set(descriptor, Int32(IPPROTO_TCP), TCP_KEEPINTVL, keepAlive.everySeconds)
        set(descriptor, Int32(IPPROTO_TCP), TCP_KEEPCNT, keepAlive.count)
    }

    /// setsockopt with a number; false when the socket has no such option.
    @discardableResult
    static func set(_ descriptor: Int32, _ level: Int32, _ option: Int32, _ value: Int32) -> Bool {
        var value = value
        return setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
            == 0
    }

    /// getsockopt of a number at SOL_SOCKET; nil when it fails.
    static func option(_ descriptor: Int32, _ option: Int32) -> Int32? {
        var value: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        guard getsockopt(descriptor, SOL_SOCKET, option, &value, &length) == 0 else { return nil }
        return value
    }

    /// Whether it is a stream socket on which listen(2) was called.
    static func isListening(_ descriptor: Int32) -> Bool {
        option(descriptor, SO_TYPE) == cuv_stream && option(descriptor, SO_ACCEPTCONN) == 1
    }

    /// The error a socket holds (SO_ERROR), which asking clears; 0 for none.
    static func pendingError(_ descriptor: Int32) -> Int32 { option(descriptor, SO_ERROR) ?? errno }

    /// What errno means, for people.
    static func text(_ error: Int32) -> String { String(cString: strerror(error)) }
}
