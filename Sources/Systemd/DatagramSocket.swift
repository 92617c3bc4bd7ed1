import CSystemd
import Glibc
import Instruments

/// Where a local datagram socket is: a path, or `@name` in the abstract namespace (unix(7)).
struct UnixAddress: Sendable, Equatable {
    /// The bytes of sun_path, without the terminating zero of a path.
    private let path: [UInt8]

    /// Nil when the text is neither form, or longer than the kernel's 107 bytes.
    init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count > 1, bytes.count <= 107, !bytes.contains(0) else { return nil }
        switch bytes[0] {
        case UInt8(ascii: "/"): path = bytes
        case UInt8(ascii: "@"): path = [0] + bytes.dropFirst()
        default: return nil
        }
    }

    /// Calls `body` with the address as the kernel wants it; an abstract name has no end mark,
    /// so the length must be exact.
    func withSocketAddress<Result>(
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
        let length = MemoryLayout<sa_family_t>.size + path.count + (path[0] == 0 ? 0 : 1)
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(length))
            }
        }
    }
}

/// A non-blocking socket for datagrams to one local reader.
///
/// It is connected, so that poll tells when the reader has room again.
final class DatagramSocket: Sendable {
    /// How a datagram fared.
    enum Outcome: Equatable {
        case sent
        /// The reader had no room for as long as the sender was willing to wait.
        case full
        /// The datagram can never be sent (EMSGSIZE and the like).
        case refused
        /// The reader is gone; a new socket may find its successor.
        case gone
    }

    private let descriptor: Int32

    /// Nil when nobody reads at that address.
    init?(connectedTo address: UnixAddress) {
        // SOCK_NONBLOCK is left to the single calls: MSG_DONTWAIT.
        let kind = Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let socket = Glibc.socket(AF_UNIX, kind, 0)
        guard socket >= 0 else { return nil }
        guard address.withSocketAddress({ connect(socket, $0, $1) }) == 0 else {
            close(socket)
            return nil
        }
        descriptor = socket
    }

    deinit { close(descriptor) }

    /// Sends one datagram, waiting for room at most `patience`; nil waits for ever. The reader
    /// gets its own copies of the descriptors, at most two.
    func send(
        _ bytes: [UInt8], with descriptors: [Int32] = [], patience: Duration?
    ) -> Outcome {
        let deadline = patience.map { SystemTime().now + $0 }
        while hand(bytes, descriptors) < 0 {
            switch errno {
            case EINTR: continue
            case EAGAIN, ENOBUFS:
                guard waitForRoom(until: deadline) else { return .full }
            case ECONNREFUSED, ECONNRESET, ENOTCONN, EPIPE, ENOENT: return .gone
            default: return .refused
            }
        }
        return .sent
    }

    private func hand(_ bytes: [UInt8], _ descriptors: [Int32]) -> Int {
        guard descriptors.isEmpty else {
            return Int(
                callbridge_send_descriptors(
                    descriptor, bytes, UInt(bytes.count), descriptors, Int32(descriptors.count)))
        }
        let flags = Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL)
        return Glibc.send(descriptor, bytes, bytes.count, flags)
    }

    private func waitForRoom(until deadline: Duration?) -> Bool {
        var wait: Int32 = -1
        if let deadline {
            let left = deadline - SystemTime().now
            guard left > .zero else { return false }
            wait = Int32(clamping: left.wholeNanoseconds / 1_000_000 + 1)
        }
        var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        poll(&entry, 1, wait)
        return true
    }
}
