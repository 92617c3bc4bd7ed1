import Calls
import Simulators
import Twilio
import Wire

/// A call that the house has placed: it rings somewhere, and is answered, or not.
///
///     initiated ─▶ ringing ─▶ busy, no answer, failed │ a person, or a mailbox ─▶ as any other
extension TelephoneLine {
    /// How a telephone that is rung by the house answers.
    enum Answer: String, Sendable {
        case person, mailbox, busy, noAnswer = "no-answer", failed
    }

    /// The whole call.
    func live(_ order: OutboundCall) async {
        let callback = order.statusCallback.map(Self.path) ?? ""
        let answer: Answer = dice.pick(
            [.person, .person, .person, .mailbox, .busy, .noAnswer, .failed], or: .person)
        for status in ["initiated", "ringing"] where !dice.chance(house.plan.trouble * 0.3) {
            report(callback, ["CallStatus": status], after: dice.milliseconds(0...900))
        }
        await wait(for: dice.milliseconds(300...8_000))
        guard !wasEndedOverREST else { return await finish(callback, "canceled") }
        diary.saw("rung by us: \(answer.rawValue)")
        switch answer {
        case .busy, .noAnswer, .failed: return await finish(callback, answer.rawValue)
        case .person, .mailbox: break
        }
        report(callback, ["CallStatus": "in-progress"], after: dice.milliseconds(0...900))
        if let detection = order.machineDetection { detect(detection, answer) }
        guard case .url(let url) = order.answer else { return violated("placed without address") }
        await talk { await self.ask(Self.path(url), status: "in-progress") }
        await finish(callback, "completed")
    }

    /// Finds out who answered, while the agent speaks.
    private func detect(_ detection: MachineDetection, _ answer: Answer) {
        guard case .meanwhile(let callback) = detection else { return }
        let takes = dice.milliseconds(1_000...4_000)
        let found = answer == .mailbox ? "machine_start" : "human"
        report(Self.path(callback), ["AnsweredBy": found], after: takes)
        guard answer == .mailbox else { return }
        Task(executorPreference: loop.tasks) {
            let life = self.house.daemon.life
            await self.loop.pause(for: takes + .seconds(6))
            // A call that is over here may be a while about it at Twilio.
            guard self.isThere, life == self.house.daemon.life,
                self.house.ledger.reason(of: self.sid) == nil
            else { return }
            self.violated("an agent speaks to a mailbox")
        }
    }

    /// Twilio was told to end the call.
    func endedOverREST() {
        wasEndedOverREST = true
        isThere ? hangUp() : wake()
    }

    private func finish(_ callback: String, _ status: String) async {
        isLastWordLost = dice.chance(house.plan.trouble * 0.3)
        for _ in 0..<(isLastWordLost ? 0 : max(1, temper.statusTimes)) {
            await loop.pause(for: dice.milliseconds(0...3_000))
            _ = await ask(callback, status: status, wantsScript: false)
        }
        end()
    }
}
