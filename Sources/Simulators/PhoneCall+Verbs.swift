import Audio
import Net
import Wire

/// The verbs of a document, one after the other.
extension PhoneCall {
    func run(_ script: TwiMLScript, _ base: WebAddress?) async -> Next {
        for verb in script.verbs {
            if let next = await perform(verb, base) { return next }
            if let next = await takeUpdate() { return next }
        }
        return .over("the document ended")
    }

    /// Performs one verb; nil goes on with the one below.
    private func perform(_ verb: TwiMLScript.Verb, _ base: WebAddress?) async -> Next? {
        switch verb {
        case .say(let say): await self.say(say)
        case .play(let url, _): await play(url, base)
        case .playDigits(let digits):
            hear("keys", digits)
            await idle(.milliseconds(250) * digits.count)
        case .pause(let seconds):
            hear("pause", "\(seconds) s")
            await idle(.seconds(seconds))
        case .hangup:
            hear("hangup", "")
            return .over("the server hung up")
        case .reject(let reason):
            hear("reject", reason)
            result.status = reason == "busy" ? "busy" : "no-answer"
            return .over("rejected")
        case .redirect(let callback): return await follow(callback, base)
        case .connect(let connect): return await self.connect(connect, base)
        case .dial(let dial): return await self.dial(dial, base)
        case .gather(let gather): return await self.gather(gather, base)
        }
        return nil
    }

    /// Words are spoken in real time; the WAV has a murmur of their length.
    private func say(_ say: TwiMLScript.Say) async {
        hear("say", say.text)
        let audio = Murmur.samples(of: say.text, sampleRate: 8000).map(MuLaw.encode)
        let started = loop.now - began
        await idle(.microseconds(audio.count * 125))
        let heard = Int((loop.now - began - started).microseconds / 125)
        result.heard.add(audio.prefix(heard), at: started)
    }

    private func play(_ url: String, _ base: WebAddress?) async {
        hear("play", url)
        // What is played is not fetched: two seconds stand for any recording.
        await idle(.seconds(2))
    }

    /// Asks an address that may be relative to the document's.
    func follow(
        _ callback: TwiMLScript.Callback, _ base: WebAddress?, with more: [Form.Pair] = []
    ) async -> Next {
        guard let address = PhonePost.resolve(callback.url, against: base) else {
            // TwiML that came through REST has no address of its own to be relative to.
            let code = base == nil ? 15004 : 11100
            note(DebuggerEntry(code, "\(callback.url) is no address"))
            return .over("application error \(code)")
        }
        var form = form.standard(status: "in-progress")
        for pair in more { form.append(pair.name, pair.value) }
        return await ask(address, method: callback.method, form)
    }

    private func dial(_ dial: TwiMLScript.Dial, _ base: WebAddress?) async -> Next? {
        hear("dial", dial.parties.map(Self.name).joined(separator: ", "))
        let plan = order.dial
        await idle(plan.lasts)
        if let next = await takeUpdate() { return next }
        guard let action = dial.action else { return nil }
        let wasBridged = plan.status == "completed"
        var more = [
            Form.Pair("DialCallStatus", plan.status),
            Form.Pair("DialCallSid", "CA\(random.hex(digits: 32))"),
            Form.Pair("DialBridged", wasBridged ? "true" : "false"),
        ]
        if wasBridged {
            more.append(Form.Pair("DialCallDuration", "\(plan.lasts.components.seconds)"))
        }
        return await follow(action, base, with: more)
    }

    private static func name(_ party: TwiMLScript.Party) -> String {
        switch party {
        case .number(let number, _, _): number
        case .client(let name): "client:\(name)"
        case .sip(let uri): uri
        case .conference(let name): "conference \(name)"
        case .queue(let name): "queue \(name)"
        }
    }

    private func gather(_ gather: TwiMLScript.Gather, _ base: WebAddress?) async -> Next? {
        let keys = gathered.isEmpty ? "" : gathered.removeFirst()
        for prompt in gather.prompts where keys.isEmpty {
            // The first key would have stopped them.
            _ = await perform(prompt, base)
            if let next = await takeUpdate() { return next }
        }
        hear("gather", keys)
        if keys.isEmpty { await idle(.seconds(gather.timeoutSeconds)) }
        if let next = await takeUpdate() { return next }
        guard !keys.isEmpty || gather.asksWhenEmpty else { return nil }
        let digits = String(keys.prefix(gather.digitsMax ?? keys.count))
        let more = [Form.Pair("Digits", digits)]
        let action = gather.action ?? .init(url: base?.text ?? "", method: "POST")
        return await follow(action, base, with: more)
    }
}
