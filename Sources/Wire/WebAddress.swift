import Glibc

/// Why a text is no address of ours.
package enum WebAddressError: Error, Sendable, Equatable {
    /// Not http, https, ws or wss, or no `://`.
    case scheme
    /// A user's name or password does not belong into an address.
    case userInfo
    /// The host is empty, percent-encoded, or neither a name nor an IP address.
    case host
    /// The port is not of 1…65535.
    case port
    /// Path or query has a byte that must be percent-encoded, or a broken `%XX`.
    case target
    /// A `#…` never reaches a server.
    case fragment
}

/// Where to connect and what to ask for there: a strict part of RFC 3986.
package struct WebAddress: Sendable, Equatable {
    /// `http`, `https`, `ws` or `wss`.
    package var scheme: String
    /// Lower-case name, or IP address; an IPv6 address without its brackets.
    package var host: String
    /// 80 or 443 when the text names none.
    package var port: UInt16
    /// Path and query as they go on the wire; "/" when empty.
    package var target: String

    /// Reads an address from a text.
    package init(_ text: String) throws(WebAddressError) {
        let bytes = Array(text.utf8)
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")),
            bytes[colon...].starts(with: "://".utf8)
        else { throw .scheme }
        scheme = String(decoding: bytes[..<colon].map(HTTPToken.lower), as: UTF8.self)
        guard let standard = Self.standardPort(scheme) else { throw .scheme }
        let afterScheme = bytes[(colon + 3)...]
        let authority = afterScheme.prefix { !"/?#".utf8.contains($0) }
        (host, port) = try Self.readAuthority(authority, standard)
        target = try Self.readTarget(afterScheme[authority.endIndex...])
    }

    /// True for https and wss.
    package var isSecure: Bool { scheme == "https" || scheme == "wss" }

    /// `host[:port]`: brackets round IPv6, the scheme's own port left out.
    package var authority: String {
        let name = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
        return port == Self.standardPort(scheme) ? name : "\(name):\(port)"
    }

    /// The whole address; the scheme's own port left out.
    package var text: String { "\(scheme)://\(authority)\(target)" }

    /// The same place, another target; a missing slash is put before it.
    package func with(target: String) -> WebAddress {
        var copy = self
        copy.target = target.utf8.first == UInt8(ascii: "/") ? target : "/" + target
        return copy
    }

    /// The same place by another scheme; a port that was the old scheme's own becomes the new
    /// one's.
    package func with(scheme: String) -> WebAddress {
        var copy = self
        copy.scheme = scheme
        if port == Self.standardPort(self.scheme), let standard = Self.standardPort(scheme) {
            copy.port = standard
        }
        return copy
    }

    private static func standardPort(_ scheme: String) -> UInt16? {
        switch scheme {
        case "http", "ws": 80
        case "https", "wss": 443
        default: nil
        }
    }

    private static func readAuthority(
        _ authority: ArraySlice<UInt8>, _ standard: UInt16
    ) throws(WebAddressError) -> (String, UInt16) {
        guard !authority.contains(UInt8(ascii: "@")) else { throw .userInfo }
        let name: ArraySlice<UInt8>
        let afterName: ArraySlice<UInt8>
        if authority.first == UInt8(ascii: "[") {
            guard let end = authority.firstIndex(of: UInt8(ascii: "]")) else { throw .host }
            name = authority[(authority.startIndex + 1)..<end]
            afterName = authority[(end + 1)...]
            // inet_pton reads a C string, which a NUL would end.
            guard name.allSatisfy({ HTTPToken.isHexDigit($0) || ":.".utf8.contains($0) }),
                isAddress(name, AF_INET6)
            else { throw .host }
        } else {
            name = authority.prefix { $0 != UInt8(ascii: ":") }
            afterName = authority[name.endIndex...]
            guard isName(name) else { throw .host }
        }
        let host = String(decoding: name.map(HTTPToken.lower), as: UTF8.self)
        guard !afterName.isEmpty else { return (host, standard) }
        let digits = afterName.dropFirst()
        guard afterName.first == UInt8(ascii: ":") else { throw .host }
        guard digits.allSatisfy(HTTPToken.isDigit),
            let port = UInt16(String(decoding: digits, as: UTF8.self)), port > 0
        else { throw .port }
        return (host, port)
    }

    /// Labels of at most 63 bytes, 253 in all (RFC 1035); all digits at the end mean IPv4.
    private static func isName(_ name: ArraySlice<UInt8>) -> Bool {
        let labels = name.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard name.count <= 253, name.allSatisfy(HTTPToken.isNameByte),
            labels.allSatisfy({ (1...63).contains($0.count) })
        else { return false }
        guard labels.last?.allSatisfy(HTTPToken.isDigit) == true else { return true }
        return isAddress(name, AF_INET)
    }

    private static func isAddress(_ text: ArraySlice<UInt8>, _ family: Int32) -> Bool {
        var address = in6_addr()
        return inet_pton(family, String(decoding: text, as: UTF8.self), &address) == 1
    }

    private static func readTarget(
        _ rest: ArraySlice<UInt8>
    ) throws(WebAddressError) -> String {
        guard !rest.contains(UInt8(ascii: "#")) else { throw .fragment }
        for (index, byte) in zip(rest.indices, rest) {
            guard byte > 0x20, byte < 0x7F, !"\"<>\\^`{|}".utf8.contains(byte) else {
                throw .target
            }
            guard byte == UInt8(ascii: "%") else { continue }
            let digits = rest[(index + 1)...].prefix(2)
            guard digits.count == 2, digits.allSatisfy(HTTPToken.isHexDigit) else {
                throw .target
            }
        }
        let target = String(decoding: rest, as: UTF8.self)
        return target.utf8.first == UInt8(ascii: "/") ? target : "/" + target
    }
}
