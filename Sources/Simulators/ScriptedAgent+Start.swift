import Audio
import Wire

/// From the accepted socket to the first word.
extension ScriptedAgent {
    /// The setup came, or the first audio showed that none will.
    mutating func begin(_ setup: ClientSetup, at now: Duration) {
        diary.setup = setup
        if let forbidden = forbiddenOverride(in: setup) {
            if manners.forbidden == .error {
                return fail(
                    1008, "override_error",
                    "Override for field '\(forbidden)' is not allowed by config.", at: now)
            }
            dropForbidden()
        }
        if let language = diary.setup.language,
            let spoken = manners.scripts.first(where: { $0.language == language })
        {
            script = spoken
        }
        if let text = diary.setup.firstMessage {
            script.greeting = text.isEmpty ? [] : [.say(.init(text))]
        }
        let missing = script.requiredVariables.subtracting(setup.variables.map(\.name)).sorted()
        guard missing.isEmpty else {
            let names = missing.map { "'\($0)'" }.joined(separator: ", ")
            return fail(
                1008, "missing_dynamic_variable",
                "Missing required dynamic variables in first message: {\(names)}", at: now)
        }
        if let delay = slowStart {
            phase = .starting(at: now + delay)
        } else {
            start(at: now)
        }
    }

    private func forbiddenOverride(in setup: ClientSetup) -> String? {
        guard let permitted = manners.permittedOverrides else { return nil }
        return setup.overrides.first { !permitted.contains($0) }
    }

    /// The silent way: what is not permitted has no effect.
    private mutating func dropForbidden() {
        guard let permitted = manners.permittedOverrides else { return }
        if !permitted.contains("agent.first_message") { diary.setup.firstMessage = nil }
        if !permitted.contains("agent.language") { diary.setup.language = nil }
        if !permitted.contains("conversation.text_only") { diary.setup.isTextOnly = false }
        if !permitted.contains("conversation.client_events") { diary.setup.clientEvents = nil }
    }

    private var slowStart: Duration? {
        for planned in manners.faults {
            if case .slowStart(let delay) = planned.fault { return delay }
        }
        return nil
    }

    /// The metadata first, before even a ping: clients look at exactly one message for it.
    mutating func start(at now: Duration) {
        if manners.has(.audioFirst) {
            let silence = [UInt8](
                repeating: 0, count: manners.outputFormat.bytes(lasting: .seconds(1)))
            send(.audio(silence, id: shown(nextID())))
        }
        let format =
            manners.has(.unknownFormat) ? "opus_48000" : manners.outputFormat.name
        send(
            .metadata(
                conversationID: conversationID, outputFormat: format,
                inputFormat: manners.inputFormat.name))
        pulse.begin(at: now)
        lastSign = now
        strikes = manners.faults.filter(\.fault.isMoment).map {
            PlannedFault($0.fault, after: now + $0.after)
        }.sorted { $0.after < $1.after }
        for planned in manners.faults {
            switch planned.fault {
            case .queued(let delay): return queue(until: now + delay, admits: true)
            case .queueTimeout(let delay): return queue(until: now + delay, admits: false)
            default: break
            }
        }
        greet(at: now)
    }

    private mutating func queue(until moment: Duration, admits: Bool) {
        send(.queueStatus("waiting"))
        phase = .queued(until: moment, admits: admits)
    }

    /// The queue is over, one way or the other.
    mutating func leaveQueue(admits: Bool, at now: Duration) {
        guard admits else {
            send(.queueStatus("timed_out"))
            return close(1008, "Conversation queue timed out", isFailure: true, at: now)
        }
        send(.queueStatus("admitted"))
        greet(at: now)
    }

    private mutating func greet(at now: Duration) {
        phase = .talking
        lastSign = now
        isGreeting = true
        steps = script.greeting
        strike(at: now)
        run(at: now)
    }
}
