import Switchboard

/// The caller's errands: to somebody else, to a machine that wants keys, down the ladder, and back.
extension CallMachine {
    /// Begins an errand: what is queued is heard first.
    mutating func begin(_ errand: Errand, at time: Duration) -> [Action] {
        guard takesErrands else { return [] }
        forgetFarewell()
        caller = .leaving(errand)
        deadlines.playback = time + limits.farewellGrace
        return [.finishPlayback]
    }

    /// Leaves the stream; Twilio will ask.
    mutating func leave(for errand: Errand, at time: Duration) -> [Action] {
        caller = .away(errand)
        deadlines.playback = nil
        deadlines.question = time + limits.questionMax
        guard !errand.keepsAgent else { return [.leaveStream] + pauseAgent(at: time) }
        return [.leaveStream] + dropAgent()
    }

    mutating func dropAgent() -> [Action] {
        deadlines.agent = nil
        deadlines.prewarm = nil
        guard agent != .none else { return [] }
        agent = .none
        return [.closeAgent]
    }

    mutating func run(_ errand: Errand, at time: Duration) -> [Action] {
        deadlines.playback = nil
        switch errand {
        case .digits(let keys): return expectStream(.digits(keys), at: time)
        case .say(let text): return expectStream(.say(text), at: time)
        case .transfer(let transfer):
            goElsewhere(errand)
            return dropAgent() + [tell(.dial(transfer))]
        case .rung: return answer(at: time)
        }
    }

    mutating func goElsewhere(_ errand: Errand) {
        caller = .elsewhere(errand)
        isJoined = false
    }

    /// Answers Twilio with what the present rung asks for.
    mutating func answer(at time: Duration) -> [Action] {
        switch ladder.current {
        case .agent:
            streamTries += 1
            return expectStream(.stream, at: time)
        case .human(let number):
            goElsewhere(.rung(ladder.current))
            let transfer = Transfer(name: "", number: number, author: .ladder)
            return dropAgent() + [tell(.dial(transfer))]
        case .handOff(let key):
            goElsewhere(.rung(ladder.current))
            return dropAgent() + [tell(.handOff(key))]
        case .queue, .apology:
            hasApologized = true
            return [tell(.apology)] + end(fault ?? .callbridgeUnanswered)
        }
    }

    /// What Twilio means when it says that something is over for which the caller was sent away.
    var errandAsked: Errand? {
        switch caller {
        case .elsewhere(let errand): errand
        // The process may have died before it wrote down that Twilio was told.
        case .away(let errand?) where !errand.keepsAgent: errand
        default: nil
        }
    }

    /// The other party is gone, or never came.
    mutating func errandOver(_ outcome: ErrandOutcome, at time: Duration) -> [Action] {
        guard let errand = errandAsked else { return [tell(lastStep)] }
        deadlines.question = nil
        // Whatever went wrong before, who has spoken with somebody is not told of it afterwards.
        if outcome == .joined { hasApologized = true }
        // Whose ringing stops hears next that somebody is there, not an agent being dialled.
        if outcome != .joined { owesWord = true }
        switch (errand, outcome) {
        case (.transfer(let transfer), .joined):
            return [tell(.hangUp)] + end(EndReason(transfer.author))
        case (_, .joined): return [tell(.hangUp)] + end(fault ?? .callbridgeAnsweredElsewhere)
        case (_, .failed) where emergency != nil: return goOnWithEmergency(at: time)
        case (.rung, .failed):
            _ = ladder.climb()
            return answer(at: time)
        case (_, .failed): return answer(at: time)
        }
    }
}

extension Errand {
    /// Whom the caller is sent to; nil when to nobody whom we know.
    var transfer: Transfer? {
        switch self {
        case .transfer(let transfer): transfer
        case .rung(.human(let number)): Transfer(name: "", number: number, author: .ladder)
        default: nil
        }
    }
}

extension EndReason {
    /// What a transfer that succeeded makes the call's reason.
    init(_ author: Transfer.Author) {
        self =
            switch author {
            case .agent: .agentTransferred
            case .operator: .operatorTransferred
            case .emergency: .callbridgeEmergency
            case .ladder: .callbridgeAnsweredElsewhere
            }
    }
}
