package import Instruments
package import Net
package import Wire

/// Where every request comes in: route, guard, handler, and any error as one HTTP answer.
package struct FrontDoor: HTTPHandler {
    /// Twilio's own ceiling for what it posts is 64 KiB; nothing here needs more.
    static let bodyBytesMax = 64 * 1024

    private let router: Router
    private let desk: FrontDesk

    package init(desk: FrontDesk) {
        self.desk = desk
        router = Router(RouteTable.routes(desk))
    }

    package func bodyLimit(_ request: HTTPRequest) -> Int { Self.bodyBytesMax }

    package func answer(_ request: HTTPRequest, on loop: any Loop) async -> HTTPAnswer {
        var exchange = Exchange(request: request, loop: loop)
        var route = "unknown"
        do throws(Problem) {
            let (found, parameters) = try router.find(request)
            route = found.pattern
            exchange.parameters = parameters
            exchange.form = try desk.gate.check(found.guarding, exchange)
            let answer = try await found.handler(exchange)
            desk.meters.requests[Self.status(answer)].add()
            return answer
        } catch {
            tell(error, route, request)
            return .respond(error.response)
        }
    }

    private func tell(_ problem: Problem, _ route: String, _ request: HTTPRequest) {
        let status = String(problem.status)
        desk.meters.requests[status].add()
        desk.meters.problems[route, status].add()
        let level: LogLevel = problem.status >= 500 ? .error : .warning
        desk.log.write(
            level, "http.problem",
            "\(request.method) \(LogText.safe(String(request.path))) answered \(status): "
                + LogText.safe(problem.detail),
            [LogField("HTTP_STATUS", status), LogField("PEER", request.peer)])
    }

    private static func status(_ answer: HTTPAnswer) -> String {
        switch answer {
        case .respond(let response), .stream(let response, _): String(response.status)
        case .webSocket: "101"
        }
    }
}
