package import Wire

/// A finished conversation as the service keeps it: posted after the call, and the answer of
/// `GET /v1/convai/conversations/{id}`; what the service left out is nil or empty.
package struct AgentRecord: Sendable, Equatable {
    /// `done`, `failed`, or an earlier state of a record that was asked for too soon.
    package var status: String?
    /// The `user_id` that opened the conversation.
    package var userID: String?
    /// In the order they were spoken.
    package var turns: [Turn]
    /// Since 1970.
    package var startedAt: Duration?
    /// From beginning to end.
    package var length: Duration?
    /// The vendor's sentence about the end.
    package var terminationReason: String?
    /// In the vendor's credits.
    package var cost: Int64?
    /// ISO 639-1, as the service heard it.
    package var mainLanguage: String?
    /// After a failure: the close code and its reason.
    package var error: AgentError?
    /// `success`, `failure` or `unknown`, by the agent's own criteria.
    package var callSuccessful: String?
    /// What was spoken about, in a few sentences.
    package var summary: String?
    /// The same in a few words.
    package var title: String?
    /// The variables that opened it, among them our own, on which calls are joined.
    package var variables: [JSON.Member]

    /// One turn of the conversation.
    package struct Turn: Sendable, Equatable {
        /// `agent` or `user`.
        package var role: String
        /// Nil when the turn only used tools.
        package var message: String?
        /// Since the conversation began.
        package var time: Duration?
        /// True when the caller cut it short.
        package var wasInterrupted: Bool
        /// What would have been said without the interruption.
        package var originalMessage: String?
        /// What was used in this turn.
        package var tools: [Tool]
    }

    /// One use of a tool, call and result joined by their id.
    package struct Tool: Sendable, Equatable {
        /// The tool, by the agent's name for it.
        package var name: String
        /// What joins call and result.
        package var requestID: String?
        /// The parameters, JSON in a string.
        package var parameters: String?
        /// What the agent got, as text.
        package var result: String?
        /// True when the tool failed.
        package var isError: Bool
        /// How long the tool took.
        package var latency: Duration?
    }

    /// Reads a record; nothing in it is required.
    package init(_ json: JSON) {
        let metadata = json["metadata"] ?? .null
        let analysis = json["analysis"] ?? .null
        status = json["status"]?.text
        userID = json["user_id"]?.text
        turns = (json["transcript"]?.elements ?? []).map(Turn.init)
        startedAt = metadata["start_time_unix_secs"]?.duration
        length = metadata["call_duration_secs"]?.duration
        terminationReason = metadata["termination_reason"]?.text
        cost = metadata["cost"]?.whole
        mainLanguage = metadata["main_language"]?.text
        error = metadata["error"].flatMap { error in
            error.members == nil
                ? nil : AgentError(code: error["code"]?.whole, text: error["reason"]?.text ?? "")
        }
        callSuccessful = analysis["call_successful"]?.text
        summary = analysis["transcript_summary"]?.text
        title = analysis["call_summary_title"]?.text
        variables =
            json["conversation_initiation_client_data"]?["dynamic_variables"]?.members ?? []
    }

    /// The text of a variable that opened the conversation; nil when it was none or no text.
    package func variable(_ name: String) -> String? {
        variables.first { $0.name == name }?.value.text
    }
}

extension AgentRecord.Turn {
    fileprivate init(_ json: JSON) {
        role = json["role"]?.text ?? ""
        message = json["message"]?.text
        time = json["time_in_call_secs"]?.duration
        wasInterrupted = json["interrupted"] == .bool(true)
        originalMessage = json["original_message"]?.text
        tools = Self.joined(
            calls: json["tool_calls"]?.elements ?? [], results: json["tool_results"]?.elements ?? []
        )
    }

    /// A call without its result, or a result without its call, still is a use of the tool.
    private static func joined(calls: [JSON], results: [JSON]) -> [AgentRecord.Tool] {
        var results = results
        var tools: [AgentRecord.Tool] = []
        for call in calls {
            let id = call["request_id"]?.text
            let place = results.firstIndex { id != nil && $0["request_id"]?.text == id }
            let result = place.map { results.remove(at: $0) }
            tools.append(AgentRecord.Tool(call: call, result: result ?? .null))
        }
        return tools + results.map { AgentRecord.Tool(call: .null, result: $0) }
    }
}

extension AgentRecord.Tool {
    fileprivate init(call: JSON, result json: JSON) {
        name = call["tool_name"]?.text ?? json["tool_name"]?.text ?? ""
        requestID = call["request_id"]?.text ?? json["request_id"]?.text
        parameters = call["params_as_json"]?.text
        result = json["result_value"]?.text
        isError = json["is_error"] == .bool(true)
        latency = json["tool_latency_secs"]?.duration
    }
}

extension JSON {
    /// Seconds as a duration; nil for anything else, and for what no clock will ever show.
    var duration: Duration? {
        switch self {
        case .integer(let seconds): .seconds(seconds)
        case .number(let seconds) where abs(seconds) < 1e12: .seconds(seconds)
        case .string(let digits): Int64(digits).map { .seconds($0) }
        default: nil
        }
    }
}
