package import Wire

/// What opens a conversation: sent once, before anything else, even when it says nothing
/// (Agents WebSocket reference, `conversation_initiation_client_data`).
package struct AgentSetup: Sendable, Equatable {
    /// A value that may stand in a dynamic variable: neither an object nor a list may.
    package enum Variable: Sendable, Equatable {
        case text(String)
        case whole(Int64)
        case fraction(Double)
        case flag(Bool)
    }

    /// Deviations from the agent's own settings. An agent that does not permit one closes the
    /// conversation, or drops it without a word: send only what the operator configured.
    package struct Overrides: Sendable, Equatable {
        /// Empty lets the agent wait for the caller.
        package var firstMessage: String?
        /// ISO 639-1, such as `de` or `pt-br`.
        package var language: String?
        /// In place of the whole system prompt.
        package var prompt: String?
        /// By the vendor's id.
        package var voiceID: String?
        /// 0.7 to 1.2.
        package var speed: Double?
        /// Any other, merged as it is: `{"turn": {…}, "tts": {…}}`.
        package var others: JSON

        package init(
            firstMessage: String? = nil, language: String? = nil, prompt: String? = nil,
            voiceID: String? = nil, speed: Double? = nil, others: JSON = [:]
        ) {
            self.firstMessage = firstMessage
            self.language = language
            self.prompt = prompt
            self.voiceID = voiceID
            self.speed = speed
            self.others = others
        }
    }

    /// By name; names beginning `system__` are the vendor's and are left out.
    package var variables: [String: Variable]
    /// What deviates from the agent's own settings.
    package var overrides: Overrides
    /// Comes back in history and reports.
    package var userID: String?
    /// Our own version, told as `source_info`.
    package var version: String

    package init(
        variables: [String: Variable] = [:], overrides: Overrides = Overrides(),
        userID: String? = nil, version: String
    ) {
        self.variables = variables
        self.overrides = overrides
        self.userID = userID
        self.version = version
    }

    /// The message as it goes over the socket, and as `conversation_initiation_client_data` of
    /// a register-call; parts that say nothing are left out.
    package var json: JSON {
        var members: [JSON.Member] = [.init("type", "conversation_initiation_client_data")]
        let overrides = overrides.json
        if overrides.members?.isEmpty == false {
            members.append(.init("conversation_config_override", overrides))
        }
        let variables = variables.filter { !$0.key.hasPrefix("system__") }
            .sorted { $0.key < $1.key }
            .map { JSON.Member($0.key, $0.value.json) }
        if !variables.isEmpty { members.append(.init("dynamic_variables", .object(variables))) }
        if let userID { members.append(.init("user_id", .string(userID))) }
        let source: JSON = ["source": "callbridge", "version": .string(version)]
        members.append(.init("source_info", source))
        return .object(members)
    }
}

extension AgentSetup.Variable {
    fileprivate var json: JSON {
        switch self {
        case .text(let value): .string(value)
        case .whole(let value): .integer(value)
        case .fraction(let value): value.isFinite ? .number(value) : .null
        case .flag(let value): .bool(value)
        }
    }
}

extension AgentSetup.Overrides {
    fileprivate var json: JSON {
        var result = others.members == nil ? [:] : others
        if let firstMessage { result.set(.string(firstMessage), at: "agent", "first_message") }
        if let language { result.set(.string(language), at: "agent", "language") }
        if let prompt { result.set(.string(prompt), at: "agent", "prompt", "prompt") }
        if let voiceID { result.set(.string(voiceID), at: "tts", "voice_id") }
        if let speed { result.set(.number(speed), at: "tts", "speed") }
        return result
    }
}

extension JSON {
    /// Sets a value deep in nested objects, making those that are missing.
    fileprivate mutating func set(_ value: JSON, at path: String...) {
        set(value, at: path[...])
    }

    private mutating func set(_ value: JSON, at path: ArraySlice<String>) {
        guard let name = path.first else {
            self = value
            return
        }
        var members = members ?? []
        let place = members.firstIndex { $0.name == name } ?? members.endIndex
        if place == members.endIndex { members.append(Member(name, [:])) }
        members[place].value.set(value, at: path.dropFirst())
        self = .object(members)
    }
}
