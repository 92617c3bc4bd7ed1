package import Instruments
package import Net
import Synchronization
package import Wire

/// Where every request comes in: route, guard, handler, and any error as one HTTP answer.
package final class FrontDoor: HTTPHandler {
    /// Twilio's own ceiling for what it posts is 64 KiB; nothing here needs more.
    static let bodyBytesMax = 64 * 1024

    private let router: Router
    /// What a stranger can bring about as often as he likes.
    private static let refusals: Set = [401, 403, 404, 405, 429]

    private let desk: FrontDesk
    private let reticence = Mutex(Reticence())

    package init(desk: FrontDesk) {
        self.desk = desk
        router = Router(RouteTable.routes(desk), instance: desk.instance)
    }

    package func bodyLimit(_ request: HTTPRequest) -> Int { Self.bodyBytesMax }

    package func answer(_ request: HTTPRequest, on loop: any Loop) async -> HTTPAnswer {
        var exchange = Exchange(request: request, client: desk.clients.of(request), loop: loop)
        var route = "unknown"
        do throws(Problem) {
            if request.method == "OPTIONS",
                let answer = desk.origins.preflight(request, methods: router.methods(request))
            {
                return .respond(answer)
            }
            let (found, parameters) = try router.find(request)
            route = found.pattern
            exchange.parameters = parameters
            if found.guarding == .apiKey, !desk.origins.allows(request) {
                throw .forbidden("the page that asks is not of ALLOWED_ORIGINS")
            }
            exchange.form = try desk.gate.check(found.guarding, exchange)
            let answer = revealed(try await found.handler(exchange), request)
            desk.meters.requests[Self.status(answer)].add()
            return answer
        } catch {
            tell(error, route, exchange)
            return revealed(.respond(error.response), request)
        }
    }

    private func revealed(_ answer: HTTPAnswer, _ request: HTTPRequest) -> HTTPAnswer {
        switch answer {
        case .respond(var response):
            desk.origins.reveal(&response, to: request)
            return .respond(response)
        case .stream(var response, let body):
            desk.origins.reveal(&response, to: request)
            return .stream(response, body)
        case .webSocket: return answer
        }
    }

    private func tell(_ problem: Problem, _ route: String, _ exchange: Exchange) {
        let request = exchange.request
        let status = String(problem.status)
        desk.meters.requests[status].add()
        desk.meters.problems[route, status].add()
        let unsaid = unsaidBefore(problem, route, at: exchange.loop.now)
        // What was left unsaid is shown to whoever looks closely.
        let level: LogLevel = unsaid == nil ? .debug : problem.status >= 500 ? .error : .warning
        desk.log.write(
            level, "http.problem", "A request was answered with a problem",
            [
                LogField("HTTP_STATUS", status), .reason(LogText.safe(problem.detail)),
                LogField("METHOD", request.method),
                LogField("PATH", LogText.safe(String(request.path))),
                LogField("PEER", exchange.client), LogField("UNSAID", "\(unsaid ?? 0)"),
            ])
    }

    /// How many of the kind were not said since the last that was; nil when this one is not.
    private func unsaidBefore(_ problem: Problem, _ route: String, at now: Duration) -> Int? {
        guard Self.refusals.contains(problem.status) else { return 0 }
        return reticence.withLock { $0.unsaidBefore("\(problem.status) \(route)", at: now) }
    }

    private static func status(_ answer: HTTPAnswer) -> String {
        switch answer {
        case .respond(let response), .stream(let response, _): String(response.status)
        case .webSocket: "101"
        }
    }
}
