/// What others ask of a living call, and changes nothing.
extension Call {
    /// How the call stands.
    package var status: CallStatus {
        // A question that changes nothing: no look at the recorded clock.
        let time = loop.now - startedAt
        var tally = tally
        tally.line = tally.quality.summary(at: time)
        return CallStatus(
            facts: facts, status: machine.status, duration: time, callerFormat: "ulaw_8000",
            agentFormat: agentFormat?.name, lastEventAt: lastEventAt, tally: tally)
    }

    /// What of the agent's audio the caller hears now, or heard last.
    package var heard: PlaybackPoint? { downlink.heard(at: loop.now - startedAt) }

    /// What is left of the longest call, and what Twilio's own limit is beyond ours; at least a
    /// minute, in which something can be said, and no more than Twilio's own four hours.
    package var secondsLeft: Int {
        let left = limits.durationMax - (loop.now - startedAt)
        let ours = max(60, Int(left.components.seconds)) + CallLimits.slackAtTwilioSeconds
        return min(ours, 4 * 3_600)
    }

    /// Whom the caller was sent to; nil while with us.
    package var transfer: Transfer? { machine.transfer }

    /// True while ElevenLabs has the call, and nothing of ours hears it.
    package var isHandedOff: Bool { machine.handOff != nil }

    /// True while the caller's stream is here, and closing it makes Twilio ask.
    package var isStreaming: Bool { callerSocket != nil }
    /// Twilio asks once more what it asked last.
    package var lastStep: NextStep { isOver ? machine.stepAfterEnd : machine.lastStep }
}
