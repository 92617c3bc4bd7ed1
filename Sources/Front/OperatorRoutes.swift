import Calls
import Instruments
import Net
import Wire

/// What people and probes ask.
struct OperatorRoutes: Sendable {
    let desk: FrontDesk

    /// `GET /api/twilio/conversations`: every living telephone conversation.
    func conversations(_ exchange: Exchange) async throws(Problem) -> HTTPAnswer {
        var all: [JSON] = []
        for call in desk.registry.living {
            all.append(await call.status.json(showsNumbers: desk.showsNumbers))
        }
        let list: JSON = ["active": .integer(Int64(all.count)), "conversations": .array(all)]
        return .respond(Self.json(200, list))
    }

    /// `GET /health`: alive, with the figures a glance wants.
    func health(_ exchange: Exchange) async throws(Problem) -> HTTPAnswer {
        let uptime = (exchange.loop.now - desk.startedAt).components.seconds
        return .respond(
            Self.json(
                200,
                [
                    "status": "ok", "version": .string(desk.version),
                    "active": .integer(Int64(desk.registry.active)),
                    "uptime_seconds": .integer(uptime),
                ]))
    }

    /// `GET /livez`: this answer is the proof.
    func alive(_ exchange: Exchange) async throws(Problem) -> HTTPAnswer {
        .respond(Self.json(200, ["status": "ok"]))
    }

    /// `GET /readyz`: 503 while no further call would be taken, and why.
    func ready(_ exchange: Exchange) async throws(Problem) -> HTTPAnswer {
        if desk.registry.isDraining {
            return .respond(Self.json(503, ["status": "unavailable", "reason": "draining"]))
        }
        if desk.registry.isFull {
            return .respond(
                Self.json(503, ["status": "unavailable", "reason": "as many calls as allowed"]))
        }
        return .respond(Self.json(200, ["status": "ok"]))
    }

    /// `GET /`: what this is.
    func about(_ exchange: Exchange) async throws(Problem) -> HTTPAnswer {
        .respond(
            Self.json(
                200,
                [
                    "service": "callbridge", "version": .string(desk.version),
                    "health": "/health", "conversations": "/api/twilio/conversations",
                ]))
    }

    private static func json(_ status: Int, _ value: JSON) -> HTTPResponse {
        HTTPResponse(
            status: status,
            fields: ["Content-Type": "application/json", "Cache-Control": "no-store"],
            body: Array((value.readable + "\n").utf8))
    }
}
