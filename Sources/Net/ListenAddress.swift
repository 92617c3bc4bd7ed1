import Wire

/// Where to wait for connections.
package enum ListenAddress: Sendable, Equatable {
    /// An IP address in digits or a name; empty means every address of the machine. Port 0 lets
    /// the kernel choose.
    case tcp(host: String, port: UInt16)
    case unix(path: String)
    /// A listening socket that the process was started with (`LISTEN_FDS`), and its name.
    case inherited(descriptor: Int32, name: String)

    /// Reads `127.0.0.1:3000`, `[::1]:0`, `localhost:3000`, `:3000` or `unix:/run/x.sock`.
    package init(_ text: String) throws(ListenAddressError) {
        if text.hasPrefix("unix:") {
            let path = String(text.dropFirst(5))
            guard SocketAddress(path: path) != nil else { throw .path }
            self = .unix(path: path)
            return
        }
        guard let colon = text.lastIndex(of: ":") else { throw .port }
        let digits = text[text.index(after: colon)...]
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let port = UInt16(digits)
        else { throw .port }
        var host = String(text[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = String(host.dropFirst().dropLast())
            guard host.contains(":"), SocketAddress(digits: host, port: port) != nil else {
                throw .host
            }
        } else {
            guard host.utf8.allSatisfy(Self.isHostByte) else { throw .host }
        }
        self = .tcp(host: host, port: port)
    }

    /// The name of a socket that the process was started with.
    package var inheritedName: String? {
        if case .inherited(_, let name) = self { name } else { nil }
    }

    /// Where in the file system it is; nil for what is not.
    package var path: String? {
        switch self {
        case .tcp: nil
        case .unix(let path): path
        case .inherited(let descriptor, _): SocketAddress.local(of: descriptor)?.path
        }
    }

    /// As `init` reads it; an inherited socket by its name.
    package var text: String {
        switch self {
        case .tcp(let host, let port):
            host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unix(let path): "unix:\(path)"
        case .inherited(_, let name): "inherited:\(name)"
        }
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

/// Which part of a listening address cannot be read.
package enum ListenAddressError: Error, Sendable, Equatable {
    /// Neither a name nor an address; IPv6 addresses stand in brackets.
    case host
    /// Missing, or not of 0…65535.
    case port
    /// Empty, or longer than a Unix socket's path may be (107 bytes).
    case path
}

/// Why a server cannot listen; the text names the address and the reason.
package struct ListenError: Error, Sendable, Equatable {
    package var reason: String
}
