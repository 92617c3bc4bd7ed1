import Glibc

extension Configuration {
    /// A peer whose word about the real client is believed.
    package enum TrustedProxy: Sendable, Equatable {
        /// Whoever may open our Unix socket: its file's permissions are the guard.
        case unixSocket
        case range(AddressRange)

        /// True when a peer with that address is meant; nil is a peer on a Unix socket.
        package func covers(_ peer: String?) -> Bool {
            switch (self, peer) {
            case (.unixSocket, nil): true
            case (.range(let range), let peer?): range.contains(peer)
            default: false
            }
        }
    }

    /// Addresses with a common beginning: `192.0.2.7`, `192.0.2.0/24`, `2001:db8::/32`.
    package struct AddressRange: Sendable, Equatable {
        /// 4 or 16 bytes, zero after the prefix.
        private let bytes: [UInt8]
        private let prefixBits: Int

        /// Nil for anything but an address with an optional prefix length, and for a prefix that
        /// cuts into the address: `10.1.2.3/8` is a slip of some kind.
        package init?(_ text: some StringProtocol) {
            let parts = text.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count <= 2, let bytes = Self.bytes(of: String(parts[0])) else { return nil }
            var bits = bytes.count * 8
            if parts.count == 2 {
                guard parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                    let given = Int(parts[1]), given <= bits
                else { return nil }
                bits = given
            }
            guard Self.cut(bytes, to: bits) == bytes else { return nil }
            self.bytes = bytes
            prefixBits = bits
        }

        /// True when the address, in digits, lies in the range; IPv4 inside IPv6 is IPv4.
        package func contains(_ address: String) -> Bool {
            guard var other = Self.bytes(of: address) else { return false }
            let mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]
            if other.starts(with: mapped), bytes.count == 4 { other.removeFirst(12) }
            return other.count == bytes.count && Self.cut(other, to: prefixBits) == bytes
        }

        /// As `init` reads it.
        package var text: String {
            let family = bytes.count == 4 ? AF_INET : AF_INET6
            var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
            inet_ntop(family, bytes, &buffer, socklen_t(buffer.count))
            let address = String(
                decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            return prefixBits == bytes.count * 8 ? address : "\(address)/\(prefixBits)"
        }

        private static func bytes(of address: String) -> [UInt8]? {
            var four = [UInt8](repeating: 0, count: 4)
            if inet_pton(AF_INET, address, &four) == 1 { return four }
            var sixteen = [UInt8](repeating: 0, count: 16)
            return inet_pton(AF_INET6, address, &sixteen) == 1 ? sixteen : nil
        }

        private static func cut(_ bytes: [UInt8], to bits: Int) -> [UInt8] {
            bytes.enumerated().map { index, byte in
                let kept = min(max(bits - index * 8, 0), 8)
                return kept == 0 ? 0 : byte & (0xFF << UInt8(8 - kept))
            }
        }
    }
}
