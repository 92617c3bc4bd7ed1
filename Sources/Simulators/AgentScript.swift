/// What a scripted agent says, and when; `AgentScriptReader` tells how it is written down.
package struct AgentScript: Sendable, Equatable {
    /// ISO 639-1; a client's language override picks the script of that language.
    package var language: String
    /// What it says first; empty: it waits for the caller.
    package var greeting: [Step]
    /// What it does after each turn of the caller, in order.
    package var turns: [Turn]
    /// What it does when the turns are used up.
    package var otherwise: [Step]
    /// What it does to text messages that hold a word.
    package var replies: [Reply]
    /// What it does when the caller stays silent.
    package var silence: Silence?

    /// One thing done.
    package enum Step: Sendable, Equatable {
        case say(Utterance)
        /// Thinking time.
        case wait(Duration)
        case clientTool(ClientTool)
        case webhookTool(WebhookTool)
        /// The system tool: close 1000 when all audio is sent.
        case endCall(reason: String)
        case fail(ScriptedFault)
    }

    /// Words, and their recording if there is one.
    package struct Utterance: Sendable, Equatable {
        package var text: String
        package var recording: String?

        package init(_ text: String, recording: String? = nil) {
            self.text = text
            self.recording = recording
        }
    }

    /// A turn of the caller and what follows.
    package struct Turn: Sendable, Equatable {
        /// What the recogniser is to have understood.
        package var heard: String
        package var steps: [Step]
    }

    /// What follows a text message.
    package struct Reply: Sendable, Equatable {
        /// A part of the message, compared without case.
        package var word: String
        package var steps: [Step]
    }

    /// What follows a silence of that length.
    package struct Silence: Sendable, Equatable {
        package var after: Duration
        package var steps: [Step]
    }

    /// A tool the client runs.
    package struct ClientTool: Sendable, Equatable {
        package var name: String
        /// A JSON object; variables in braces are filled in.
        package var parameters: String
        package var expectsReply = true
        /// The service's own default.
        package var timeout: Duration = .seconds(20)
    }

    /// A tool behind an address.
    package struct WebhookTool: Sendable, Equatable {
        package var name: String
        package var method: String
        /// Relative addresses follow the service's tool origin.
        package var url: String
        /// A JSON object: the body, or the query of a GET.
        package var parameters: String
        package var timeout: Duration = .seconds(20)
    }

    package init(
        language: String = "en", greeting: [Step] = [], turns: [Turn] = [],
        otherwise: [Step] = [], replies: [Reply] = [], silence: Silence? = nil
    ) {
        self.language = language
        self.greeting = greeting
        self.turns = turns
        self.otherwise = otherwise
        self.replies = replies
        self.silence = silence
    }

    /// Every list of steps.
    private var allSteps: [Step] {
        greeting + turns.flatMap(\.steps) + otherwise + replies.flatMap(\.steps)
            + (silence?.steps ?? [])
    }

    /// Everything it may say word for word as written.
    package var utterances: [Utterance] {
        allSteps.compactMap { step in
            guard case .say(let utterance) = step, Self.variables(in: utterance.text).isEmpty
            else { return nil }
            return utterance
        }
    }

    /// Names in double braces anywhere in the script: dynamic variables a client must send.
    package var requiredVariables: Set<String> {
        var names: Set<String> = []
        for step in allSteps {
            switch step {
            case .say(let utterance): names.formUnion(Self.variables(in: utterance.text))
            case .clientTool(let tool): names.formUnion(Self.variables(in: tool.parameters))
            case .webhookTool(let tool):
                names.formUnion(Self.variables(in: tool.parameters))
                names.formUnion(Self.variables(in: tool.url))
            default: break
            }
        }
        return names.filter { !$0.hasPrefix("system__") }
    }

    /// The names in `{{name}}`.
    package static func variables(in text: String) -> [String] {
        text.matches(of: #/\{\{\s*([A-Za-z0-9_]+)\s*\}\}/#).map { String($0.1) }
    }

    /// The text with every known variable filled in.
    package static func fill(_ text: String, with values: [String: String]) -> String {
        text.replacing(#/\{\{\s*([A-Za-z0-9_]+)\s*\}\}/#) { match in
            values[String(match.1)] ?? String(match.0)
        }
    }
}
