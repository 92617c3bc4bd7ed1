import Testing
import Wire

@testable import ElevenLabs

struct AgentMessageTests {
    @Test func `every message we use is read as the service writes it`() throws {
        let dialogue: [(JSON, AgentMessage)] = [
            (
                [
                    "type": "conversation_initiation_metadata",
                    "conversation_initiation_metadata_event": [
                        "conversation_id": "conv_test7", "agent_output_audio_format": "ulaw_8000",
                        "user_input_audio_format": "pcm_16000",
                    ],
                ],
                .metadata(
                    AgentMetadata(
                        conversationID: "conv_test7", agentFormat: "ulaw_8000",
                        callerFormat: "pcm_16000"))
            ),
            (
                ["type": "ping", "ping_event": ["event_id": 41, "ping_ms": 50]],
                .ping(eventID: 41, roundTrip: .milliseconds(50))
            ),
            (
                ["type": "interruption", "interruption_event": ["event_id": 6]],
                .interruption(eventID: 6)
            ),
            (
                [
                    "type": "user_transcript",
                    "user_transcription_event": ["user_transcript": "hello", "event_id": 5],
                ], .userTranscript("hello", eventID: 5)
            ),
            (
                [
                    "type": "tentative_user_transcript",
                    "tentative_user_transcription_event": [
                        "user_transcript": "hel", "event_id": 5,
                    ],
                ], .tentativeUserTranscript("hel", eventID: 5)
            ),
            (
                [
                    "type": "agent_response",
                    "agent_response_event": [
                        "agent_response": "Doctor Test's surgery.", "event_id": 1,
                    ],
                ], .agentResponse("Doctor Test's surgery.", eventID: 1)
            ),
            (
                [
                    "type": "agent_response_correction",
                    "agent_response_correction_event": [
                        "original_agent_response": "We could see you on Monday.",
                        "corrected_agent_response": "We could", "event_id": 6,
                    ],
                ],
                .agentResponseCorrection(
                    original: "We could see you on Monday.", corrected: "We could", eventID: 6)
            ),
            (
                [
                    "type": "agent_response_complete",
                    "agent_response_complete_event": ["event_id": 6],
                ], .agentResponseComplete(eventID: 6)
            ),
            (
                [
                    "type": "queue_status", "queue_status_event": ["status": "timed_out"],
                ], .queueStatus(.timedOut)
            ),
            (["type": "vad_score", "vad_score_event": ["vad_score": 0.75]], .vadScore(0.75)),
            (["type": "vad_score", "vad_score_event": ["vad_score": 1]], .vadScore(1)),
        ]
        for (json, message) in dialogue { #expect(try AgentMessage(json) == message) }
    }

    @Test func `tools are told with what identifies them`() throws {
        let call: JSON = [
            "type": "client_tool_call",
            "client_tool_call": [
                "tool_name": "transfer_call", "tool_call_id": "c1",
                "parameters": ["to": "reception"], "event_id": 9, "expects_response": false,
            ],
        ]
        #expect(
            try AgentMessage(call)
                == .clientToolCall(
                    AgentToolCall(
                        name: "transfer_call", callID: "c1", parameters: ["to": "reception"],
                        expectsResponse: false, eventID: 9)))
        let bare: JSON = [
            "type": "client_tool_call",
            "client_tool_call": ["tool_name": "x", "tool_call_id": "c2", "parameters": nil],
        ]
        #expect(try AgentMessage(bare) == .clientToolCall(AgentToolCall(name: "x", callID: "c2")))
        let request: JSON = [
            "type": "agent_tool_request",
            "agent_tool_request": [
                "tool_name": "slots", "tool_call_id": "t_9", "tool_type": "webhook", "event_id": 5,
            ],
        ]
        #expect(
            try AgentMessage(request)
                == .agentToolRequest(
                    AgentToolUse(name: "slots", callID: "t_9", type: "webhook", eventID: 5)))
        let end: JSON = [
            "type": "agent_tool_response",
            "agent_tool_response": [
                "tool_name": "end_call", "tool_call_id": "t_10", "tool_type": "system",
                "is_error": true, "is_called": false, "event_id": 5,
            ],
        ]
        let use = AgentToolUse(
            name: "end_call", callID: "t_10", type: "system", isError: true, isCalled: false,
            eventID: 5)
        #expect(try AgentMessage(end) == .agentToolResponse(use))
    }

    @Test func `an error is read nested, flat and as a client's`() throws {
        let nested: JSON = [
            "type": "error",
            "error_event": [
                "code": 1008, "error_type": "missing_dynamic_variable", "message": "m",
                "reason": "r", "debug_message": nil, "details": [:],
            ],
        ]
        #expect(
            try AgentMessage(nested)
                == .error(AgentError(code: 1008, type: "missing_dynamic_variable", text: "m; r")))
        let flat: JSON = ["type": "error", "message": "exceeds your quota limit"]
        #expect(
            try AgentMessage(flat) == .error(AgentError(text: "exceeds your quota limit")))
        let client: JSON = [
            "type": "client_error",
            "error_event": ["code": 1002, "error_name": "llm_timeout", "message": "m"],
        ]
        #expect(
            try AgentMessage(client)
                == .clientError(AgentError(code: 1002, type: "llm_timeout", text: "m")))
        #expect(try AgentMessage(["type": "error"]) == .error(AgentError()))
        #expect(
            try AgentMessage(["type": "error", "error_event": ["message": "m", "reason": "m"]])
                == .error(AgentError(text: "m")))
    }

    @Test func `an id may be zero, a string, null or absent`() throws {
        for (id, expected) in [
            (0, 0), ("12", 12), (nil, nil), ("x", nil), (7.0, 7), (7.5, nil), (-1, -1),
        ] as [(JSON, Int64?)] {
            let json: JSON = ["type": "ping", "ping_event": ["event_id": id, "ping_ms": nil]]
            #expect(try AgentMessage(json) == .ping(eventID: expected, roundTrip: nil))
        }
        #expect(try AgentMessage(["type": "ping"]) == .ping(eventID: nil, roundTrip: nil))
        #expect(
            try AgentMessage(["type": "interruption", "interruption_event": ["reason": "user"]])
                == .interruption(eventID: nil))
    }

    @Test func `a body is found beside the type too`() throws {
        #expect(
            try AgentMessage(["type": "ping", "event_id": 3, "ping_event": nil])
                == .ping(eventID: 3, roundTrip: nil))
        #expect(
            try AgentMessage(["type": "user_transcript", "user_transcript": "hello"])
                == .userTranscript("hello", eventID: nil))
        #expect(
            try AgentMessage([
                "type": "conversation_initiation_metadata", "conversation_id": "conv_1",
            ]) == .metadata(AgentMetadata(conversationID: "conv_1")))
    }

    @Test func `formats nobody told are the service's default`() {
        let metadata = AgentMetadata(conversationID: "conv_1")
        #expect(metadata.agentFormat == "pcm_16000")
        #expect(metadata.callerFormat == "pcm_16000")
    }

    @Test func `a format that is no word is not the default`() throws {
        let event: JSON = [
            "conversation_id": "conv_1", "agent_output_audio_format": 7,
            "user_input_audio_format": .null,
        ]
        #expect(
            try AgentMessage([
                "type": "conversation_initiation_metadata",
                "conversation_initiation_metadata_event": event,
            ])
                == .metadata(
                    AgentMetadata(
                        conversationID: "conv_1", agentFormat: "no word",
                        callerFormat: AgentMetadata.defaultFormat)))
    }

    @Test func `types we do not use are told by name and nothing more`() throws {
        for type in [
            "keep_alive", "agent_typing", "context_usage", "mcp_tool_call", "rich_content",
        ] {
            #expect(
                try AgentMessage(["type": .string(type), "x": [1, 2]]) == .unknown(type))
        }
        #expect(try AgentMessage(["user_audio_chunk": ""]) == .unknown(""))
        #expect(try AgentMessage(["type": 7]) == .unknown(""))
    }

    @Test func `what a message is worthless without is named`() {
        let damaged: [(JSON, String)] = [
            (["type": "conversation_initiation_metadata"], "conversation_id"),
            (["type": "user_transcript", "user_transcription_event": [:]], "user_transcript"),
            (["type": "agent_response"], "agent_response"),
            (["type": "agent_response_correction"], "corrected_agent_response"),
            (["type": "client_tool_call", "client_tool_call": ["tool_name": "x"]], "tool_call_id"),
            (["type": "client_tool_call"], "tool_name"),
            (["type": "queue_status"], "status"), (["type": "vad_score"], "vad_score"),
        ]
        for (json, field) in damaged {
            #expect(throws: AgentFault.missing(field)) { try AgentMessage(json) }
        }
    }
}
