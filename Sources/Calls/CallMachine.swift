/// Decides what a call does; owns no socket, no clock, no audio.
///
///                 promised ──▶ dial agent ──────────────┐ (ahead of the stream)
///                    │                                  ▼
///     caller: awaited ──start──▶ streaming      agent: dialing ─▶ open ─▶ starting ─▶ talking
///                                   └────── both there: setup, then metadata ────────┘
///                                                        │
///                        one reason ◀── farewell ◀── agent says goodbye
///
/// Inputs are facts, actions are orders to `Call`; time is the duration since the call was
/// promised, and `deadline` says when to come back with `.deadlinePassed`. Once `.end` was
/// ordered the machine asks for nothing more.
package struct CallMachine: Sendable, Equatable {
    /// What happened.
    package enum Input: Sendable, Equatable {
        /// TwiML is about to be answered.
        case promised
        /// The caller's stream began and proved its ticket.
        case callerStarted
        /// Another stream came for the same call and took the first one's place.
        case callerReplaced
        /// Twilio said the stream is over.
        case callerStopped
        /// The stream's socket ended without that.
        case callerLost
        /// Twilio asks what comes next for a caller who is still there: for Twilio the stream is
        /// over, though nobody here said so.
        case streamAbandoned
        /// The stream broke its protocol.
        case callerBroke
        /// Nothing came from Twilio for too long.
        case callerSilent
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
        /// Somebody else ends the call.
        case stop(EndReason)
        /// The time given by `deadline` has come.
        case deadlinePassed
    }

    /// What to do, at once and in this order.
    package enum Action: Sendable, Equatable {
        case dialAgent
        /// Send the agent its initiation: who calls, variables.
        case sendSetup
        /// Let audio flow both ways.
        case openGate
        /// Play what is queued to its end, say how long that takes, report when it was heard.
        case finishPlayback
        /// Close the agent's socket in the ordinary way, if there is one.
        case closeAgent
        /// Free everything; said exactly once.
        case end(EndReason)
    }

    private enum Caller: Equatable { case awaited, streaming }
    private enum Agent: Equatable { case none, dialing, open, starting, talking, gone }

    private let limits: CallLimits
    private var caller = Caller.awaited
    private var agent = Agent.none
    private var farewell: EndReason?
    private var streamDeadline: Duration?
    private var prewarmDeadline: Duration?
    private var agentDeadline: Duration?
    private var farewellDeadline: Duration?
    private var callDeadline: Duration?
    /// The one reason, when the call is over.
    package private(set) var ended: EndReason?

    package init(limits: CallLimits) {
        self.limits = limits
    }

    /// When to come back with `.deadlinePassed`; nil when nothing is awaited.
    package var deadline: Duration? {
        [streamDeadline, prewarmDeadline, agentDeadline, farewellDeadline, callDeadline]
            .compactMap { $0 }.min()
    }

    /// True while an agent's socket is awaited.
    package var isDialing: Bool { ended == nil && agent == .dialing }
    /// True once the setup was sent, until the metadata came.
    package var isStarting: Bool { ended == nil && agent == .starting }
    /// True once the agent's metadata came, until its leg is over.
    package var isTalking: Bool { ended == nil && agent == .talking }

    /// Where the call stands, in a word.
    package var status: String {
        if ended != nil { return "ended" }
        if farewell != nil { return "ending" }
        switch (caller, agent) {
        case (.awaited, _): return "ringing"
        case (.streaming, .talking): return "in-progress"
        case (.streaming, _): return "connecting"
        }
    }

    /// Takes one fact at `time` and answers what to do.
    package mutating func handle(_ input: Input, at time: Duration) -> [Action] {
        guard ended == nil else { return [] }
        switch input {
        case .promised:
            streamDeadline = time + limits.streamStartMax
            callDeadline = time + limits.durationMax
            return dial(at: time)
        case .callerStarted: return callerStarted(at: time)
        case .callerReplaced: return []
        case .callerStopped, .callFinished: return end(.callerHungUp)
        case .callerLost: return end(farewell ?? .twilioStreamLost)
        case .streamAbandoned:
            return end(caller == .awaited ? .twilioStreamMissing : farewell ?? .twilioStreamLost)
        case .callerBroke: return end(.twilioProtocolError)
        case .callerSilent: return end(.twilioStreamSilent)
        case .agentOpened: return agentOpened(at: time)
        case .agentReady: return agentReady()
        case .agentGone(let reason): return agentGone(whyGone(reason), at: time)
        case .playbackFinished: return farewell.map { end($0) } ?? []
        case .playbackRemaining(let remaining):
            guard farewell != nil else { return [] }
            farewellDeadline = time + remaining + limits.farewellGrace
            return []
        case .stop(let reason): return end(reason)
        case .deadlinePassed: return deadlinePassed(at: time)
        }
    }

    /// Why the agent's leg is over when its socket ended for `reason`: a goodbye is one only from
    /// an agent that was there. From any other the caller has heard nothing, and must not be hung
    /// up on as if all were said.
    package func whyGone(_ reason: EndReason) -> EndReason {
        reason == .agentEnded && agent != .talking ? .providerRefused : reason
    }

    private mutating func dial(at time: Duration) -> [Action] {
        agent = .dialing
        if caller == .streaming {
            agentDeadline = time + limits.agentStartMax
        } else {
            prewarmDeadline = time + limits.prewarmMax
        }
        return [.dialAgent]
    }

    private mutating func callerStarted(at time: Duration) -> [Action] {
        guard caller == .awaited else { return [] }
        caller = .streaming
        streamDeadline = nil
        prewarmDeadline = nil
        agentDeadline = time + limits.agentStartMax
        switch agent {
        case .none: return dial(at: time)
        case .open: return start()
        default: return []
        }
    }

    private mutating func agentOpened(at time: Duration) -> [Action] {
        guard agent == .dialing else { return [] }
        agent = .open
        return caller == .streaming ? start() : []
    }

    private mutating func start() -> [Action] {
        agent = .starting
        return [.sendSetup]
    }

    private mutating func agentReady() -> [Action] {
        guard agent == .starting else { return [] }
        agent = .talking
        agentDeadline = nil
        return [.openGate]
    }

    private mutating func agentGone(_ reason: EndReason, at time: Duration) -> [Action] {
        guard agent != .none, farewell == nil else { return [] }
        guard agent == .talking, caller == .streaming else {
            // Ahead of the stream a lost socket harms nobody: it is dialled again on arrival.
            if caller == .awaited {
                agent = .none
                prewarmDeadline = nil
                return []
            }
            return end(reason)
        }
        agent = .gone
        guard reason == .agentEnded else { return end(reason) }
        farewell = reason
        farewellDeadline = time + limits.farewellGrace
        return [.finishPlayback]
    }

    private mutating func deadlinePassed(at time: Duration) -> [Action] {
        func passed(_ deadline: Duration?) -> Bool { deadline.map { $0 <= time } ?? false }
        if passed(callDeadline) { return end(.callbridgeMaxDuration) }
        if passed(farewellDeadline), let farewell { return end(farewell) }
        if passed(streamDeadline) { return end(.twilioStreamMissing) }
        if passed(agentDeadline) { return end(.providerSilent) }
        if passed(prewarmDeadline) {
            prewarmDeadline = nil
            agent = .none
            return [.closeAgent]
        }
        return []
    }

    private mutating func end(_ reason: EndReason) -> [Action] {
        ended = reason
        streamDeadline = nil
        prewarmDeadline = nil
        agentDeadline = nil
        farewellDeadline = nil
        callDeadline = nil
        return [.end(reason)]
    }
}
