import CSystemd
import Glibc

@testable import Systemd

/// Plays journald or the service manager: a datagram socket that reads what is sent to it.
final class DatagramReader {
    private var descriptor: Int32
    /// What a client puts into $NOTIFY_SOCKET.
    let path: String
    private let directory: TestDirectory?

    /// Binds a socket in a directory of its own; nil when the machine refuses.
    convenience init?() {
        guard let directory = TestDirectory() else { return nil }
        self.init(path: "\(directory.path)/socket", in: directory)
    }

    /// Binds exactly there, by path or by abstract name.
    init?(path: String, in directory: TestDirectory? = nil) {
        guard let socket = Self.bound(to: path) else { return nil }
        self.path = path
        self.directory = directory
        descriptor = socket
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Ends as a killed process does: the socket goes, its file stays.
    func die() {
        close(descriptor)
        descriptor = -1
    }

    private static func bound(to path: String) -> Int32? {
        let socket = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        guard let address = UnixAddress(path) else { return nil }
        guard address.withSocketAddress({ bind(socket, $0, $1) }) == 0 else {
            close(socket)
            return nil
        }
        return socket
    }

    /// The next datagram; waits for it at most 30 s, then nil.
    func next() -> [UInt8]? { hasOne(waiting: 30_000) ? read() : nil }

    /// The next datagram that is already there.
    func waiting() -> [UInt8]? { hasOne(waiting: 0) ? read() : nil }

    /// The next datagram as text.
    func nextText() -> String? { next().map { String(decoding: $0, as: UTF8.self) } }

    private func hasOne(waiting milliseconds: Int32) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&entry, 1, milliseconds) == 1
    }

    private func read() -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 256 * 1024)
        let count = recv(descriptor, &bytes, bytes.count, 0)
        return count < 0 ? nil : Array(bytes[..<count])
    }
}

/// Reads one entry of the native protocol as its fields, in order; nil when it is malformed.
func fields(of entry: [UInt8]) -> [(name: String, value: String)]? {
    var fields: [(name: String, value: String)] = []
    var rest = entry[...]
    while !rest.isEmpty {
        guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        let head = rest[..<end]
        rest = rest[(end + 1)...]
        if let equals = head.firstIndex(of: UInt8(ascii: "=")) {
            fields.append((text(head[..<equals]), text(head[(equals + 1)...])))
        } else {
            let length = rest.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
            rest = rest.dropFirst(8)
            guard rest.count > length else { return nil }
            fields.append((text(head), text(rest.prefix(length))))
            rest = rest.dropFirst(length + 1)
        }
    }
    return fields
}

private func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
