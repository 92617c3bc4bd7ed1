import Switchboard

/// The agent's course: dialled, lost, dialled again, replaced by the next rung.
extension CallMachine {
    /// Why the agent's leg is over when its socket ended for `reason`: a goodbye is one only from
    /// an agent that was there. From any other a caller who waits has heard nothing, and must not
    /// be hung up on as if all were said.
    package func whyGone(_ reason: EndReason) -> EndReason {
        reason == .agentEnded && agent != .talking && caller == .streaming
            ? .providerRefused : reason
    }

    /// Dials the agent of the present rung, if it is one and nobody is there yet.
    mutating func dial(at time: Duration) -> [Action] {
        guard agent == .none, case .agent(let key) = ladder.current else { return [] }
        agent = .dialing
        if caller == .streaming {
            deadlines.agent = time + limits.agentStartMax
        } else {
            deadlines.prewarm = time + limits.prewarmMax
        }
        return [.dialAgent(key)]
    }

    mutating func agentOpened(at time: Duration) -> [Action] {
        guard agent == .dialing else { return [] }
        agent = .open
        return caller == .streaming ? start() : []
    }

    mutating func start() -> [Action] {
        agent = .starting
        return [.sendSetup]
    }

    mutating func agentReady(at time: Duration) -> [Action] {
        guard agent == .starting else { return [] }
        agent = .talking
        talkingSince = time
        fault = nil
        deadlines.agent = nil
        return [.openGate]
    }

    mutating func agentGone(_ reason: EndReason, at time: Duration) -> [Action] {
        guard agent != .none, farewell == nil else { return [] }
        let wasTalking = agent == .talking
        agent = .none
        deadlines.agent = nil
        deadlines.prewarm = nil
        switch caller {
        case .streaming:
            if wasTalking && reason == .agentEnded { return sayFarewell(reason, at: time) }
            fault = reason
            if wasTalking, time - talkingSince >= limits.redialsForgottenAfter {
                ladder.forgetRedials()
            }
            if wasTalking, reason.mayPass, ladder.redial() {
                return [.announce(.oneMoment)] + dial(at: time)
            }
            _ = ladder.climb()
            return stand(at: time)
        case .awaited, .away:
            // Nobody is there to hear it. One that was merely lost is dialled again on arrival;
            // one that refuses leaves the time until then to the next.
            guard reason != .agentEnded, !reason.mayPass, !wasTalking else { return [] }
            fault = reason
            _ = ladder.climb()
            return dial(at: time)
        case .leaving, .elsewhere: return []
        }
    }

    /// Does what the present rung asks for, with a caller who listens.
    mutating func stand(at time: Duration) -> [Action] {
        switch ladder.current {
        case .agent: return [.announce(.oneMoment)] + dial(at: time)
        case .human, .handOff:
            // Twilio's question, and whoever is rung then, take seconds of their own.
            return [.announce(.oneMoment)] + begin(.rung(ladder.current), at: time)
        case .queue, .apology:
            hasApologized = true
            return [.announce(.apology)]
                + sayFarewell(fault ?? .callbridgeUnanswered, at: time)
        }
    }
}

extension EndReason {
    /// True when the same agent may well be had again at once.
    var mayPass: Bool {
        switch self {
        case .providerLost, .providerError, .providerUnreachable, .providerStalled,
            .callbridgeError:
            true
        default: false
        }
    }
}
