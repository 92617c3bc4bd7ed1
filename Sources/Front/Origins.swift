package import Wire

/// The web pages that may use us from a browser: our own and those an operator listed.
///
/// A browser says whose page asks (`Origin`) and hides our answer from a page unless we allow it
/// (Fetch, "CORS protocol"); programs say nothing, and nothing is asked of them.
package struct Origins: Sendable {
    /// How long a browser may remember what we allowed, so that it does not ask before each
    /// request; a page that is no longer listed is shut out as soon.
    private static let rememberedSeconds = 600

    private let allowed: [WebAddress]

    /// Our own public address, and further origins.
    package init(own: WebAddress, others: [WebAddress]) { allowed = [own] + others }

    /// True for a request of no page, or of an allowed one; a page that hides whose it is is not.
    package func allows(_ request: HTTPRequest) -> Bool {
        request.fields.values("Origin").allSatisfy(isKnown)
    }

    /// The answer to a browser that asks before it sends a page's request; nil for any other.
    func preflight(_ request: HTTPRequest, methods: [String]) -> HTTPResponse? {
        guard request.method == "OPTIONS", !methods.isEmpty, let origin = origin(of: request),
            request.fields["Access-Control-Request-Method"] != nil
        else { return nil }
        return HTTPResponse(
            status: 204,
            fields: [
                "Access-Control-Allow-Origin": origin,
                "Access-Control-Allow-Methods": methods.joined(separator: ", "),
                "Access-Control-Allow-Headers": "Content-Type, X-API-Key",
                "Access-Control-Max-Age": "\(Self.rememberedSeconds)", "Vary": "Origin",
            ])
    }

    /// Lets an allowed page read the response.
    func reveal(_ response: inout HTTPResponse, to request: HTTPRequest) {
        guard let origin = origin(of: request) else { return }
        response.fields["Access-Control-Allow-Origin"] = origin
        response.fields["Access-Control-Expose-Headers"] = "Retry-After"
        response.fields["Vary"] = "Origin"
    }

    private func origin(of request: HTTPRequest) -> String? {
        let origins = request.fields.values("Origin")
        guard let origin = origins.first, origins.count == 1, isKnown(origin) else { return nil }
        return origin
    }

    private func isKnown(_ origin: String) -> Bool {
        guard let page = try? WebAddress(origin), page.target == "/" else { return false }
        return allowed.contains {
            $0.scheme == page.scheme && $0.host == page.host && $0.port == page.port
        }
    }
}
