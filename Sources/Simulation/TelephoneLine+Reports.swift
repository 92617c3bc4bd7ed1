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

    /// Asks again what was answered already, and does nothing with the answer.
    func askAgain(_ path: String) {
        reports += 1
        let life = house.daemon.life
        Task(executorPreference: loop.tasks) {
            await self.loop.pause(for: self.dice.milliseconds(0...4_000))
            await self.house.untilUp()
            // Another process knows no questions but its own.
            if self.house.daemon.life == life { await self.askAgain(path, self.house.daemon) }
            self.reports -= 1
        }
    }

    private func askAgain(_ path: String, _ daemon: DaemonInMemory) async {
        guard isThere, let call = daemon.registry.find(sid) else { return }
        diary.saw("a question asked again")
        let living = stream
        let wasStreaming = await call.isStreaming
        var form = parties
        form.append("CallStatus", "in-progress")
        _ = await daemon.door.answer(request("POST", path, form), on: loop)
        guard wasStreaming, !daemon.isDead, isThere, let living, !living.isOver, !living.isDeaf
        else { return }
        diary.saw("a question asked again in the next stream")
        if await call.status.status == "reconnecting" {
            violated("a question asked again took the stream away")
        }
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
