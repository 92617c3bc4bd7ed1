package import Twilio
import Wire

/// What Twilio asks of the call, and what it says of it.
///
///     voice ─▶ begin ─▶ after-stream ─▶ dial-status ─▶ … each answered with a NextStep
///                                                      status: over
extension Call {
    /// Begins, and answers what Twilio is to do; an agent is dialled ahead of its stream. Two
    /// webhooks may come at once: whoever is second is answered the same.
    package func begin() -> NextStep {
        guard alarm == nil else { return lastStep }
        recorder?.heard(.begin)
        // Somebody may have ended it between its admission and now.
        guard !isOver else { return machine.stepAfterEnd }
        startTimers()
        tell(.promised)
        return ask(.promised)
    }

    /// Twilio says the call itself is over.
    package func callFinished() {
        recorder?.heard(.callFinished)
        take(.callFinished)
    }

    /// Twilio asks what comes after the stream, which is over, whatever the socket says; `stream`
    /// is the nonce of its token, and asked about twice it gets the same answer: by then the caller
    /// may be in the next one, to which a process before this one may have let them go.
    package func afterStream(callerIsThere: Bool, stream: String? = nil) -> NextStep {
        if callerIsThere, let stream {
            if streamsOver.contains(stream) || isHere(anotherThan: stream) { return lastStep }
            if streamsOver.count == CallMemory.streamsMax { streamsOver.removeFirst() }
            streamsOver.append(stream)
        }
        recorder?.heard(.afterStream(callerIsThere: callerIsThere))
        guard callerIsThere else {
            take(.callFinished)
            return .hangUp
        }
        dropStream(code: WebSocketClose.normal, "Twilio says it is over")
        return ask(.streamOver)
    }

    /// The stream that lives is known, and is not that one.
    private func isHere(anotherThan stream: String) -> Bool {
        guard callerSocket != nil, let streamHere else { return false }
        return streamHere != stream
    }

    /// Twilio asks what comes after a transfer, or another rung; `party` is the leg that was rung,
    /// and asked about twice it gets the same answer.
    package func errandOver(_ outcome: ErrandOutcome, party: CallSID? = nil) -> NextStep {
        if let party, party == partyOver { return lastStep }
        partyOver = party
        recorder?.heard(.errandOver(outcome))
        let transfer = machine.errandAsked?.transfer
        let wasEmergency = machine.emergency != nil
        if case .failed(let why) = outcome, let transfer {
            tell(.errandFailed(why))
            pad.errand = Self.news(of: transfer, why)
        }
        let next = ask(.errandOver(outcome))
        if wasEmergency, machine.emergency == nil, !isOver { tell(.emergencyUnanswered) }
        return next
    }

    /// ElevenLabs will not take the call over. Two questions at once may both be refused: the rung
    /// is left once.
    package func handOffRefused(_ key: String, _ why: String) -> NextStep {
        guard machine.handOff == key else { return lastStep }
        return errandOver(.failed(why))
    }

    /// ElevenLabs has the call, and talks to Twilio by itself.
    package func handedOff() {
        guard machine.handOff != nil else { return }
        recorder?.heard(.handedOff)
        tell(.handedOff)
    }

    /// Whoever is rung for the caller has accepted.
    package func errandAnswered() {
        recorder?.heard(.errandAnswered)
        take(.errandAnswered)
    }

    /// Ends the call for a reason that is neither side's.
    package func stop(_ reason: EndReason) {
        recorder?.heard(.stop(reason))
        take(.stop(reason))
    }

    /// Gives the machine a fact that Twilio waits for an answer to.
    private func ask(_ input: CallMachine.Input) -> NextStep {
        step = nil
        take(input)
        let answer = step ?? machine.stepAfterEnd
        recorder?.answered(answer)
        return answer
    }

    /// What the agent is told of a caller who comes back.
    private static func news(of transfer: Transfer, _ why: String) -> String {
        guard transfer.author == .emergency else {
            return "The caller could not be connected (\(why)) and is back with you."
        }
        return "It is an emergency, and nobody who was rung for it has answered (\(why)). Tell the "
            + "caller so, and to dial 112, or the emergency number of the place, at once."
    }
}
