import Calls
import Instruments
import Net
import Switchboard
import Twilio
import Wire

/// Writes what the caller gets next as TwiML.
struct StepWriter: Sendable {
    /// How long somebody else's telephone rings; Twilio adds 5 s, and most mailboxes answer
    /// after 25.
    private static let ringSeconds = 20

    /// The parameter that names the stream in the question what comes after it.
    private static let stream = "stream"

    let desk: FrontDesk

    /// The stream after which that address of ours asks; nil when it names none.
    static func stream(askedAt address: String) -> String? {
        guard let mark = address.firstIndex(of: "?") else { return nil }
        return try? Form(parsing: address[address.index(after: mark)...])[stream]
    }

    /// The document for one step of one call.
    func answer(
        _ step: NextStep, _ sid: CallSID, _ exchange: Exchange
    ) async throws(Problem) -> HTTPAnswer {
        let words = desk.words(for: sid)
        switch step {
        case .hangUp: return try Self.answer(TwiML(.hangup))
        case .stream: return try Self.answer(TwiML(connect(step, sid, exchange)))
        case .digits(let keys):
            return try Self.answer(TwiML(.playDigits(keys), connect(step, sid, exchange)))
        case .say(let text):
            return try Self.answer(TwiML(words.say(text), connect(step, sid, exchange)))
        case .dial(let transfer): return try Self.answer(TwiML(await dial(transfer, sid)))
        case .handOff(let key): return try await handOff(key, sid, exchange)
        case .apology: return try Self.answer(TwiML(announce(.apology, words), .hangup))
        }
    }

    /// One of the house's sentences.
    func announce(_ announcement: Announcement, _ words: Words) -> TwiML.Verb {
        guard desk.announcements.recording(announcement, in: words.language) != nil else {
            return .pause(seconds: 1)
        }
        let path = AudioRoutes.path(announcement, words.language)
        return .play(url: desk.address(path, toAny: true))
    }

    private func connect(
        _ step: NextStep, _ sid: CallSID, _ exchange: Exchange
    ) -> TwiML.Verb {
        let token = desk.tickets.issue(
            for: sid, wallClock: exchange.loop.time.wallClock, lead: step.lead)
        return .connect(
            TwiML.Connect(
                url: desk.address("/api/twilio/stream", scheme: "wss"),
                action: desk.address("/api/twilio/after-stream")
                    + "?\(Self.stream)=\(token.nonce)",
                statusCallback: desk.address("/api/twilio/stream-status"),
                parameters: [TwiML.Parameter(StreamToken.parameter, token.text)]))
    }

    /// Rings somebody else. Whoever answers is asked to press a key, since a mailbox cannot; an
    /// emergency is joined at once.
    private func dial(_ transfer: Transfer, _ sid: CallSID) async -> TwiML.Verb {
        let call = desk.registry.find(sid)
        var number = TwiML.Number(transfer.number)
        if transfer.author != .emergency {
            number.url = desk.address("/api/twilio/whisper/\(sid.text)")
        }
        var dial = TwiML.Dial(
            number, action: desk.address("/api/twilio/dial-status"),
            timeoutSeconds: Self.ringSeconds, callerID: call?.ticket.to)
        // The longest call holds at Twilio too, where nobody of ours listens.
        dial.limitSeconds = await call?.secondsLeft
        return .dial(dial)
    }

    /// ElevenLabs takes the call; if it will not, the call takes its next rung.
    private func handOff(
        _ key: String, _ sid: CallSID, _ exchange: Exchange
    ) async throws(Problem) -> HTTPAnswer {
        guard let call = desk.registry.find(sid) else { return try Self.answer(TwiML(.hangup)) }
        do {
            let document = try await desk.handOff(key, call.ticket)
            desk.registry.handOff(sid)
            await call.handedOff()
            return .respond(Self.response(document))
        } catch {
            // That it fails was said when the breaker opened.
            let isKnown = error.reason == .providerCircuitOpen
            desk.log.write(
                isKnown ? .notice : .error, "call.hand_off_failed",
                "The call could not be handed over",
                [.callSID(sid.text), .reason(error.reason.rawValue), .detail(error.detail)])
            let step = await call.handOffRefused(key, error.reason.rawValue)
            return try await answer(step, sid, exchange)
        }
    }

    /// A document of ours.
    static func answer(_ document: TwiML) throws(Problem) -> HTTPAnswer {
        do { return .respond(response(try document.text())) } catch {
            throw Problem(500, "Internal error", "the TwiML could not be written: \(error)")
        }
    }

    private static func response(_ document: String) -> HTTPResponse {
        HTTPResponse(status: 200, type: "text/xml; charset=utf-8", text: document)
    }
}
