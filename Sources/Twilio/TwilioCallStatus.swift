/// The state of a call in Twilio's words (Calls resource, "CallStatus").
package enum TwilioCallStatus: Sendable, Equatable {
    case queued, initiated, ringing, inProgress
    case completed, busy, noAnswer, failed, canceled
    /// A word we do not know; empty when none was said.
    case other(String)

    private static let words: [String: TwilioCallStatus] = [
        "queued": .queued, "initiated": .initiated, "ringing": .ringing,
        "in-progress": .inProgress, "completed": .completed, "busy": .busy,
        "no-answer": .noAnswer, "failed": .failed, "canceled": .canceled,
    ]

    /// Reads the word.
    package init(_ word: String) { self = Self.words[word] ?? .other(word) }

    /// The word as Twilio writes it.
    package var word: String {
        switch self {
        case .inProgress: "in-progress"
        case .noAnswer: "no-answer"
        case .other(let word): word
        default: "\(self)"
        }
    }

    /// True when the call is over, for ever.
    package var isFinal: Bool {
        switch self {
        case .completed, .busy, .noAnswer, .failed, .canceled: true
        case .queued, .initiated, .ringing, .inProgress, .other: false
        }
    }
}

/// Who answered a call that we placed (answering machine detection).
package enum AnsweredBy: Sendable, Equatable {
    case human
    /// A machine; true when its greeting is over and it records.
    case machine(isListening: Bool)
    case fax
    /// Silence or a time-out, best treated as a human, and every word we do not know.
    case unknown

    /// True when no person is there: a mailbox, or a fax machine.
    package var isMachine: Bool {
        switch self {
        case .machine, .fax: true
        case .human, .unknown: false
        }
    }

    /// A constant name, for the log and for the agent.
    package var name: String {
        switch self {
        case .human: "human"
        case .machine: "machine"
        case .fax: "fax"
        case .unknown: "unknown"
        }
    }

    /// Reads the word.
    package init(_ word: String) {
        switch word {
        case "human": self = .human
        case "machine_start": self = .machine(isListening: false)
        case "machine_end_beep", "machine_end_silence", "machine_end_other":
            self = .machine(isListening: true)
        case "fax": self = .fax
        default: self = .unknown
        }
    }
}
