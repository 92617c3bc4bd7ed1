import Glibc

/// An address that a socket can be bound or connected to.
struct SocketAddress: Sendable, Equatable {
    private var storage: sockaddr_storage
    private let length: socklen_t

    /// AF_INET, AF_INET6 or AF_UNIX.
    var family: Int32 { Int32(storage.ss_family) }

    /// Copies an address that the system made.
    init(_ address: UnsafePointer<sockaddr>, length: socklen_t) {
        storage = sockaddr_storage()
        self.length = min(length, socklen_t(MemoryLayout<sockaddr_storage>.size))
        withUnsafeMutableBytes(of: &storage) {
            $0.copyMemory(from: UnsafeRawBufferPointer(start: address, count: Int(self.length)))
        }
    }

    /// An IP address written in digits; nil for a name.
    init?(digits: String, port: UInt16) {
        var four = sockaddr_in()
        var six = sockaddr_in6()
        if inet_pton(AF_INET, digits, &four.sin_addr) == 1 {
            four.sin_family = sa_family_t(AF_INET)
            four.sin_port = port.bigEndian
            self.init(value: four)
        } else if inet_pton(AF_INET6, digits, &six.sin6_addr) == 1 {
            six.sin6_family = sa_family_t(AF_INET6)
            six.sin6_port = port.bigEndian
            self.init(value: six)
        } else {
            return nil
        }
    }

    /// A path in the file system; nil when it is empty or longer than the kernel takes (107).
    init?(path: String) {
        var unix = sockaddr_un()
        unix.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        let room = MemoryLayout.size(ofValue: unix.sun_path)
        guard !bytes.isEmpty, bytes.count < room, !bytes.contains(0) else { return nil }
        withUnsafeMutableBytes(of: &unix.sun_path) { $0.copyBytes(from: bytes) }
        self.init(value: unix)
    }

    private init<Value>(value: Value) {
        storage = sockaddr_storage()
        length = socklen_t(MemoryLayout<Value>.size)
        withUnsafeMutableBytes(of: &storage) { target in
            withUnsafeBytes(of: value) { target.copyMemory(from: $0) }
        }
    }

    /// Lends the address to a system call.
    func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        withUnsafePointer(to: storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
        }
    }

    /// The same host at another port.
    func with(port: UInt16) -> SocketAddress {
        var copy = self
        withUnsafeMutableBytes(of: &copy.storage) { bytes in
            // sin_port and sin6_port lie at the same place.
            if family != AF_UNIX {
                bytes.storeBytes(of: port.bigEndian, toByteOffset: 2, as: UInt16.self)
            }
        }
        return copy
    }

    /// The port; 0 when there is none.
    var port: UInt16 {
        guard family != AF_UNIX else { return 0 }
        return withUnsafeBytes(of: storage) {
            UInt16(bigEndian: $0.load(fromByteOffset: 2, as: UInt16.self))
        }
    }

    /// The host in digits, or "unix".
    var host: String {
        guard family == AF_INET || family == AF_INET6 else { return "unix" }
        let offset = family == AF_INET ? 4 : 8
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        _ = withUnsafeBytes(of: storage) { bytes in
            inet_ntop(
                family, bytes.baseAddress.map { $0 + offset }, &text, socklen_t(text.count))
        }
        let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        let host = String(decoding: bytes, as: UTF8.self)
        // An IPv4 peer of a socket that takes both families.
        return host.hasPrefix("::ffff:") && host.contains(".") ? String(host.dropFirst(7)) : host
    }

    /// The path of a Unix socket; nil for others and for those without one.
    var path: String? {
        let start = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 0
        guard family == AF_UNIX, Int(length) > start else { return nil }
        let bytes = withUnsafeBytes(of: storage) {
            $0[start..<min(Int(length), $0.count)].prefix { $0 != 0 }
        }
        return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
    }

    /// Who is at the other end of a connected socket (getpeername).
    static func peer(of descriptor: Int32) -> SocketAddress? { ask(descriptor, getpeername) }

    /// Where a socket is bound (getsockname).
    static func local(of descriptor: Int32) -> SocketAddress? { ask(descriptor, getsockname) }

    private static func ask(
        _ descriptor: Int32,
        _ call: (Int32, UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
    ) -> SocketAddress? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                call(descriptor, $0, &length) == 0 ? SocketAddress($0, length: length) : nil
            }
        }
    }

    static func == (a: SocketAddress, b: SocketAddress) -> Bool {
        guard a.length == b.length else { return false }
        return withUnsafeBytes(of: a.storage) { left in
            withUnsafeBytes(of: b.storage) { left.elementsEqual($0) }
        }
    }
}
