import Calls
import Instruments
import Net
import Twilio
import Wire

/// What Twilio tells of a call that we placed.
extension OutboundRoutes {
    /// `POST /api/twilio/outbound`: somebody answered; with a person it is a call like any other.
    func answered(_ exchange: Exchange) async throws(Problem) -> HTTPAnswer {
        let webhook: VoiceWebhook
        do { webhook = try VoiceWebhook(exchange.form) } catch { throw Problem(error) }
        recognise(webhook.call, exchange)
        if let answeredBy = webhook.answeredBy {
            book.tell("answered_by", answeredBy.name, of: webhook.call)
            if answeredBy.isMachine, book.policy.voicemail == .hangup {
                desk.ender.finish(webhook.call, EndReason.callbridgeVoicemail.rawValue)
                return try StepWriter.answer(TwiML(.hangup))
            }
        }
        let answer = try await voice.ring(exchange)
        if desk.registry.find(webhook.call) == nil, desk.registry.ending(of: webhook.call) == nil {
            // It rang while there was room, and was not let in: full by now, or draining.
            desk.ender.finish(webhook.call, EndReason.callbridgeUnanswered.rawValue)
        }
        return answer
    }

    /// `POST /api/twilio/answered-by`: who it is was found out while the agent spoke.
    func answeredBy(_ exchange: Exchange) async throws(Problem) -> HTTPAnswer {
        let webhook: AnsweredByWebhook
        do { webhook = try AnsweredByWebhook(exchange.form) } catch { throw Problem(error) }
        let sid = webhook.call
        recognise(sid, exchange)
        desk.log.info(
            "outbound.answered_by", "[Twilio] Who answered was found out", .callSID(sid.text),
            LogField("ANSWERED_BY", webhook.answeredBy.name))
        let isOurs = book.promise(of: sid) != nil
        if isOurs, webhook.answeredBy.isMachine, book.policy.voicemail == .hangup {
            // Twilio waits for no answer to this; what could not be done was said in the log.
            _ = try? await desk.ender.end(sid, .callbridgeVoicemail, at: exchange.loop.now)
        }
        return .respond(HTTPResponse(status: 204))
    }

    /// `POST /api/twilio/status`, of any call: one that nobody answered is over with its promise.
    func callStatus(_ exchange: Exchange) async throws(Problem) -> HTTPAnswer {
        let webhook: StatusWebhook
        do { webhook = try StatusWebhook(exchange.form) } catch { throw Problem(error) }
        let sid = webhook.call
        recognise(sid, exchange)
        let hadConversation = desk.registry.find(sid) != nil || desk.registry.ending(of: sid) != nil
        let answer = try await voice.status(exchange)
        guard webhook.isFinal else { return answer }
        let cause = webhook.status == .canceled ? book.cause(of: sid) : nil
        let reason = cause ?? Self.reason(webhook.status)
        if hadConversation { book.end(sid, reason) } else { desk.ender.finish(sid, reason) }
        return answer
    }

    /// Ties the call to its promise, which the address names.
    private func recognise(_ call: CallSID, _ exchange: Exchange) {
        guard let query = try? Form(queryOf: exchange.request), let id = query["promise"],
            book.bind(id, to: call) == nil, book.promise(of: call) == nil,
            let agent = query["agent"], desk.outbound.agents[agent] != nil,
            let session = query["session"]
        else { return }
        let promise = OutboundPromise(id: id, session: session, agent: agent, variables: [:])
        book.adopt(promise, for: call, at: exchange.loop.now)
    }

    /// What a final state says of a call with which no agent ever spoke.
    private static func reason(_ status: TwilioCallStatus) -> String {
        switch status {
        case .busy: "caller_busy"
        case .noAnswer: "caller_unanswered"
        case .canceled: EndReason.operatorEnded.rawValue
        case .completed: EndReason.callerHungUp.rawValue
        default: "twilio_call_failed"
        }
    }
}
