import Glibc

/// The folder in which the service manager keeps our sockets, and whose they are beside ours.
package struct SocketFolder: Sendable {
    private let path: String

    /// The folder of the socket with that path.
    package init(of socket: String) {
        path = String(socket[..<(socket.lastIndex(of: "/") ?? socket.startIndex)])
    }

    /// The paths of all sockets there that are called `.sock`, sorted; none when nobody may look.
    package var sockets: [String] {
        var found = glob_t()
        defer { globfree(&found) }
        guard glob(path + "/*.sock", 0, nil, &found) == 0 else { return [] }
        return (0..<Int(found.gl_pathc)).compactMap { index in
            found.gl_pathv[index].map { String(cString: $0) }
        }
    }
}
