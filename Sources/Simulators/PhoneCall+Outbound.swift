import Instruments
import Wire

/// A call that was placed by REST.
package struct PhoneOutbound: Sendable {
    /// What the called party does.
    package struct Callee: Sendable, Equatable {
        /// `in-progress` answers; `busy`, `no-answer` and `failed` do not.
        package var answer = "in-progress"
        /// How long it rings.
        package var rings: Duration = .milliseconds(500)
        /// Who answers: `human`, `machine`, `fax` or `unknown`.
        package var answeredBy = "human"
        /// How long Twilio listens until it knows, the mailbox's greeting included.
        package var detectionTakes: Duration = .milliseconds(2_400)

        package init() {}
    }

    /// How Twilio finds out who answered.
    struct Detection: Sendable, Equatable {
        /// `DetectMessageEnd`.
        var waitsForGreeting: Bool
        /// `AsyncAmd`: the call goes on, and this address is told.
        var isMeanwhile = false
        var callback: WebAddress?

        /// Twilio's word for who answered.
        func word(for answeredBy: String) -> String {
            guard answeredBy == "machine" else { return answeredBy }
            return waitsForGreeting ? "machine_end_beep" : "machine_start"
        }
    }

    var callee: Callee
    /// Asked when the callee answers; nil: `script` runs.
    var url: TwiMLScript.Callback?
    var script: TwiMLScript?
    var statusCallback: WebAddress?
    var events: Set<String>
    var detection: Detection?
    /// How long it rings at most.
    var timeout: Duration = .seconds(60)
    /// How long it waits for its turn.
    var queueTime: Duration = .zero
}

/// The first half of an outbound call.
extension PhoneCall {
    func callee(_ outbound: PhoneOutbound) async -> Next {
        change(to: "queued")
        await idle(outbound.queueTime)
        if let next = await takeUpdate() { return canceled(next) }
        tellStatus("initiated", as: "initiated")
        change(to: "ringing")
        tellStatus("ringing", as: "ringing")
        await idle(min(outbound.callee.rings, outbound.timeout))
        if let next = await takeUpdate() { return canceled(next) }
        guard outbound.callee.answer == "in-progress", outbound.callee.rings <= outbound.timeout
        else {
            let isLate = outbound.callee.answer == "in-progress"
            change(to: isLate ? "no-answer" : outbound.callee.answer)
            return .over("the callee did not answer")
        }
        change(to: "in-progress")
        answered = loop.now
        tellStatus("answered", as: "in-progress")
        let more = await detect(outbound)
        if let next = await takeUpdate() { return next }
        if let script = outbound.script { return .document(script, base: nil) }
        guard let url = outbound.url else { return .over("there is nothing to run") }
        return await follow(url, nil, with: more)
    }

    private func canceled(_ next: Next) -> Next {
        change(to: "canceled")
        return next
    }

    /// Listens for a mailbox: now, with what is then told to the answer's address, or meanwhile.
    private func detect(_ outbound: PhoneOutbound) async -> [Form.Pair] {
        guard let detection = outbound.detection else { return [] }
        let callee = outbound.callee
        let found = [
            Form.Pair("AnsweredBy", detection.word(for: callee.answeredBy)),
            Form.Pair("MachineDetectionDuration", "\(callee.detectionTakes.milliseconds)"),
        ]
        guard detection.isMeanwhile else {
            await idle(callee.detectionTakes)
            result.answeredBy = found[0].value
            return found
        }
        guard let callback = detection.callback else {
            note(DebuggerEntry(21262, "AsyncAmd without AsyncAmdStatusCallback"))
            return []
        }
        deliveries.append(
            Task(executorPreference: loop.tasks) { [self] in
                await loop.pause(for: callee.detectionTakes)
                guard result.status == "in-progress" else { return }
                result.answeredBy = found[0].value
                told(result)
                var form = Form()
                form.append("AccountSid", order.accountSID)
                form.append("CallSid", callSID)
                for pair in found { form.append(pair.name, pair.value) }
                deliver(form, to: callback)
            })
        return []
    }
}
