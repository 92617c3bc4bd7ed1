package import Switchboard
package import Twilio

/// What the caller gets next, when Twilio asks: the answer of every call webhook.
package enum NextStep: Sendable, Equatable {
    /// Nothing more was to be said.
    case hangUp
    /// A stream to the agent, the first one or one more.
    case stream
    /// These keys are played, then a stream.
    case digits(String)
    /// This is read aloud, then a stream.
    case say(String)
    /// Somebody else is rung and joined to the caller.
    case dial(Transfer)
    /// ElevenLabs takes the caller over without us: the agent of this key.
    case handOff(String)
    /// A sentence of regret, then the end.
    case apology

    /// How long it may take until its stream comes, beyond what a stream takes anyway: speech at
    /// its slowest, a second for every key or pause. The caller hears it all that while.
    package var lead: Duration {
        switch self {
        case .digits(let keys): .seconds(keys.utf8.count)
        case .say(let text): .milliseconds(150 * text.utf8.count)
        case .hangUp, .stream, .dial, .handOff, .apology: .zero
        }
    }

    /// The step in a word.
    package var name: String {
        switch self {
        case .hangUp: "hang up"
        case .stream: "stream"
        case .digits: "digits, then stream"
        case .say: "say, then stream"
        case .dial: "dial"
        case .handOff: "hand off"
        case .apology: "apology"
        }
    }
}

/// What a living call leaves its stream for.
package enum Errand: Sendable, Equatable {
    /// Keys for the other side's machine; the conversation goes on afterwards.
    case digits(String)
    /// A sentence of the operator's; the conversation goes on afterwards.
    case say(String)
    /// Somebody else takes over.
    case transfer(Transfer)
    /// A rung of the ladder that is no agent.
    case rung(Rung)

    /// True when the agent is needed again right after it.
    var keepsAgent: Bool {
        switch self {
        case .digits, .say: true
        case .transfer, .rung: false
        }
    }
}

/// A caller handed to somebody else.
package struct Transfer: Sendable, Equatable {
    /// Who wanted it; it decides the call's reason when it succeeds.
    package enum Author: String, Sendable, CaseIterable {
        case agent, `operator`, ladder, emergency
    }

    /// The name under which the number is allowed; empty for the ladder's.
    package var name: String
    /// Who is rung.
    package var number: PhoneNumber
    package var author: Author
    /// What the other party hears before they accept; nil joins the two at once.
    package var whisper: String?

    package init(name: String, number: PhoneNumber, author: Author, whisper: String? = nil) {
        self.name = name
        self.number = number
        self.author = author
        self.whisper = whisper
    }
}

/// How a transfer, or another rung, went.
package enum ErrandOutcome: Sendable, Equatable {
    /// The two have talked.
    case joined
    /// They never did, and why: `busy`, `no-answer`, `failed`, `declined`, `canceled`.
    case failed(String)
}
