import Calls
import Instruments
import Net
import Twilio
import Wire

/// What Twilio asks while a call rings, lives and ends.
///
///     voice ─▶ admitted: ticket, agent dialled ahead, <Connect><Stream> with a one-time token
///     (stream: see SocketRoutes)
///     after-stream ─▶ what the caller gets next, by what the call itself knows
///     status ─▶ a final state ends the call, in whatever order things arrive
struct VoiceRoutes: Sendable {
    let desk: FrontDesk
    let steps: StepWriter

    private var waiting: WaitingRoom { WaitingRoom(desk: desk, steps: steps) }

    /// `POST /api/twilio/voice`: an inbound call.
    func ring(_ exchange: Exchange) async throws(Problem) -> HTTPAnswer {
        let webhook: VoiceWebhook
        do { webhook = try VoiceWebhook(exchange.form) } catch { throw Problem(error) }
        let sid = webhook.call
        desk.log.write(
            .notice, "call.incoming",
            verbatim:
                "[Twilio] Incoming call: \(sid.text) from \(webhook.from) to \(webhook.to)",
            [.callSID(sid.text)])
        // Twilio asks the fallback address: the process that was asked first may be no more.
        if webhook.errorCode != nil, let call = await desk.callOrRevived(sid) {
            let stream = StepWriter.stream(askedAt: webhook.errorURL ?? "")
            return try await steps.answer(
                await call.afterStream(callerIsThere: true, stream: stream), sid, exchange)
        }
        let ticket = ticket(webhook, wallClock: exchange.loop.time.wallClock)
        let admission = desk.registry.admit(
            sid, to: webhook.to, callsMax: ticket.plan.callsMax,
            turn: waiting.turn(ticket, exchange), { desk.makeCall(ticket) })
        if case .full(let limit) = admission { return try await pass(ticket, limit, exchange) }
        return try await answer(admission, ticket, exchange)
    }

    /// What the call is promised: as somebody ordered it, or as its number is answered now.
    private func ticket(_ webhook: VoiceWebhook, wallClock: Duration) -> CallTicket {
        let promise = desk.outbound.book.promise(of: webhook.call)
        return CallTicket(
            call: webhook.call,
            session: promise?.session ?? desk.sessions.next(wallClock: wallClock),
            plan: desk.plan(webhook, promise, wallClock),
            direction: webhook.isOutbound ? .outbound : .inbound, from: webhook.from,
            to: webhook.to)
    }

    private func answer(
        _ admission: CallRegistry.Admission, _ ticket: CallTicket, _ exchange: Exchange
    ) async throws(Problem) -> HTTPAnswer {
        let sid = ticket.call
        switch admission {
        case .admitted(let call): return try await steps.answer(await call.begin(), sid, exchange)
        case .known(let call):
            desk.meters.webhooksRepeated.add()
            // It may not have begun yet: then this question begins it.
            return try await steps.answer(await call.begin(), sid, exchange)
        case .over: return try StepWriter.answer(TwiML(.hangup))
        case .waiting(let ahead, let since):
            return try waiting.answer(ticket, ahead: ahead, since: since, exchange)
        case .full(.total): return try refuse(ticket, "full", "as many calls as allowed are open")
        case .full(.number):
            return try refuse(ticket, "number_full", "as many calls as this number takes are open")
        case .draining: return try refuse(ticket, "draining", "the daemon is draining")
        }
    }

    /// No place with an agent of ours: somebody else on the ladder, or a busy line.
    private func pass(
        _ ticket: CallTicket, _ limit: CallRegistry.Limit, _ exchange: Exchange
    ) async throws(Problem) -> HTTPAnswer {
        guard let plan = ticket.plan.whenFull else {
            return try await answer(.full(limit), ticket, exchange)
        }
        var ticket = ticket
        ticket.plan = plan
        let admission = desk.registry.admitPassing(ticket.call) { [ticket] in
            desk.makeCall(ticket)
        }
        if case .admitted = admission {
            desk.log.notice(
                "call.passed_on", "No place is free: the call goes to the next rung",
                .callSID(ticket.call.text), LogField("CAUSE", limit.rawValue))
        }
        return try await answer(admission, ticket, exchange)
    }

    private func refuse(
        _ ticket: CallTicket, _ cause: String, _ why: String
    ) throws(Problem) -> HTTPAnswer {
        desk.log.warning(
            "call.refused", "Call refused", .callSID(ticket.call.text),
            LogField("CAUSE", cause), .reason(why))
        desk.meters.callsRefused[cause].add()
        return try StepWriter.answer(
            TwiML(steps.announce(.busy, Words(ticket.plan.language)), .hangup))
    }

    /// `POST /api/twilio/after-stream`: the stream is over, the caller may still be there.
    func afterStream(_ exchange: Exchange) async throws(Problem) -> HTTPAnswer {
        let webhook: AfterStreamWebhook
        do { webhook = try AfterStreamWebhook(exchange.form) } catch { throw Problem(error) }
        let sid = webhook.call
        let step: NextStep
        // Twilio may ask before our side of the socket has told the call that it is over.
        if let call = await desk.callOrRevived(sid) {
            step = await call.afterStream(
                callerIsThere: webhook.isCallerThere,
                stream: StepWriter.stream(askedAt: exchange.request.target))
        } else {
            step = webhook.isCallerThere ? desk.stepAfterEnd(sid) : .hangUp
        }
        desk.log.info(
            "call.after_stream", "The stream is over, and Twilio is told what follows",
            .callSID(sid.text), LogField("STEP", step.name),
            .reason(desk.registry.ending(of: sid)?.reason.rawValue ?? "none"))
        return try await steps.answer(step, sid, exchange)
    }

    /// `POST /api/twilio/stream-status`: logged and counted.
    func streamStatus(_ exchange: Exchange) async throws(Problem) -> HTTPAnswer {
        let webhook: StreamStatusWebhook
        do { webhook = try StreamStatusWebhook(exchange.form) } catch { throw Problem(error) }
        let event = webhook.event.name
        desk.meters.streamEvents[event].add()
        let fields = [LogField.callSID(webhook.call.text), .streamSID(webhook.stream.text)]
        if let error = webhook.error, !error.isEmpty {
            desk.log.write(
                .warning, "stream.error", "[Twilio] Stream error",
                fields + [.reason(LogText.safe(error))])
        } else {
            desk.log.write(
                .info, "stream.status", "[Twilio] Stream status",
                fields + [LogField("STATUS", event)])
        }
        return .respond(HTTPResponse(status: 204))
    }

    /// `POST /api/twilio/status`: idempotent, any order; a final state ends the call.
    func status(_ exchange: Exchange) async throws(Problem) -> HTTPAnswer {
        let webhook: StatusWebhook
        do { webhook = try StatusWebhook(exchange.form) } catch { throw Problem(error) }
        desk.log.info(
            "call.status", "[Twilio] Call status", .callSID(webhook.call.text),
            LogField("STATUS", LogText.safe(webhook.status.word)))
        if webhook.isFinal {
            if let call = await desk.callOrRevived(webhook.call) { await call.callFinished() }
            desk.registry.noteOver(webhook.call)
        }
        return .respond(HTTPResponse(status: 204))
    }
}

extension Problem {
    /// A webhook that lacks something or has it wrong.
    init(_ fault: WebhookFault) {
        self = .badRequest("\(fault)")
    }
}
