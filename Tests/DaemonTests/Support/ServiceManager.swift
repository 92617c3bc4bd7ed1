import Glibc
import Testing

/// Plays the service manager: a datagram socket that hears what the daemon tells of itself.
final class ServiceManager: Sendable {
    /// What a service finds in $NOTIFY_SOCKET: a name of the abstract namespace.
    let name: String
    private let descriptor: Int32

    init() throws {
        let name = "callbridge-test-\(getpid())-\(UInt64.random(in: 0 ... .max))"
        descriptor = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        self.name = "@" + name
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        // A zero first: no path in the file system.
        withUnsafeMutableBytes(of: &address.sun_path) { $0.dropFirst().copyBytes(from: name.utf8) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + 1 + name.utf8.count)
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length)
            }
        }
        try #require(status == 0)
    }

    deinit { close(descriptor) }

    /// What has been told and not read yet.
    func told() -> [String] {
        var all: [String] = []
        var bytes = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = recv(descriptor, &bytes, bytes.count, Int32(MSG_DONTWAIT))
            guard count >= 0 else { return all }
            all.append(String(decoding: bytes[..<count], as: UTF8.self))
        }
    }
}
