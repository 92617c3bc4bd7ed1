import Wire

/// Tells requests that somebody on this machine made for himself from those that others had made.
///
/// The peer's address alone proves nothing: a proxy here speaks for the whole internet, and a
/// browser here for any page whose name was pointed at 127.0.0.1. Both are given away by what the
/// request names: the host that was asked for, the page that asked, the proxy's own fields.
struct ThisMachine: Sendable {
    /// How a request reached us without leaving this machine.
    enum Way: Sendable, Equatable { case loopback, unix }

    /// What proxies say of those they speak for (RFC 7239, RFC 9110 section 7.6.3, and custom).
    private static let proxyFields = ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"]

    /// Where the world reaches us.
    let publicURL: WebAddress

    /// Nil unless the request is this machine's own.
    func way(of request: HTTPRequest) -> Way? {
        let fields = request.fields
        guard Self.proxyFields.allSatisfy({ fields[$0] == nil }),
            fields.values("Origin").allSatisfy(Self.isOwnOrigin), let host = Self.host(fields)
        else { return nil }
        if request.peer == "unix" { return isPublic(host) ? nil : .unix }
        return Self.isLoopbackPeer(request.peer) && Self.isLoopbackName(host) ? .loopback : nil
    }

    /// In development the public address is a name of this machine, and says nothing.
    private func isPublic(_ host: String) -> Bool {
        host == publicURL.host && !Self.isLoopbackName(publicURL.host)
    }

    private static func host(_ fields: HTTPFields) -> String? {
        let hosts = fields.values("Host")
        guard hosts.count == 1 else { return nil }
        return (try? WebAddress("http://\(hosts[0])"))?.host
    }

    private static func isOwnOrigin(_ origin: String) -> Bool {
        guard let address = try? WebAddress(origin) else { return false }
        return isLoopbackName(address.host)
    }

    /// `host` as `WebAddress` reads it: what ends in digits is an IPv4 address, whole.
    private static func isLoopbackName(_ host: String) -> Bool {
        if host == "localhost" || host == "::1" { return true }
        return host.hasPrefix("127.") && host.utf8.allSatisfy { ".0123456789".utf8.contains($0) }
    }

    private static func isLoopbackPeer(_ peer: String) -> Bool {
        peer == "::1" || peer.hasPrefix("127.") || peer.hasPrefix("::ffff:127.")
    }
}
