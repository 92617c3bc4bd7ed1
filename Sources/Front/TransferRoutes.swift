import Calls
import Instruments
import Net
import Switchboard
import Twilio
import Wire

/// What Twilio asks about somebody else who is being rung for the caller.
///
///     dial ─▶ whisper: "press one to accept" ─▶ accept: joined, or hung up on
///       └───▶ dial-status: joined and over, or the caller comes back to the agent
struct TransferRoutes: Sendable {
    let desk: FrontDesk
    let steps: StepWriter

    /// `POST /api/twilio/dial-status`: how the transfer, or another rung, went.
    func dialStatus(_ exchange: Exchange) async throws(Problem) -> HTTPAnswer {
        let webhook: DialStatusWebhook
        do { webhook = try DialStatusWebhook(exchange.form) } catch { throw Problem(error) }
        let outcome = Self.outcome(webhook)
        desk.log.write(
            .notice, "transfer.over", "[Twilio] Transfer over",
            [.callSID(webhook.call.text), LogField("OUTCOME", webhook.outcome.word)])
        guard let call = await desk.callOrRevived(webhook.call) else {
            return try await steps.answer(desk.stepAfterEnd(webhook.call), webhook.call, exchange)
        }
        if outcome != .joined, TwilioCallStatus(exchange.form["CallStatus"] ?? "").isFinal {
            // Nobody took the call, and the caller is gone: there is nobody to come back.
            await call.stop(.callerHungUp)
            return try StepWriter.answer(TwiML(.hangup))
        }
        let step = await call.errandOver(outcome, party: webhook.dialledCall)
        return try await steps.answer(step, webhook.call, exchange)
    }

    /// Whoever answered and was not joined has not pressed the key.
    private static func outcome(_ webhook: DialStatusWebhook) -> ErrandOutcome {
        if webhook.succeeded { return .joined }
        switch webhook.outcome {
        case .completed, .answered: return .failed("declined")
        default: return .failed(webhook.outcome.word)
        }
    }

    /// `POST /api/twilio/whisper/{call_sid}`: the other party answered; a mailbox would not press
    /// a key.
    func whisper(_ exchange: Exchange) async throws(Problem) -> HTTPAnswer {
        let sid = try exchange.call
        let call = await desk.callOrRevived(sid)
        guard let transfer = await call?.transfer, let plan = call?.ticket.plan else {
            return try StepWriter.answer(TwiML(.hangup))
        }
        let words = Words(plan.language)
        var prompts: [TwiML.Verb] = []
        if let whisper = transfer.whisper { prompts.append(words.say(whisper)) }
        prompts.append(words.say(words.pressToAccept))
        var gather = TwiML.Gather()
        gather.prompts = prompts
        gather.digitsMax = 1
        gather.timeoutSeconds = 10
        gather.action = desk.address("/api/twilio/accept") + "?\(Self.caller)=\(sid.text)"
        return try StepWriter.answer(TwiML(.gather(gather), .hangup))
    }

    /// The parameter that names the caller's leg: the question is about the other party's.
    private static let caller = "call"

    /// `POST /api/twilio/accept`: the key the other party pressed; an empty document joins them.
    func accept(_ exchange: Exchange) async throws(Problem) -> HTTPAnswer {
        let webhook: GatherWebhook
        do { webhook = try GatherWebhook(exchange.form) } catch { throw Problem(error) }
        guard webhook.digits == "1" else { return try StepWriter.answer(TwiML(.hangup)) }
        let query = (try? Form(queryOf: exchange.request)) ?? [:]
        if let sid = CallSID(query[Self.caller] ?? "") {
            await desk.callOrRevived(sid)?.errandAnswered()
        }
        return try StepWriter.answer(TwiML([]))
    }
}

extension Exchange {
    /// The call that the path names.
    var call: CallSID {
        get throws(Problem) {
            guard let sid = CallSID(parameters["call_sid"] ?? "") else {
                throw .badRequest("the path names no call")
            }
            return sid
        }
    }
}
