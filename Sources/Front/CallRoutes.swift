import Calls
import Net
import Twilio
import Wire

/// What operators do with a call: `POST /api/calls/{call_sid}/…`.
struct CallRoutes: Sendable {
    let desk: FrontDesk

    /// `…/end`: hangs up wherever the caller is; twice is once.
    func end(_ exchange: Exchange) async throws(Problem) -> HTTPAnswer {
        let sid = try Self.call(exchange)
        let reason: EndReason?
        do throws(HangUpFault) {
            reason = try await desk.ender.end(sid, .operatorEnded, at: exchange.loop.now)
        } catch {
            throw Problem(error)
        }
        guard let reason else { throw .noSuchCall(sid) }
        return .respond(
            .readable(
                200,
                [
                    "success": true, "call_sid": .string(sid.text),
                    "reason": .string(reason.rawValue),
                ]))
    }

    /// `…/transfer`: hands the caller to `{"to": name or number, "whisper"?}`.
    func transfer(_ exchange: Exchange) async throws(Problem) -> HTTPAnswer {
        try await order("transfer", exchange)
    }

    /// `…/emergency`: the caller goes to the number's human for emergencies, whatever the agent
    /// says or does; 409 where there is none.
    func emergency(_ exchange: Exchange) async throws(Problem) -> HTTPAnswer {
        let sid = try Self.call(exchange)
        guard let call = desk.registry.find(sid) else { throw .noSuchCall(sid) }
        guard await call.emergency() else {
            throw Problem(409, "Conflict", "the number of this call has nobody for emergencies")
        }
        if await call.isHandedOff { try await fetch(sid) }
        return Self.accepted(sid, "emergency")
    }

    /// Fetches a caller from ElevenLabs: Twilio is asked to ask us what is next. If it will not, the
    /// order stands, and repeating it asks Twilio again.
    private func fetch(_ sid: CallSID) async throws(Problem) {
        guard let line = desk.outbound.line else {
            throw Problem(
                503, "Unavailable",
                "ElevenLabs has the call; fetching it takes TWILIO_ACCOUNT_SID and "
                    + "TWILIO_AUTH_TOKEN")
        }
        desk.registry.takeBack(sid)
        do throws(TwilioFailure) {
            let next = desk.address("/api/twilio/after-stream")
            _ = try await line.update(sid, .redirect(url: next))
        } catch {
            desk.registry.handOff(sid)
            desk.log.error(
                "call.fetch_failed", "A call could not be fetched from ElevenLabs",
                .callSID(sid.text), .reason("\(error)"))
            throw Problem(
                error, "ElevenLabs has the call, and Twilio did not fetch it: \(error); ask again")
        }
    }

    /// `…/say`: `{"text"}` is read to the caller.
    func say(_ exchange: Exchange) async throws(Problem) -> HTTPAnswer {
        try await order("say", exchange)
    }

    /// `…/dtmf`: `{"digits"}` are pressed for the caller.
    func dtmf(_ exchange: Exchange) async throws(Problem) -> HTTPAnswer {
        try await order("dtmf", exchange)
    }

    /// `…/context`: the agent is told `{"text"}`.
    func context(_ exchange: Exchange) async throws(Problem) -> HTTPAnswer {
        try await order("context", exchange)
    }

    private func order(_ action: String, _ exchange: Exchange) async throws(Problem) -> HTTPAnswer {
        let sid = try Self.call(exchange)
        let order = try Order(action, JSONBody(exchange))
        guard let call = desk.registry.find(sid) else { throw .noSuchCall(sid) }
        do throws(OrderRefusal) {
            try await call.carryOut(order, by: .operator)
        } catch {
            throw Problem(error)
        }
        return Self.accepted(sid, action)
    }

    private static func accepted(_ sid: CallSID, _ action: String) -> HTTPAnswer {
        .respond(
            .readable(
                202,
                ["success": true, "call_sid": .string(sid.text), "action": .string(action)]))
    }

    private static func call(_ exchange: Exchange) throws(Problem) -> CallSID {
        guard let sid = CallSID(exchange.parameters["call_sid"] ?? "") else {
            throw .badRequest("call_sid is not CA and 32 hexadecimal digits")
        }
        return sid
    }
}

extension Problem {
    /// 404 for a call that does not live here.
    static func noSuchCall(_ sid: CallSID) -> Problem {
        Problem(404, "Not found", "no call \(sid.text) lives here")
    }
}
