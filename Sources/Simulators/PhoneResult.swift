/// What became of one call.
package struct PhoneResult: Sendable, Equatable {
    /// Something the caller heard or lived through, since the voice webhook was sent.
    package struct Event: Sendable, Equatable {
        package var at: Duration
        package var kind: String
        package var detail: String
    }

    /// One media stream.
    package struct Stream: Sendable, Equatable {
        package var streamSID: String
        /// Since the voice webhook was sent.
        package var openedAt: Duration
        /// From dialling to 101.
        package var handshake: Duration
        package var measures: StreamMeasures
        package var judge: StreamJudge
        package var length: Duration
        package var ending: String
    }

    /// Who rang whom.
    package struct Party: Sendable, Equatable {
        package var from = ""
        package var to = ""
        /// `inbound` or `outbound-api`.
        package var direction = "inbound"
    }

    /// Who rang whom.
    package var party = Party()
    /// What machine detection found, as soon as it has.
    package var answeredBy: String?
    /// How long the call waited for its turn.
    package var queueTime: Duration = .zero
    /// The call's identifier, made from the order's seed.
    package var callSID: String
    /// Twilio's final status: `completed`, `busy`, `no-answer`, `failed`.
    package var status = "in-progress"
    /// Who or what ended it, for people.
    package var reason = ""
    package var events: [Event] = []
    package var streams: [Stream] = []
    /// Twilio's debugger: everything the server did wrong.
    package var entries: [DebuggerEntry] = []
    /// From the voice webhook to its TwiML.
    package var webhook: Duration?
    package var length: Duration = .zero
    package var heard: HeardAudio
    /// The call is good though its streams brought no voice.
    package var mayBeSilent = false

    package init(callSID: String, keepsAudio: Bool = true) {
        self.callSID = callSID
        heard = HeardAudio(keepsAudio: keepsAudio)
    }

    /// From the voice webhook to the first byte of the agent that was played.
    package var firstHeard: Duration? {
        streams.first.flatMap { first in first.measures.firstHeard.map { first.openedAt + $0 } }
    }

    /// True when the call went as Twilio and the caller expect.
    package var isGood: Bool {
        status == "completed" && entries.allSatisfy(\.isWarning) && (!isSilent || mayBeSilent)
    }

    /// True when there were streams and the caller heard nothing in any of them.
    package var isSilent: Bool {
        !streams.isEmpty && streams.allSatisfy { $0.measures.firstHeard == nil }
    }

    /// Every figure, for percentiles over many calls.
    package var latencies: LatencyReport {
        var report = LatencyReport()
        if let webhook { report.add(webhook, to: "webhook to TwiML") }
        for stream in streams {
            report.add(stream.handshake, to: "stream handshake")
            if let heard = stream.measures.firstHeard { report.add(heard, to: "stream to voice") }
            for gap in stream.measures.turnGaps { report.add(gap, to: "turn gap") }
            for time in stream.measures.clearReactions {
                report.add(time, to: "barge-in to clear")
            }
        }
        if let firstHeard { report.add(firstHeard, to: "webhook to voice") }
        return report
    }
}
