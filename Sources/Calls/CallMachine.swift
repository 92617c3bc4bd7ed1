package import Switchboard

/// Decides what a call does; owns no socket, no clock, no audio.
///
///     caller    awaited ──start──▶ streaming ──errand──▶ leaving ──played──▶ away ─┐
///                  ▲                   │ lost                                 ▲   │
///                  │                   └──────────────────────────────────────┘   │ Twilio asks
///                  └── stream again ◀── NextStep ◀────────────────────────────────┤
///                                          └──▶ elsewhere: rung, joined, or back ◀─┘
///     agent     none ─▶ dialing ─▶ open ─▶ starting ─▶ talking ─▶ none, and the next rung
///
/// Inputs are facts, actions are orders to `Call`; time is the duration since the call was
/// promised, and `deadline` says when to come back with `.deadlinePassed`. A call outlives its
/// streams and its agents: what ends it is a final state, a goodbye that was played, somebody's
/// order, or a ladder without further rungs. Once `.end` was ordered the machine asks for
/// nothing more.
package struct CallMachine: Sendable, Equatable {
    /// What happened.
    package enum Input: Sendable, Equatable {
        /// Twilio rang; its answer is wanted.
        case promised
        /// The call lived in a process that is no more, and stood there; Twilio is about to ask.
        case revived(CallStand)
        /// The caller's stream began and proved its ticket.
        case callerStarted
        /// Another stream came for the same call and took the first one's place.
        case callerReplaced
        /// Twilio said the stream is over because the call is.
        case callerStopped
        /// The stream's socket ended without that.
        case callerLost
        /// The stream broke its protocol.
        case callerBroke
        /// Nothing came from Twilio for too long.
        case callerSilent
        /// Twilio asks what comes after a stream, for a caller who is still there.
        case streamOver
        /// Twilio reported a final state of the call.
        case callFinished
        /// The agent's socket is open.
        case agentOpened
        /// The agent's metadata came and its formats are known.
        case agentReady
        /// The agent's leg is over, and why, should it be the call's reason.
        case agentGone(EndReason)
        /// All that was to be played has been played.
        case playbackFinished
        /// How long what is queued takes to play; an answer to `.finishPlayback`.
        case playbackRemaining(Duration)
        /// The call is to leave its stream for something.
        case errand(Errand)
        /// What the caller was sent elsewhere for is over; Twilio's answer is wanted.
        case errandOver(ErrandOutcome)
        /// The caller must be taken to this human now, whatever the agent says or does.
        case emergency(Transfer)
        /// The other party of an errand has accepted the call.
        case errandAnswered
        /// The end is near: what is queued is played first.
        case farewell(EndReason)
        /// The agent ends the call, and may yet say goodbye.
        case lastWords(EndReason)
        /// Somebody ends the call at once.
        case stop(EndReason)
        /// The time given by `deadline` has come.
        case deadlinePassed
    }

    /// What to do, at once and in this order.
    package enum Action: Sendable, Equatable {
        /// Dial the agent of this key.
        case dialAgent(String)
        /// Send the agent its initiation: who calls, variables, what was said before.
        case sendSetup
        /// Let audio flow both ways.
        case openGate
        /// The caller is back with an agent who never left.
        case welcomeBack
        /// Play one of the house's own sentences.
        case announce(Announcement)
        /// Play what is queued to its end, say how long that takes, report when it was heard.
        case finishPlayback
        /// Close the caller's stream, so that Twilio asks what comes next.
        case leaveStream
        /// Close the agent's socket in the ordinary way, if there is one.
        case closeAgent
        /// The agent was not there in time; close what there is of it.
        case giveUpAgent
        /// Tell Twilio, which waits for it.
        case answer(NextStep)
        /// Free everything; said exactly once.
        case end(EndReason)
    }

    enum Caller: Equatable {
        /// Twilio was told to stream.
        case awaited
        case streaming
        /// What is queued is played first, then the stream is left.
        case leaving(Errand)
        /// The stream is over and Twilio has not asked yet; nil when nobody wanted that.
        case away(Errand?)
        /// Twilio was told something that needs no stream.
        case elsewhere(Errand)
    }
    enum Agent: Equatable { case none, dialing, open, starting, talking }

    let limits: CallLimits
    var ladder: Ladder
    var caller = Caller.awaited
    var agent = Agent.none
    var deadlines = CallDeadlines()
    /// Why the call ends as soon as what is queued was played.
    var farewell: EndReason?
    /// The agent that ends the call has not been waited for yet,
    var awaitsLastWords = false
    /// and may speak until then; nil when nothing more is to come.
    var lastWordsUntil: Duration?
    /// An emergency that nobody has taken yet.
    var emergency: Emergency?
    /// Whoever the caller was sent to has accepted them.
    var isJoined = false
    /// When the present agent began to talk.
    var talkingSince: Duration = .zero
    /// The last thing that went wrong; the reason of a call for which nothing else can be done.
    var fault: EndReason?
    /// Streams asked for since one last held.
    var streamTries = 0
    var streamSince: Duration = .zero
    /// The caller has heard nothing since a stream was lost, or since somebody else was rung in
    /// vain, and hears something at once.
    var owesWord = false
    /// The last answer, for a question that is repeated.
    var lastStep = NextStep.hangUp
    /// True once the caller was told that something went wrong, or got somebody all the same.
    package internal(set) var hasApologized = false
    /// The one reason, when the call is over.
    package private(set) var ended: EndReason?

    package init(limits: CallLimits, rungs: [Rung] = [.agent("default"), .apology]) {
        self.limits = limits
        ladder = Ladder(rungs, redialsMax: limits.redialsMax)
    }

    /// Takes one fact at `time` and answers what to do.
    package mutating func handle(_ input: Input, at time: Duration) -> [Action] {
        guard ended == nil else { return [] }
        switch input {
        case .promised: return promised(at: time)
        case .revived(let stand): return revived(stand, at: time)
        case .callerStarted: return callerStarted(at: time)
        case .callerReplaced: return isConversing ? [.welcomeBack] : []
        case .callerStopped, .callFinished: return callFinished()
        case .callerLost: return callerLost(.twilioStreamLost, at: time)
        case .callerSilent: return callerLost(.twilioStreamSilent, at: time, [.leaveStream])
        case .callerBroke:
            unsay()
            return end(.twilioProtocolError)
        case .streamOver: return streamOver(at: time)
        case .agentOpened: return agentOpened(at: time)
        case .agentReady: return agentReady(at: time)
        case .agentGone(let reason): return agentGone(whyGone(reason), at: time)
        case .playbackFinished: return playbackFinished(at: time)
        case .playbackRemaining(let remaining):
            playbackTakes(remaining, at: time)
            return []
        case .errand(let errand): return begin(errand, at: time)
        case .errandOver(let outcome): return errandOver(outcome, at: time)
        case .errandAnswered:
            if case .elsewhere = caller { isJoined = true }
            return []
        case .emergency(let transfer): return emergency(transfer, at: time)
        case .farewell(let reason): return sayFarewell(reason, at: time)
        case .lastWords(let reason): return awaitLastWords(reason, at: time)
        case .stop(let reason): return end(reason)
        case .deadlinePassed: return deadlinePassed(at: time)
        }
    }

    private mutating func deadlinePassed(at time: Duration) -> [Action] {
        if deadlines.call.hasPassed(at: time) { return longestCallReached(at: time) }
        if deadlines.playback.hasPassed(at: time) { return playbackOverdue(at: time) }
        if deadlines.stream.hasPassed(at: time) { return end(.twilioStreamMissing) }
        if deadlines.question.hasPassed(at: time) { return end(fault ?? .twilioStreamLost) }
        if deadlines.agent.hasPassed(at: time) {
            return [.giveUpAgent] + agentGone(.providerSilent, at: time)
        }
        if deadlines.prewarm.hasPassed(at: time) {
            deadlines.prewarm = nil
            agent = .none
            return [.closeAgent]
        }
        return []
    }

    private mutating func longestCallReached(at time: Duration) -> [Action] {
        deadlines.call = nil
        unsay()
        if case .elsewhere = caller { hasApologized = true }
        guard caller == .streaming, farewell == nil else { return end(.callbridgeMaxDuration) }
        agent = .none
        deadlines.agent = nil
        hasApologized = true
        return [.closeAgent, .announce(.timeIsUp)] + sayFarewell(.callbridgeMaxDuration, at: time)
    }

    mutating func end(_ reason: EndReason) -> [Action] {
        ended = reason
        deadlines = CallDeadlines()
        return [.end(reason)]
    }
}
