package import Net
package import Wire

/// One thing the front serves.
package struct Route: Sendable {
    /// What a handler is: the exchange in, an answer or a problem out.
    package typealias Handler = @Sendable (Exchange) async throws(Problem) -> HTTPAnswer

    /// `GET` or `POST`; HEAD is served as GET.
    package let method: String
    /// Segments between slashes; `{name}` takes any one segment.
    package let pattern: String
    package let guarding: Guard
    package let handler: Handler
    /// The pattern's segments: every request is held against every route.
    private let segments: [Substring]

    package init(
        _ method: String, _ pattern: String, _ guarding: Guard, _ handler: @escaping Handler
    ) {
        self.method = method
        self.pattern = pattern
        self.guarding = guarding
        self.handler = handler
        segments = Self.segments(pattern[...])
    }

    static func segments(_ path: Substring) -> [Substring] {
        path.split(separator: "/", omittingEmptySubsequences: false)
    }

    /// The values of the pattern's places when a path of these segments fits it, nil otherwise.
    func match(_ given: [Substring]) -> [String: String]? {
        guard segments.count == given.count else { return nil }
        var values: [String: String] = [:]
        for (want, have) in zip(segments, given) {
            if want.first == "{", want.last == "}" {
                guard let value = PercentCoding.decoded(have), !value.isEmpty else { return nil }
                values[String(want.dropFirst().dropLast())] = value
            } else if want != have {
                return nil
            }
        }
        return values
    }
}

/// Finds who serves a request, by path and then by method.
package struct Router: Sendable {
    package let routes: [Route]
    private let isOneOfSeveral: Bool

    /// `instance` is our name where several share a socket.
    package init(_ routes: [Route], instance: String? = nil) {
        self.routes = routes
        isOneOfSeveral = instance != nil
    }

    /// What is served at a request's path.
    func methods(_ request: HTTPRequest) -> [String] {
        let path = Route.segments(request.path)
        return routes.filter { $0.match(path) != nil }.map(\.method)
    }

    /// The route and its path values; 404 for an unknown path, 405 for a wrong method there.
    /// A HEAD request is served as GET; the server leaves the body out (RFC 9110 section 9.3.2).
    package func find(_ request: HTTPRequest) throws(Problem) -> (Route, [String: String]) {
        let method = request.method == "HEAD" ? "GET" : request.method
        var allowed: [String] = []
        let path = isOneOfSeveral ? InstancePath.removed(from: request.path) : request.path
        let segments = Route.segments(path)
        for route in routes {
            guard let values = route.match(segments) else { continue }
            if route.method == method { return (route, values) }
            allowed.append(route.method)
        }
        guard !allowed.isEmpty else { throw .noSuchPath(request.path) }
        let allow = allowed.joined(separator: ", ")
        throw Problem(
            405, "Method not allowed", "\(request.path) takes \(allow)", fields: ["Allow": allow])
    }
}

/// `/instance/blue/…`: the paths by which a proxy tells one instance from another.
enum InstancePath {
    /// What stands before the paths of that instance; nothing where there is only one.
    static func prefix(_ instance: String?) -> String { instance.map { "/instance/\($0)" } ?? "" }

    /// The longest name (`INSTANCE`).
    private static let nameBytesMax = 32

    /// The path behind an instance's name; all of it when there is none.
    ///
    /// Another's name is as good as ours: the proxy comes to us with it when the other is gone, and
    /// a call that it left behind is remembered by all.
    static func removed(from path: Substring) -> Substring {
        let opening = "/instance/"
        guard path.hasPrefix(opening) else { return path }
        let rest = path.dropFirst(opening.count)
        let name = rest.utf8.prefix { $0 != UInt8(ascii: "/") }
        guard (1...nameBytesMax).contains(name.count), name.count < rest.utf8.count else {
            return path
        }
        return rest[name.endIndex...]
    }
}
