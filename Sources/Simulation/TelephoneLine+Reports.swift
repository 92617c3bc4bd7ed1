import Net
import Simulators
import Wire

/// What Twilio reports beside its questions: late, in no order, and nobody waits for the answer.
extension TelephoneLine {
    /// Reports one thing in a while.
    func report(_ path: String, _ more: Form, after delay: Duration = .zero) {
        reports += 1
        Task(executorPreference: loop.tasks) {
            await self.loop.pause(for: delay + self.dice.milliseconds(10...80))
            await self.post(path, more)
            self.reports -= 1
        }
    }

    private func post(_ path: String, _ more: Form) async {
        await house.untilUp()
        let daemon = house.daemon
        var form = parties
        for pair in more.pairs { form.append(pair.name, pair.value) }
        let answer = await daemon.door.answer(request("POST", path, form), on: loop)
        // Twilio does not report twice what a dying process has heard.
        guard !daemon.isDead, case .respond(let response) = answer else { return }
        if response.status != 204 { violated("\(path) answered \(response.status)") }
    }

    /// A stream began, or is over.
    func reportStream(_ event: String) {
        guard temper.streamReports, let stream else { return }
        diary.saw("webhook: \(event)")
        report(
            "/api/twilio/stream-status", ["StreamSid": stream.sid, "StreamEvent": event],
            after: dice.milliseconds(0...1_500))
    }

    /// States that are past, told when others hold already.
    func reportStatuses() {
        for _ in 0..<temper.lateStatuses {
            let status = dice.pick(["initiated", "ringing", "in-progress"], or: "ringing")
            diary.saw("webhook: a status out of order")
            report(
                "/api/twilio/status", ["CallStatus": status], after: dice.milliseconds(0...40_000))
        }
    }
}
