import Calls
import Instruments
import Net
import Twilio
import Wire

/// What Twilio asks while a call rings, lives and ends.
///
///     voice ─▶ admitted: ticket, agent dialled ahead, <Connect><Stream> with a one-time token
///     (stream: see SocketRoutes)
///     after-stream ─▶ what the caller gets next, by the call's own reason
///     status ─▶ a final state ends the call, in whatever order things arrive
struct VoiceRoutes: Sendable {
    let desk: FrontDesk

    /// `POST /api/twilio/voice`: an inbound call.
    func ring(_ exchange: Exchange) async throws(Problem) -> HTTPAnswer {
        let webhook: VoiceWebhook
        do { webhook = try VoiceWebhook(exchange.form) } catch { throw Problem(error) }
        let sid = webhook.call
        desk.log.notice(
            "call.incoming",
            "[Twilio] Incoming call: \(sid.text) from \(webhook.from) to \(webhook.to)",
            .callSID(sid.text))
        let ticket = CallTicket(
            call: sid, session: desk.sessions.next(wallClock: exchange.loop.time.wallClock),
            agent: desk.agent, direction: webhook.isOutbound ? .outbound : .inbound,
            from: webhook.from, to: webhook.to)
        switch desk.registry.admit(sid, { desk.makeCall(ticket) }) {
        case .admitted(let call):
            await call.begin()
            return try connect(sid, exchange)
        case .known:
            desk.meters.webhooksRepeated.add()
            return try connect(sid, exchange)
        case .over: return try Self.answer(TwiML(.hangup))
        case .full:
            desk.log.warning(
                "call.refused", "Call refused: as many calls as allowed are open",
                .callSID(sid.text))
            desk.meters.callsRefused["full"].add()
            return try Self.answer(Announcement.busy(for: webhook.to))
        case .draining:
            desk.log.warning(
                "call.refused", "Call refused: the daemon is draining", .callSID(sid.text))
            desk.meters.callsRefused["draining"].add()
            return try Self.answer(Announcement.busy(for: webhook.to))
        }
    }

    private func connect(_ sid: CallSID, _ exchange: Exchange) throws(Problem) -> HTTPAnswer {
        let token = desk.tickets.issue(for: sid, wallClock: exchange.loop.time.wallClock)
        return try Self.answer(
            TwiML(
                .connect(
                    TwiML.Connect(
                        url: desk.address("/api/twilio/stream", scheme: "wss"),
                        action: desk.address("/api/twilio/after-stream"),
                        statusCallback: desk.address("/api/twilio/stream-status"),
                        parameters: [TwiML.Parameter(StreamToken.parameter, token)]))))
    }

    /// `POST /api/twilio/after-stream`: the stream is over, the caller may still be there.
    func afterStream(_ exchange: Exchange) async throws(Problem) -> HTTPAnswer {
        let webhook: AfterStreamWebhook
        do { webhook = try AfterStreamWebhook(exchange.form) } catch { throw Problem(error) }
        let sid = webhook.call
        // Twilio may ask before our side of the socket has told the call that it is over.
        if let call = desk.registry.find(sid) {
            await call.streamIsOver(callerIsThere: webhook.isCallerThere)
        }
        let reason = desk.registry.reason(of: sid)
        desk.log.info(
            "call.after_stream",
            "After the stream: \(reason?.rawValue ?? "call unknown")", .callSID(sid.text),
            .reason(reason?.rawValue ?? "unknown"))
        if let reason, reason.isOrdinary { return try Self.answer(TwiML(.hangup)) }
        return try Self.answer(Announcement.apology(for: webhook.to))
    }

    /// `POST /api/twilio/stream-status`: logged and counted.
    func streamStatus(_ exchange: Exchange) async throws(Problem) -> HTTPAnswer {
        let webhook: StreamStatusWebhook
        do { webhook = try StreamStatusWebhook(exchange.form) } catch { throw Problem(error) }
        let event = Self.word(webhook.event)
        desk.meters.streamEvents[event].add()
        let fields = [LogField.callSID(webhook.call.text), .streamSID(webhook.stream.text)]
        if let error = webhook.error, !error.isEmpty {
            desk.log.write(
                .warning, "stream.error", "[Twilio] Stream error: \(LogText.safe(error))", fields)
        } else {
            desk.log.write(
                .info, "stream.status", "[Twilio] Stream \(event)", fields)
        }
        return .respond(HTTPResponse(status: 204))
    }

    /// `POST /api/twilio/status`: idempotent, any order; a final state ends the call.
    func status(_ exchange: Exchange) async throws(Problem) -> HTTPAnswer {
        let webhook: StatusWebhook
        do { webhook = try StatusWebhook(exchange.form) } catch { throw Problem(error) }
        desk.log.info(
            "call.status", "[Twilio] Call status: \(LogText.safe(webhook.status.word))",
            .callSID(webhook.call.text))
        if webhook.isFinal {
            if let call = desk.registry.find(webhook.call) {
                await call.callFinished()
            } else {
                desk.registry.noteOver(webhook.call)
            }
        }
        return .respond(HTTPResponse(status: 204))
    }

    private static func word(_ event: StreamStatusWebhook.Event) -> String {
        switch event {
        case .started: "started"
        case .stopped: "stopped"
        case .failed: "failed"
        case .other: "other"
        }
    }

    private static func answer(_ document: TwiML) throws(Problem) -> HTTPAnswer {
        do {
            return .respond(
                HTTPResponse(
                    status: 200, type: "text/xml; charset=utf-8", text: try document.text()))
        } catch {
            throw Problem(500, "Internal error", "the TwiML could not be written: \(error)")
        }
    }
}

extension Problem {
    /// A webhook that lacks something or has it wrong.
    init(_ fault: WebhookFault) {
        self = .badRequest("\(fault)")
    }
}

/// Peers' words made fit for one log line.
enum LogText {
    private static let charactersMax = 200

    /// Control characters out, length bounded.
    static func safe(_ text: String) -> String {
        String(
            text.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }
                .prefix(charactersMax).map(Character.init))
    }
}
