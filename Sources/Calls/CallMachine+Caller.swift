import Switchboard

/// The caller's course: streams that come and go, and what Twilio asks after them.
extension CallMachine {
    mutating func promised(at time: Duration) -> [Action] {
        deadlines.call = time + limits.durationMax
        return answer(at: time)
    }

    /// As if its stream had just been lost. Its age counts on: `time` is since it was promised.
    mutating func revived(_ stand: CallStand, at time: Duration) -> [Action] {
        deadlines.call = max(limits.durationMax, time)
        deadlines.question = time + limits.questionMax
        ladder.stand(at: stand.rung, redials: stand.redials)
        emergency = stand.emergency
        streamSince = time
        streamTries = stand.streamTries
        owesWord = true
        // What Twilio was told last is not known; a stream brings back whoever is there.
        lastStep = .stream
        if let errand = stand.errand, stand.isElsewhere {
            goElsewhere(errand)
            isJoined = stand.isJoined
            deadlines.question = nil
        } else {
            caller = .away(stand.errand)
        }
        return []
    }

    /// Where the call stands, for whoever goes on with it when this process is no more.
    package func standing(at time: Duration) -> CallStand {
        let errand: Errand? =
            switch caller {
            case .awaited, .streaming, .away(nil): nil
            case .leaving(let errand), .away(let errand?), .elsewhere(let errand): errand
            }
        var isElsewhere = false
        if case .elsewhere = caller { isElsewhere = true }
        let holds = caller == .streaming && time - streamSince >= limits.streamHoldsAfter
        return CallStand(
            rung: ladder.place, errand: errand, isElsewhere: isElsewhere,
            isJoined: isElsewhere && isJoined, streamTries: holds ? 0 : streamTries,
            redials: ladder.redials, emergency: emergency)
    }

    mutating func callerStarted(at time: Duration) -> [Action] {
        switch caller {
        // The stream that another process asked for comes without a question.
        case .awaited, .away(nil): break
        // Twilio is to ask, or was sent elsewhere: a stream it opens all the same is left again.
        case .away, .elsewhere: return [.leaveStream]
        case .streaming, .leaving: return []
        }
        caller = .streaming
        streamSince = time
        deadlines.stream = nil
        deadlines.question = nil
        deadlines.prewarm = nil
        if let next = emergency?.next() { return leave(for: .transfer(next), at: time) }
        let word: [Action] = owesWord ? [.announce(.oneMoment)] : []
        owesWord = false
        switch agent {
        case .none:
            if case .agent = ladder.current { return word + dial(at: time) }
            return stand(at: time)
        case .open:
            deadlines.agent = time + limits.agentStartMax
            return word + start()
        case .dialing, .starting:
            deadlines.agent = time + limits.agentStartMax
            return word
        case .talking: return word + [.welcomeBack]
        }
    }

    /// The stream is gone; the call is not, until Twilio says so.
    mutating func callerLost(
        _ reason: EndReason, at time: Duration, _ first: [Action] = []
    ) -> [Action] {
        if let farewell {
            unsay()
            return end(farewell)
        }
        switch caller {
        case .streaming:
            fault = reason
            caller = .away(nil)
        case .leaving(let errand): caller = .away(errand)
        case .awaited, .away, .elsewhere: return []
        }
        deadlines.playback = nil
        deadlines.question = time + limits.questionMax
        return first + pauseAgent(at: time)
    }

    /// What was said last was perhaps not heard, and it may have been that something went wrong.
    mutating func unsay() { if farewell != nil { hasApologized = false } }

    /// An agent without a caller waits as long as one that was dialled ahead.
    mutating func pauseAgent(at time: Duration) -> [Action] {
        deadlines.agent = nil
        switch agent {
        case .none: return []
        case .dialing, .open, .talking:
            deadlines.prewarm = time + limits.prewarmMax
            return []
        case .starting:
            // Its greeting would be spoken to nobody.
            agent = .none
            return [.closeAgent]
        }
    }

    /// Twilio asks what comes after the stream.
    mutating func streamOver(at time: Duration) -> [Action] {
        deadlines.question = nil
        if let farewell { return [tell(farewell.isOrdinary ? .hangUp : .apology)] + end(farewell) }
        switch caller {
        case .away(let errand?), .leaving(let errand): return run(errand, at: time)
        case .away(nil), .streaming, .awaited: return streamAgain(at: time)
        // Fetched from ElevenLabs, by whose side there is nobody for an emergency.
        case .elsewhere(.rung(.handOff)) where emergency != nil:
            return goOnWithEmergency(at: time)
        // Another process has sent them elsewhere, and they are back with nobody to say why.
        case .elsewhere where lastStep == .stream: return answer(at: time)
        case .elsewhere: return [tell(lastStep)]
        }
    }

    /// A stream that nobody ended is opened again, a bounded number of times.
    private mutating func streamAgain(at time: Duration) -> [Action] {
        if caller == .awaited {
            fault = .twilioStreamMissing
        } else {
            fault = fault ?? .twilioStreamLost
            if time - streamSince >= limits.streamHoldsAfter { streamTries = 0 }
        }
        deadlines.playback = nil
        owesWord = true
        if emergency != nil { return goOnWithEmergency(at: time) }
        if streamTries > limits.streamTriesMax { _ = ladder.leaveAgents() }
        return answer(at: time)
    }

    mutating func expectStream(_ step: NextStep, at time: Duration) -> [Action] {
        caller = .awaited
        deadlines.stream = time + step.lead + limits.streamStartMax
        return dial(at: time) + [tell(step)]
    }

    /// Twilio says that the call is over: whoever was still rung then has not taken it. Who takes
    /// an emergency is joined unasked, and tells us nothing.
    mutating func callFinished() -> [Action] {
        guard case .elsewhere(let errand) = caller else { return end(.callerHungUp) }
        switch errand {
        case .transfer(let transfer):
            let isTaken = isJoined || transfer.author == .emergency
            return end(isTaken ? EndReason(transfer.author) : .callerHungUp)
        case .rung(.human) where !isJoined: return end(.callerHungUp)
        default: return end(fault ?? .callbridgeAnsweredElsewhere)
        }
    }

    mutating func tell(_ step: NextStep) -> Action {
        lastStep = step
        return .answer(step)
    }
}
