import Calls
import Simulators
import Twilio
import Wire

/// Somebody else is rung for the caller, and what must hold then.
extension TelephoneLine {
    /// Whom the house may ring: the ladder's human, the destinations of transfers, emergencies.
    private static let allowed: Set<String> = [
        SimulatedHouse.human, SimulatedHouse.reception, SimulatedHouse.emergency,
    ]

    /// Rings somebody else; answers what the caller gets afterwards.
    func ring(_ dial: TwiMLScript.Dial) async -> TwiMLScript? {
        hearsOthers = true
        let isEmergency = judge(dial)
        wasTold = true
        waits = nil
        if isEmergency {
            emergencyAt = nil
            emergencyDials += 1
            emergencyLeft = max(0, emergencyLeft - 1)
        }
        isRungForEmergency = isEmergency
        await wait(for: dice.milliseconds(500...6_000))
        let outcome = await outcome(of: dial)
        if outcome == "joined" {
            await wait(for: dice.milliseconds(1_000...9_000))
            // Also when a process died meanwhile that had more to ring: somebody has spoken.
            emergencyAt = nil
            emergencyDials = 0
            emergencyLeft = 0
        } else {
            story.owesNews = true
            isOwedWord = true
            // Ordered again while it was rung, it is the same emergency.
            if emergencyAt != nil || emergencyLeft > 0 {
                emergencyAt = isEmergency && emergencyLeft == 0 ? nil : loop.now
            }
        }
        diary.saw("dialled\(isEmergency ? " for an emergency" : ""): \(outcome)")
        isRungForEmergency = false
        hearsOthers = false
        guard let action = dial.action, isThere || temper.asksAfterEnd else { return nil }
        return await ask(
            Self.path(action.url), status: isThere ? "in-progress" : "completed",
            [
                "DialCallStatus": Self.word(outcome),
                "DialBridged": outcome == "joined" ? "true" : "false",
            ])
    }

    /// Only numbers that were allowed are rung; true for that of emergencies.
    private func judge(_ dial: TwiMLScript.Dial) -> Bool {
        var isEmergency = false
        for party in dial.parties {
            guard case .number(let number, _, _) = party, Self.allowed.contains(number) else {
                violated("somebody was rung who was not allowed")
                continue
            }
            // Others are rung for it when that one was in vain.
            if number == SimulatedHouse.emergency || emergencyDials > 0 { isEmergency = true }
        }
        return isEmergency
    }

    private func outcome(of dial: TwiMLScript.Dial) async -> String {
        guard isThere else { return "canceled" }
        guard temper.otherAnswers else {
            return dice.pick(["busy", "no-answer", "failed"], or: "busy")
        }
        for case .number(_, let whisper?, _) in dial.parties {
            let words = await ask(Self.path(whisper.url), status: "in-progress", isOurs: false)
            hearsOthers = true
            guard temper.otherAccepts, words?.isQuestion ?? false else { return "declined" }
        }
        return isThere ? "joined" : "canceled"
    }

    /// Whoever answered and did not accept was a completed call all the same.
    private static func word(_ outcome: String) -> String {
        switch outcome {
        case "joined", "declined": "completed"
        default: outcome
        }
    }

    /// Nothing but keys is ever played.
    func judge(keys: String) {
        diary.saw("keys played")
        if keys != "1w2#" { violated("other keys were played than ordered") }
    }

    /// A stream that the house has closed because the agent's last words were said: they were
    /// heard to their end.
    func judgeFarewell(_ ended: StreamEnd) {
        guard house.ledger.reason(of: sid) == .agentEnded, !ended.isDeaf else { return }
        diary.saw("farewell")
        // What Twilio plays at this moment is played to its end.
        if ended.playout.queuedBytes > 0 { violated("a farewell was cut off") }
    }
}

extension TwiMLScript {
    /// It asks for a key.
    fileprivate var isQuestion: Bool {
        verbs.contains { if case .gather = $0 { true } else { false } }
    }
}
