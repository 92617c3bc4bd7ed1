import Front
import Instruments
import Net
import Wire

/// Answers the operator at a Unix path that is the daemon's owner's alone.
struct ControlServer: Sendable {
    /// People and scripts of one machine; each tail is one connection.
    private static let connectionsMax = 32
    /// A terminal that somebody has stopped to read is not cut for it: its lines are counted.
    private static let readerPatience = Duration.seconds(3_600)

    private let server: HTTPServer
    private let path: String
    private let log: Log

    init(_ routes: ControlRoutes, at path: String, loops: LoopPool, log: Log) {
        var limits = HTTPServerLimits()
        limits.connectionsMax = Self.connectionsMax
        limits.write = Self.readerPatience
        server = HTTPServer(
            loops: loops, limits: limits, log: log, handler: ControlDoor(Router(routes.all)))
        self.path = path
        self.log = log
    }

    /// Begins to answer. A path that is taken costs the operator's program, not the calls: it is
    /// said, and the daemon goes on. Beside another daemon of the same person it takes a path of
    /// its own, by the `port` at which it answers the telephone.
    func open(_ paths: ControlPaths, port: UInt16?) async {
        guard paths.prepare(path) else {
            log.error(
                "control.failed", "No control socket",
                .reason("its folder cannot be made, or others may enter it"), .path(path))
            return
        }
        let further = path == paths.ofPerson ? port.map(paths.ofPerson(port:)) : nil
        var reason = ""
        for place in [path, further].compactMap(\.self) {
            do {
                try await server.listen(.unix(path: place), isPrivate: true)
                return
            } catch {
                reason = error.reason
            }
        }
        log.error("control.failed", "No control socket", .reason(reason), .path(path))
    }

    func close() async { await server.close() }
}

extension LogField {
    fileprivate static func path(_ path: String) -> LogField { LogField("PATH", path) }
}

/// Where the operator's requests come in.
private struct ControlDoor: HTTPHandler {
    let router: Router

    init(_ router: Router) { self.router = router }

    /// No request of the operator's has a body.
    func bodyLimit(_ request: HTTPRequest) -> Int { 0 }

    func answer(_ request: HTTPRequest, on loop: any Loop) async -> HTTPAnswer {
        do throws(Problem) {
            let (route, parameters) = try router.find(request)
            var exchange = Exchange(request: request, loop: loop)
            exchange.parameters = parameters
            return try await route.handler(exchange)
        } catch {
            return .respond(error.response)
        }
    }
}
