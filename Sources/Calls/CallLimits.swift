/// Every number of a call: Twilio's, ElevenLabs' and ours.
package struct CallLimits: Sendable, Equatable {
    /// How long a stream may take to come after its TwiML; Twilio dials at once, so this is far
    /// beyond what is normal, and the token dies with it.
    package var streamStartMax: Duration = .seconds(30)
    /// How long an agent socket opened ahead of the stream is kept: an idle conversation costs.
    package var prewarmMax: Duration = .seconds(10)
    /// From the later of stream and dial to the agent's metadata; beyond it the caller has been
    /// in silence too long, since within 2.5 s of a failure something must be heard.
    package var agentStartMax: Duration = .seconds(2)
    /// The longest call; Twilio's own ceiling is 4 h.
    package var durationMax: Duration = .seconds(4 * 3600)
    /// So much later Twilio ends a call by itself: our own limit comes first, with a sentence.
    package static let slackAtTwilioSeconds = 30
    /// How often, in one call, an agent lost in the middle is dialled again before the next rung.
    package var redialsMax = 2
    /// A conversation of that length was a good one: what was lost before it no longer counts.
    package var redialsForgottenAfter: Duration = .seconds(60)
    /// How often the human for emergencies is rung before somebody else is: once may be bad luck,
    /// and each try takes up to half a minute.
    package var emergencyDialsMax = 2
    /// Streams in a row that may fail before the caller gets something that needs none,
    package var streamTriesMax = 3
    /// and how long one must last to count as one that held.
    package var streamHoldsAfter: Duration = .seconds(10)
    /// How long after a stream Twilio may take to ask what comes next; it asks at once, but may
    /// need long to see that a connection is dead.
    package var questionMax: Duration = .seconds(60)
    /// How far audio at Twilio may run ahead of what is played: small keeps `clear` true,
    /// large rides out our own pauses.
    package var playbackLeadMax: Duration = .milliseconds(400)
    /// How long a farewell may take beyond the length of what is still to be played.
    package var farewellGrace: Duration = .seconds(2)
    /// An agent that ends the call may say goodbye after it has said so: how long its voice is
    /// waited for,
    package var lastWordsAfter: Duration = .milliseconds(1_200)
    /// and how long that may take in all.
    package var lastWordsMax: Duration = .seconds(30)
    /// Caller audio kept while the agent is not ready; the oldest goes first.
    package var earlyAudioMax: Duration = .seconds(3)
    /// Agent audio waiting to be played; beyond it the agent is not read.
    package var playbackQueueMax: Duration = .seconds(120)
    /// Silence from the agent's side, pings included, after which its socket counts as dead;
    /// the vendor pings (agent WebSocket, ping event)
    /// every few seconds, and it answers ours, which go every 20 s.
    package var agentSilenceMax: Duration = .seconds(25)
    /// A caller who is silent for so long is asked whether they are there,
    package var silenceAskAfter: Duration = .seconds(10)
    /// and so much later the call ends.
    package var silenceEndAfter: Duration = .seconds(15)
    /// An agent that owes an answer for so long has the caller told to wait: nobody shall hear
    /// nothing for longer than 2.5 s,
    package var comfortAfter: Duration = .milliseconds(2_300)
    /// and for so long it counts as lost.
    package var answerMax: Duration = .seconds(8)
    /// The longest story a new conversation is told of the one before it, in bytes.
    package var recapBytesMax = 4 * 1024
    /// How often silence is looked for.
    package var watchEvery: Duration = .seconds(5)
    /// Silence from Twilio, which sends media every 20 ms as long as a stream lives.
    package var callerSilenceMax: Duration = .seconds(10)

    /// Our own version, told to the agent's service.
    package var version = "0"

    package init() {}
}
