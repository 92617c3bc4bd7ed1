package import Wire

/// Writes a conversation the way the service reports it: `GET /v1/convai/conversations/{id}` and
/// the body of the post-call webhook.
package enum AgentReportWriter {
    /// The event as it is posted.
    package static func event(_ outcome: AgentOutcome, at wallClock: Duration) -> JSON {
        [
            "type": "post_call_transcription",
            "event_timestamp": .integer(wallClock.components.seconds),
            "data": record(outcome, status: "done"),
        ]
    }

    /// The whole record.
    package static func record(_ outcome: AgentOutcome, status: String) -> JSON {
        let diary = outcome.diary
        let seconds = length(outcome)
        let isFailure = diary.end?.isFailure == true
        let turns = diary.entries.filter { $0.role != "context" }
        return [
            "agent_id": .string(outcome.agentID), "agent_name": "Simulated agent",
            "conversation_id": .string(outcome.conversationID),
            "status": .string(isFailure ? "failed" : status),
            "user_id": diary.setup.userID.map { .string($0) } ?? .null,
            "branch_id": nil, "version_id": nil, "environment": "production",
            "transcript": .array(turns.map { turn($0, since: diary.began) }),
            "metadata": metadata(outcome, seconds: seconds),
            "analysis": [
                "evaluation_criteria_results": [:], "data_collection_results": [:],
                "call_successful": .string(isFailure ? "failure" : "success"),
                "transcript_summary": "A simulated conversation.",
                "call_summary_title": "Simulation",
            ],
            "conversation_initiation_client_data": clientData(outcome),
            "has_audio": true, "has_user_audio": true, "has_response_audio": true,
        ]
    }

    /// A line of the list of conversations.
    package static func summary(_ outcome: AgentOutcome, isDone: Bool) -> JSON {
        let isFailure = outcome.diary.end?.isFailure == true
        return [
            "agent_id": .string(outcome.agentID), "agent_name": "Simulated agent",
            "conversation_id": .string(outcome.conversationID),
            "start_time_unix_secs": .integer(outcome.startedAt.components.seconds),
            "call_duration_secs": .integer(length(outcome)),
            "message_count": .integer(Int64(outcome.diary.entries.count)),
            "status": .string(isFailure ? "failed" : isDone ? "done" : "in-progress"),
            "call_successful": .string(!isDone ? "unknown" : isFailure ? "failure" : "success"),
            "transcript_summary": nil, "call_summary_title": nil, "direction": nil, "rating": nil,
            "termination_reason": outcome.diary.end.map { .string($0.reason) } ?? .null,
            "main_language": nil,
        ]
    }

    private static func length(_ outcome: AgentOutcome) -> Int64 {
        ((outcome.diary.end?.time ?? outcome.diary.began) - outcome.diary.began)
            .components.seconds
    }

    private static func metadata(_ outcome: AgentOutcome, seconds: Int64) -> JSON {
        let end = outcome.diary.end
        let start = outcome.startedAt.components.seconds
        let error: JSON =
            if let end, end.isFailure {
                ["code": .integer(Int64(end.code)), "reason": .string(end.reason)]
            } else {
                .null
            }
        return [
            "start_time_unix_secs": .integer(start), "accepted_time_unix_secs": .integer(start),
            "call_duration_secs": .integer(seconds), "cost": .integer(seconds * 5),
            "deletion_settings": [
                "deletion_time_unix_secs": nil, "delete_transcript_and_pii": false,
                "delete_audio": false,
            ],
            "feedback": [
                "type": nil, "overall_score": nil, "likes": 0, "dislikes": 0, "rating": nil,
                "comment": nil,
            ],
            "authorization_method": .string(outcome.authorization),
            "charging": ["dev_discount": false, "is_burst": false, "tier": "pro"],
            "phone_call": nil, "batch_call": nil,
            "termination_reason": .string(end?.reason ?? ""), "error": error, "warnings": [],
            "main_language": .string(outcome.diary.setup.language ?? "en"),
            "text_only": .bool(outcome.diary.setup.isTextOnly),
            "conversation_initiation_source": "unknown", "timezone": nil, "features_usage": [:],
        ]
    }

    private static func clientData(_ outcome: AgentOutcome) -> JSON {
        let setup = outcome.diary.setup
        let system = JSON.Member(
            "system__conversation_id", .string(outcome.conversationID))
        return [
            "conversation_config_override": setup.json["conversation_config_override"] ?? [:],
            "custom_llm_extra_body": setup.json["custom_llm_extra_body"] ?? [:],
            "dynamic_variables": .object(setup.variables + [system]),
        ]
    }

    private static func turn(_ entry: AgentDiary.Entry, since began: Duration) -> JSON {
        [
            "role": .string(entry.role), "message": entry.message.map { .string($0) } ?? .null,
            "tool_calls": .array(entry.tool.map { [toolCall($0)] } ?? []),
            "tool_results": .array(entry.tool.flatMap { toolResult($0) }.map { [$0] } ?? []),
            "feedback": nil, "llm_override": nil,
            "time_in_call_secs": .integer((entry.time - began).components.seconds),
            "interrupted": .bool(entry.isInterrupted),
            "original_message": entry.original.map { .string($0) } ?? .null,
            "source_medium": nil, "conversation_turn_metrics": nil, "rag_retrieval_info": nil,
            "llm_usage": nil,
        ]
    }

    private static func toolCall(_ tool: AgentDiary.Tool) -> JSON {
        [
            "type": .string(tool.type), "request_id": .string(tool.callID),
            "tool_name": .string(tool.name), "params_as_json": .string(tool.parameters),
            "tool_has_been_called": true, "tool_details": nil,
        ]
    }

    private static func toolResult(_ tool: AgentDiary.Tool) -> JSON? {
        guard let result = tool.result else { return nil }
        return [
            "type": .string(tool.type), "request_id": .string(tool.callID),
            "tool_name": .string(tool.name), "result_value": .string(result),
            "is_error": .bool(tool.isError), "is_blocked": false, "tool_has_been_called": true,
            "tool_latency_secs": .number(tool.latency?.fractionalSeconds ?? 0),
            "error_type": .string(tool.isError ? "unknown" : ""), "raw_error_message": "",
            "dynamic_variable_updates": [],
        ]
    }
}
