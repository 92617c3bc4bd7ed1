import Wire

/// A call that was placed by REST.
package struct PhoneOutbound: Sendable {
    /// What the called party does.
    package struct Callee: Sendable, Equatable {
        /// `in-progress` answers; `busy`, `no-answer` and `failed` do not.
        package var answer = "in-progress"
        /// How long it rings.
        package var rings: Duration = .milliseconds(500)
        /// What answering machine detection finds, when it is asked for.
        package var answeredBy = "human"

        package init() {}
    }

    var callee: Callee
    /// Asked when the callee answers; nil: `script` runs.
    var url: TwiMLScript.Callback?
    var script: TwiMLScript?
    var statusCallback: WebAddress?
    var events: Set<String>
    var detectsMachines = false
}

/// The first half of an outbound call.
extension PhoneCall {
    func callee(_ outbound: PhoneOutbound) async -> Next {
        change(to: "queued")
        tellStatus("initiated", as: "initiated")
        change(to: "ringing")
        tellStatus("ringing", as: "ringing")
        await idle(outbound.callee.rings)
        if let next = await takeUpdate() {
            change(to: "canceled")
            return next
        }
        guard outbound.callee.answer == "in-progress" else {
            change(to: outbound.callee.answer)
            return .over("the callee did not answer")
        }
        change(to: "in-progress")
        tellStatus("answered", as: "in-progress")
        if let script = outbound.script { return .document(script, base: nil) }
        guard let url = outbound.url else { return .over("there is nothing to run") }
        var more: [Form.Pair] = []
        if outbound.detectsMachines {
            more.append(Form.Pair("AnsweredBy", outbound.callee.answeredBy))
            more.append(Form.Pair("MachineDetectionDuration", "2400"))
        }
        return await follow(url, nil, with: more)
    }
}
