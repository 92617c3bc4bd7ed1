import Testing
import Wire

@testable import ElevenLabs

struct AgentReportTests {
    private static let record: JSON = [
        "agent_id": "agent_test1", "conversation_id": "conv_test1", "status": "done",
        "user_id": "patient-77", "has_audio": true,
        "transcript": [
            ["role": "agent", "message": "Good morning.", "time_in_call_secs": 0],
            [
                "role": "agent", "message": nil, "time_in_call_secs": 9, "interrupted": true,
                "original_message": "I will look.",
                "tool_calls": [
                    [
                        "request_id": "t_9", "tool_name": "get_available_slots",
                        "params_as_json": "{\"from\":\"2026-01-05\"}",
                    ],
                    ["request_id": "t_10", "tool_name": "end_call"],
                ],
                "tool_results": [
                    [
                        "request_id": "t_9", "tool_name": "get_available_slots",
                        "result_value": "{\"slots\":[]}", "is_error": false,
                        "tool_latency_secs": 0.4,
                    ],
                    ["request_id": "t_11", "tool_name": "late", "is_error": true],
                ],
            ],
        ],
        "metadata": [
            "start_time_unix_secs": 1_760_000_000, "call_duration_secs": 61, "cost": 310,
            "termination_reason": "end_call tool was called", "main_language": "de",
            "error": ["code": 1002, "reason": "quota"], "phone_call": nil,
        ],
        "analysis": [
            "call_successful": "success", "transcript_summary": "A slot was asked for.",
            "call_summary_title": "Slot",
        ],
        "conversation_initiation_client_data": [
            "dynamic_variables": ["bridge_call_id": "call_1", "visits": 3]
        ],
    ]

    private static func envelope(_ type: JSON, _ data: JSON) -> JSON {
        ["type": type, "event_timestamp": 1_760_000_123, "data": data]
    }

    @Test func `a transcription tells the whole conversation`() throws {
        let report = try AgentReport(Self.envelope("post_call_transcription", Self.record))
        #expect(report.time == .seconds(1_760_000_123))
        #expect(report.conversationID == "conv_test1")
        #expect(report.agentID == "agent_test1")
        #expect(report.deliveryKey == "post_call_transcription conv_test1")
        guard case .transcription(let record) = report.body else {
            Issue.record("no transcription: \(report.body)")
            return
        }
        #expect(record.status == "done")
        #expect(record.userID == "patient-77")
        #expect(record.startedAt == .seconds(1_760_000_000))
        #expect(record.length == .seconds(61))
        #expect(record.cost == 310)
        #expect(record.terminationReason == "end_call tool was called")
        #expect(record.mainLanguage == "de")
        #expect(record.error == AgentError(code: 1002, text: "quota"))
        #expect(record.callSuccessful == "success")
        #expect(record.summary == "A slot was asked for.")
        #expect(record.title == "Slot")
        #expect(record.variable("bridge_call_id") == "call_1")
        #expect(record.variable("visits") == nil)
        #expect(record.turns.map(\.message) == ["Good morning.", nil])
        #expect(record.turns.map(\.wasInterrupted) == [false, true])
        #expect(record.turns[1].originalMessage == "I will look.")
        #expect(record.turns[1].time == .seconds(9))
    }

    @Test func `calls and results of tools are joined by their id`() {
        let tools = AgentRecord(Self.record).turns[1].tools
        #expect(tools.map(\.name) == ["get_available_slots", "end_call", "late"])
        #expect(tools.map(\.requestID) == ["t_9", "t_10", "t_11"])
        #expect(tools.map(\.result) == ["{\"slots\":[]}", nil, nil])
        #expect(tools.map(\.isError) == [false, false, true])
        #expect(tools[0].latency == .milliseconds(400))
        #expect(tools[0].parameters == "{\"from\":\"2026-01-05\"}")
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
