import Testing
import Wire

@testable import ElevenLabs

struct AgentReportTests {
    private static let record: JSON = [
        "agent_id": "agent_test1", "conversation_id": "conv_test1", "status": "done",
        "user_id": "patient-5", "has_audio": true,
        "transcript": [
            ["role": "agent", "message": "Doctor Test's surgery.", "time_in_call_secs": 0],
            [
                "role": "agent", "message": nil, "time_in_call_secs": 9, "interrupted": true,
                "original_message": "I will look.",
                "tool_calls": [
                    [
                        "request_id": "tool_1", "tool_name": "get_available_slots",
                        "params_as_json": "{\"from\":\"2026-03-02\"}",
                    ],
                    ["request_id": "tool_2", "tool_name": "end_call"],
                ],
                "tool_results": [
                    [
                        "request_id": "tool_1", "tool_name": "get_available_slots",
                        "result_value": "{\"slots\":[]}", "is_error": false,
                        "tool_latency_secs": 0.4,
                    ],
                    ["request_id": "tool_3", "tool_name": "late", "is_error": true],
                ],
            ],
        ],
        "metadata": [
            "start_time_unix_secs": 1_770_000_300, "call_duration_secs": 75, "cost": 222,
            "termination_reason": "the agent hung up", "main_language": "de",
            "error": ["code": 1002, "reason": "quota"], "phone_call": nil,
        ],
        "analysis": [
            "call_successful": "success", "transcript_summary": "The caller asked for a time.",
            "call_summary_title": "A time",
        ],
        "conversation_initiation_client_data": [
            "dynamic_variables": ["bridge_call_id": "call_test3", "visits": 3]
        ],
    ]

    private static func envelope(_ type: JSON, _ data: JSON) -> JSON {
        ["type": type, "event_timestamp": 1_770_000_400, "data": data]
    }

    @Test func `a transcription tells the whole conversation`() throws {
        let report = try AgentReport(Self.envelope("post_call_transcription", Self.record))
        #expect(report.time == .seconds(1_770_000_400))
        #expect(report.conversationID == "conv_test1")
        #expect(report.agentID == "agent_test1")
        #expect(report.deliveryKey == "post_call_transcription conv_test1")
        guard case .transcription(let record) = report.body else {
            Issue.record("no transcription: \(report.body)")
            return
        }
        #expect(record.status == "done")
        #expect(record.userID == "patient-5")
        #expect(record.startedAt == .seconds(1_770_000_300))
        #expect(record.length == .seconds(75))
        #expect(record.cost == 222)
        #expect(record.terminationReason == "the agent hung up")
        #expect(record.mainLanguage == "de")
        #expect(record.error == AgentError(code: 1002, text: "quota"))
        #expect(record.callSuccessful == "success")
        #expect(record.summary == "The caller asked for a time.")
        #expect(record.title == "A time")
        #expect(record.variable("bridge_call_id") == "call_test3")
        #expect(record.variable("visits") == nil)
        #expect(record.turns.map(\.message) == ["Doctor Test's surgery.", nil])
        #expect(record.turns.map(\.wasInterrupted) == [false, true])
        #expect(record.turns[1].originalMessage == "I will look.")
        #expect(record.turns[1].time == .seconds(9))
    }

    @Test func `calls and results of tools are joined by their id`() {
        let tools = AgentRecord(Self.record).turns[1].tools
        #expect(tools.map(\.name) == ["get_available_slots", "end_call", "late"])
        #expect(tools.map(\.requestID) == ["tool_1", "tool_2", "tool_3"])
        #expect(tools.map(\.result) == ["{\"slots\":[]}", nil, nil])
        #expect(tools.map(\.isError) == [false, false, true])
        #expect(tools[0].latency == .milliseconds(400))
        #expect(tools[0].parameters == "{\"from\":\"2026-03-02\"}")
    }

    @Test func `audio, failures and types nobody knows are reports too`() throws {
        let audio = try AgentReport(
            Self.envelope("post_call_audio", ["conversation_id": "conv_1", "full_audio": "SUQz"]))
        #expect(audio.body == .audio(base64: "SUQz"))
        let failure = try AgentReport(
            Self.envelope(
                "call_initiation_failure",
                ["conversation_id": "conv_1", "failure_reason": "no-answer"]))
        #expect(failure.body == .initiationFailure(reason: "no-answer"))
        let other = try AgentReport(Self.envelope("speech_to_text_transcription", nil))
        #expect(other.body == .other)
        #expect(other.deliveryKey == nil)
    }

    @Test func `any field may be null, missing or of another type`() throws {
        guard case .object(let members) = Self.record else { return }
        for damage in [nil, 7, "text", [], [:], [[:], 1, nil]] as [JSON] {
            for place in members.indices {
                var damaged = members
                damaged[place].value = damage
                let report = try AgentReport(
                    Self.envelope("post_call_transcription", .object(damaged)))
                guard case .transcription = report.body else {
                    Issue.record("\(members[place].name) as \(damage)")
                    continue
                }
            }
        }
    }

    @Test func `only what bears no type is refused`() {
        #expect(throws: AgentFault.notJSON) { try AgentReport([1, 2]) }
        #expect(throws: AgentFault.missing("type")) { try AgentReport(["data": [:]]) }
        #expect(throws: AgentFault.missing("type")) { try AgentReport(["type": 3]) }
    }

    @Test func `no number of seconds is too large to read`() {
        for json in [.integer(.max), .integer(.min), 1e300, -1e300, .number(.nan)] as [JSON] {
            let record = AgentRecord(["metadata": ["call_duration_secs": json]])
            if case .number = json { #expect(record.length == nil) }
        }
    }
}
