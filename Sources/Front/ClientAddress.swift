import Glibc
package import Wire

/// Finds out who asks, when those who stand between are believed.
///
///     client ─▶ proxy A ─▶ proxy B ─▶ here
///     X-Forwarded-For: whatever the client claims, client, A      peer: B
///
/// Read from the right: each proxy added the address it was asked from, so a word counts only as
/// far as the proxies behind it are trusted. The first address that is none of theirs is the client.
package struct ClientAddress: Sendable {
    /// Addresses that are looked at; a longer chain is nobody's deployment.
    private static let hopsMax = 16

    private let isTrusted: @Sendable (String) -> Bool

    /// `isTrusted` is asked with a peer's address in digits, or `unix`.
    package init(isTrusted: @escaping @Sendable (String) -> Bool) { self.isTrusted = isTrusted }

    /// Nobody's word counts.
    package static let peerAlone = ClientAddress { _ in false }

    /// The address in digits, or `unix`.
    package func of(_ request: HTTPRequest) -> String {
        guard isTrusted(request.peer) else { return request.peer }
        let hops = request.fields.values("X-Forwarded-For").joined(separator: ",")
            .split(separator: ",", omittingEmptySubsequences: false)
        var client = request.peer
        for hop in hops.reversed().prefix(Self.hopsMax) {
            // What is no address was not written by a proxy that we should have trusted.
            guard let address = Self.address(hop) else { return client }
            client = address
            if !isTrusted(address) { return client }
        }
        return client
    }

    /// The host of `192.0.2.7`, `192.0.2.7:1234`, `2001:db8::7` or `[2001:db8::7]:1234`.
    private static func address(_ hop: Substring) -> String? {
        var text = hop.drop { $0 == " " || $0 == "\t" }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        if text.first == "[" {
            text = text.dropFirst().prefix { $0 != "]" }
        } else if text.utf8.count(where: { $0 == UInt8(ascii: ":") }) == 1 {
            text = text.prefix { $0 != ":" }
        }
        let host = String(text)
        var bytes = in6_addr()
        let isKnown = [AF_INET, AF_INET6].contains { inet_pton($0, host, &bytes) == 1 }
        return isKnown ? host : nil
    }
}
