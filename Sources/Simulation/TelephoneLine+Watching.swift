import Calls
import Simulators

/// What a caller may expect of the house beside sound, looked at with every step of Twilio's clock.
extension TelephoneLine {
    /// Weather, and the two looks at silence that a call may be apart.
    private static let noticed: Duration = .seconds(1)
    /// Weather, and a step of Twilio's clock or two.
    private static let hearsWithin: Duration = .seconds(2)

    /// A piece of time has passed.
    func watch(for every: Duration, hears: Bool, slack: Duration) {
        let isTalking = isTalking
        let isIgnored = turns.passed(
            every, at: loop.now, speaks: speaks, hears: hears, isTalking: isTalking, slack: slack)
        if isIgnored { violated("the caller has spoken and hears nothing: \(situation)") }
        watchStream()
        watchAgent(isTalking: isTalking)
    }

    /// Caller and agent have each other, as far as both can tell.
    var isTalking: Bool {
        guard let stream, stream.carriesVoice, let agent, agent.line === self, !agent.isClosed,
            agent.readyAt != nil, call?.status == "in-progress"
        else { return false }
        return agent.presence != .gone
    }

    /// Where the call stands, in the house's word.
    var status: String? { call?.status }

    /// What the house believes of this call.
    private var call: (status: String, stream: String?)? {
        // Safe because the loop that runs this line is the call's own.
        house.daemon.registry.find(sid)?.assumeIsolated { call in
            let status = call.status
            return (status.status, call.isStreaming ? status.facts.stream?.text : nil)
        }
    }

    /// What the call believes to be heard is what is: on lines without weather, to two frames and
    /// the step of a clock that tells marks late.
    func compareHeard() {
        guard let hears = stream?.hears, hears.code <= HouseSounds.replyCodes,
            let call = house.daemon.registry.find(sid), let agent, agent.speaksTelephone,
            // Safe because the loop that runs this line is the call's own.
            let point = call.assumeIsolated({ $0.heard }), let event = point.event
        else { return }
        let difference = point.duration - hears.duration
        guard agent.code(of: event) == hears.code else {
            // On the border of two replies either is right.
            if point.duration > .milliseconds(140), hears.duration > .milliseconds(140) {
                violated("reply \(hears.code) is heard, the call believes event \(event)")
            }
            return
        }
        if abs(difference.microseconds) > 40_000 + house.plan.mediaEvery.microseconds {
            violated("\(hears.duration) of reply \(hears.code) are heard, not \(point.duration)")
        }
    }

    /// A stream from which nothing comes any more is left, whatever its connection claims.
    private func watchStream() {
        guard let stream, !stream.isOver else { return }
        let limits = house.plan.limits
        let patience = limits.callerSilenceMax + limits.watchEvery * 2 + Self.noticed
        guard loop.now - max(stream.spokeAt, house.upAt) > patience, call?.stream == stream.sid
        else { return }
        violated("a stream is kept that says nothing")
        stream.breakOff()
    }

    /// An agent of which nothing comes any more is given up, whatever its connection claims.
    private func watchDeafAgent() {
        guard let agent, case .deaf(let since) = agent.presence, agent.line === self,
            !agent.isClosed, status == "in-progress"
        else { return }
        let limits = house.plan.limits
        let patience = limits.agentSilenceMax + limits.watchEvery * 2 + Self.noticed
        guard loop.now - max(since, house.upAt) > patience else { return }
        violated("an agent is kept that says nothing")
        agent.presence = .gone
    }

    /// An agent hears whoever speaks with it, and is let go when nobody does any more.
    private func watchAgent(isTalking: Bool) {
        watchDeafAgent()
        guard let agent, agent.line === self, !agent.isClosed, !agent.isDeaf else { return }
        guard isTalking, let stream, let readyAt = agent.readyAt else { return }
        let since = max(agent.heardAt, readyAt, stream.hasVoiceSince)
        if loop.now - since > Self.hearsWithin {
            violated("the agent hears nothing")
            agent.heardAt = loop.now
        }
        if house.plan.trouble == 0 { compareUplink(agent, stream) }
    }

    /// On lines without weather every sound of the caller arrives, those before the agent was
    /// ready among them, as far back as they are kept.
    private func compareUplink(_ agent: AgentEnd, _ stream: StreamEnd) {
        guard agent.speaksTelephone, let ready = agent.heardFrom, ready.stream == stream.sid,
            stream.began >= house.upAt,
            loop.now - (agent.readyAt ?? loop.now) > Self.noticed
        else { return }
        let kept = min(ready.sent, house.plan.limits.earlyAudioMax)
        let due = kept + stream.sent - ready.sent - house.plan.mediaEvery * 3
        guard agent.heard < due else { return }
        violated("the agent has heard \(agent.heard) of \(due)")
        agent.heardFrom = nil
    }
}
