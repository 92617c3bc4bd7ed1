import Calls
import Front
import Instruments
import Net
import Twilio
import Wire

/// What an operator may ask of a running daemon over its control socket.
///
/// Whoever can open the socket may do all of it: its mode is the guard.
struct ControlRoutes: Sendable {
    /// Calls and their daemon.
    let service: Service
    /// The log's last lines.
    let ring: LogRing

    /// Every route of the control socket.
    var all: [Route] {
        [
            Route("GET", "/", .open, about),
            Route("GET", "/calls", .open, calls),
            Route("GET", "/calls/{id}", .open, call),
            Route("POST", "/calls/{id}/end", .open, end),
            Route("POST", "/drain", .open, drain),
            Route("POST", "/reload", .open, reload),
            Route("GET", "/tail", .open, tail),
        ]
    }

    private var daemon: CallbridgeDaemon { service.daemon }

    /// `GET /`: who answers here, and how it is.
    private func about(_ exchange: Exchange) async throws(Problem) -> HTTPAnswer {
        let line = service.status
        return Self.answer(
            200,
            [
                "service": "callbridge", "version": .string(CallbridgeDaemon.version),
                "state": .string(line.drainLeft == nil ? "serving" : "draining"),
                "status": .string(line.text), "active": .integer(Int64(line.calls)),
                "calls_max": .integer(Int64(line.callsMax)),
            ])
    }

    /// `GET /calls`: every living call, the oldest first, and who has no conversation yet.
    private func calls(_ exchange: Exchange) async throws(Problem) -> HTTPAnswer {
        let all = await daemon.callStatuses().map { $0.status.json(showsNumbers: showsNumbers) }
        return Self.answer(
            200,
            [
                "status": .string(service.status.text), "active": .integer(Int64(all.count)),
                "calls": .array(all), "waiting": .array(waiting),
                "ringing": .array(
                    daemon.house.calls.outbound.ringing(
                        daemon.house.calls.registry, at: exchange.loop.now
                    ).map { .string($0.text) }),
            ])
    }

    private var waiting: [JSON] {
        daemon.house.calls.registry.waiting(at: SystemTime().wallClock).map { caller in
            [
                "call_sid": .string(caller.call.text),
                "waiting_seconds": .integer(caller.time.components.seconds),
            ]
        }
    }

    /// `GET /calls/{id}`: one of them.
    private func call(_ exchange: Exchange) async throws(Problem) -> HTTPAnswer {
        let found = try await find(exchange)
        return Self.answer(200, found.status.json(showsNumbers: showsNumbers))
    }

    /// `POST /calls/{id}/end`: ends it, as the operator's doing, wherever its caller is. One that
    /// only rings or waits has no conversation yet, and is known by Twilio's name alone.
    private func end(_ exchange: Exchange) async throws(Problem) -> HTTPAnswer {
        let (sid, session) = try await named(exchange)
        let reason: EndReason?
        do throws(HangUpFault) {
            reason = try await daemon.house.ender.end(sid, .operatorEnded, at: exchange.loop.now)
        } catch {
            throw Problem(error)
        }
        guard let reason else { throw Self.nothing(sid.text) }
        return Self.answer(
            200,
            [
                "call_sid": .string(sid.text), "session_id": .string(session ?? ""),
                "reason": .string(reason.rawValue),
            ])
    }

    private func named(_ exchange: Exchange) async throws(Problem) -> (CallSID, String?) {
        do throws(Problem) {
            let ticket = try await find(exchange).call.ticket
            return (ticket.call, ticket.session)
        } catch {
            guard error.status == 404, let sid = CallSID(exchange.parameters["id"] ?? "") else {
                throw error
            }
            return (sid, nil)
        }
    }

    /// `POST /drain`: begins, and does not wait.
    private func drain(_ exchange: Exchange) async throws(Problem) -> HTTPAnswer {
        service.drain()
        return Self.answer(
            202,
            [
                "active": .integer(Int64(daemon.activeCalls)),
                "started_by_socket": .bool(daemon.isStartedBySocket),
            ])
    }

    /// `POST /reload`: 200 with what has changed, 422 with what is wrong.
    private func reload(_ exchange: Exchange) async throws(Problem) -> HTTPAnswer {
        switch await service.reload() {
        case .done(let answer): return Self.answer(200, answer.json)
        case .refused(let faults):
            return Self.answer(
                422,
                [
                    "type": "about:blank", "title": "Configuration refused", "status": 422,
                    "detail": "nothing has changed", "faults": .array(faults.map { .string($0) }),
                ])
        }
    }

    /// `GET /tail?lines=N`: the last lines, then every further one as it is said.
    private func tail(_ exchange: Exchange) async throws(Problem) -> HTTPAnswer {
        let query = exchange.request.query.flatMap { try? Form(parsing: Array($0.utf8)) } ?? [:]
        let count = query["lines"].flatMap(Int.init) ?? 10
        let head = HTTPResponse(status: 200, fields: ["Content-Type": "application/x-ndjson"])
        return .stream(head) { [ring] body in
            let follower = ring.follow(last: count)
            defer { ring.leave(follower) }
            while let batch = await follower.next() {
                for line in batch.lines {
                    guard await body.write(LineObject.line(line).bytes) else { return }
                }
                guard batch.lost > 0 else { continue }
                guard await body.write(LineObject.lost(batch.lost).bytes) else { return }
            }
        }
    }

    private var showsNumbers: Bool { daemon.showsNumbers }

    private func find(_ exchange: Exchange) async throws(Problem) -> LivingCall {
        let text = exchange.parameters["id"] ?? ""
        let all = await daemon.callStatuses()
        switch CallSearch(text, among: all.map(\.status.facts)) {
        case .found(let index): return all[index]
        case .nothing:
            throw Self.nothing(text)
        case .several(let names):
            throw Problem(
                409, "Several calls",
                "\(text) is the beginning of "
                    + names.prefix(8).joined(separator: ", "))
        }
    }

    private static func nothing(_ text: String) -> Problem {
        Problem(404, "No such call", "no living call is \(text)")
    }

    private static func answer(_ status: Int, _ value: JSON) -> HTTPAnswer {
        let isProblem = status >= 400
        return .respond(
            HTTPResponse(
                status: status,
                fields: [
                    "Content-Type": isProblem ? "application/problem+json" : "application/json"
                ], body: Array((value.readable + "\n").utf8)))
    }
}

/// A call and how it stood a moment ago.
struct LivingCall: Sendable {
    var call: Call
    var status: CallStatus
}
