import Glibc

/// Makes listening sockets, and takes over inherited ones.
struct ListenSocket {
    /// How many connections may wait to be accepted; the kernel cuts it to net.core.somaxconn.
    private static let backlog: Int32 = 4096

    let descriptor: Int32
    /// The address as bound.
    let address: ListenAddress
    /// Device and inode of the path we made, to remove no one else's.
    private let file: (dev_t, ino_t)?

    /// Binds and listens at an address whose host is in digits; a Unix path is for its owner
    /// alone if asked so, else for those whom the process's umask lets in.
    static func open(
        _ address: ListenAddress, isPrivate: Bool = false
    ) throws(ListenError) -> ListenSocket {
        switch address {
        case .tcp(let host, let port): try openTCP(host, port)
        case .unix(let path): try openUnix(path, isPrivate: isPrivate)
        case .inherited(let descriptor, let name): try adopt(descriptor, name)
        }
    }

    /// Stops listening. Never shutdown(2): an inherited socket is also its maker's.
    func close() {
        Glibc.close(descriptor)
        guard case .unix(let path) = address, let file else { return }
        if let now = Self.file(at: path), now == file { unlink(path) }
    }

    private static func openTCP(_ host: String, _ port: UInt16) throws(ListenError) -> Self {
        // Every address: an IPv6 socket takes IPv4 too, where the machine has IPv6.
        let hosts = host.isEmpty ? ["::", "0.0.0.0"] : [host]
        var failure = "not an address in digits"
        for host in hosts {
            guard let address = SocketAddress(digits: host, port: port) else { continue }
            let descriptor = Socket.make(address.family)
            guard descriptor >= 0 else {
                failure = Socket.text(-descriptor)
                continue
            }
            Socket.set(descriptor, SOL_SOCKET, SO_REUSEADDR, 1)
            if address.family == AF_INET6 {
                let isOnly: Int32 = hosts.count == 1 ? 1 : 0
                Socket.set(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, isOnly)
            }
            guard address.withPointer({ bind(descriptor, $0, $1) }) == 0,
                listen(descriptor, backlog) == 0
            else {
                failure = Socket.text(errno)
                Glibc.close(descriptor)
                continue
            }
            let bound = SocketAddress.local(of: descriptor)?.port ?? port
            return Self(
                descriptor: descriptor, address: .tcp(host: host, port: bound), file: nil)
        }
        throw fault(.tcp(host: host, port: port), failure)
    }

    private static func openUnix(_ path: String, isPrivate: Bool) throws(ListenError) -> Self {
        let target = ListenAddress.unix(path: path)
        guard let address = SocketAddress(path: path) else {
            throw fault(target, "the path is empty or too long")
        }
        let descriptor = Socket.make(AF_UNIX)
        guard descriptor >= 0 else { throw fault(target, Socket.text(-descriptor)) }
        // Linux gives the path the socket's own mode: there is no moment at which others get in.
        if isPrivate { fchmod(descriptor, S_IRUSR | S_IWUSR) }
        var status = address.withPointer { bind(descriptor, $0, $1) }
        if status != 0, errno == EADDRINUSE, isAbandoned(address) {
            unlink(path)
            status = address.withPointer { bind(descriptor, $0, $1) }
        }
        guard status == 0, listen(descriptor, backlog) == 0 else {
            let failure = Socket.text(errno)
            Glibc.close(descriptor)
            throw fault(target, failure)
        }
        return Self(descriptor: descriptor, address: target, file: file(at: path))
    }

    /// A socket's path outlives the process that made it: nobody answers there any more.
    private static func isAbandoned(_ address: SocketAddress) -> Bool {
        let probe = Socket.make(AF_UNIX)
        guard probe >= 0 else { return false }
        defer {
            Glibc.close(probe)
            errno = EADDRINUSE
        }
        return address.withPointer { connect(probe, $0, $1) } != 0 && errno == ECONNREFUSED
    }

    /// systemd passes blocking sockets, unless told otherwise; and another instance may take a
    /// connection that both were told of.
    private static func adopt(_ descriptor: Int32, _ name: String) throws(ListenError) -> Self {
        let target = ListenAddress.inherited(descriptor: descriptor, name: name)
        guard Socket.isListening(descriptor) else {
            throw fault(target, "it is no listening stream socket")
        }
        let flags = fcntl(descriptor, F_GETFL)
        guard flags >= 0, fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) == 0,
            fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0
        else { throw fault(target, Socket.text(errno)) }
        return Self(descriptor: descriptor, address: target, file: nil)
    }

    private static func file(at path: String) -> (dev_t, ino_t)? {
        var found = stat()
        return lstat(path, &found) == 0 ? (found.st_dev, found.st_ino) : nil
    }

    private static func fault(_ address: ListenAddress, _ reason: String) -> ListenError {
        ListenError(reason: "\(address.text): \(reason)")
    }
}
