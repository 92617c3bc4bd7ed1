import Testing
import Wire

@testable import ElevenLabs

struct AgentCloseTests {
    private static func close(
        _ code: UInt16, _ reason: String = "", after error: AgentError? = nil,
        cause: SocketClosure.Cause = .peer
    ) -> AgentClose {
        AgentClose(SocketClosure(cause: cause, code: code, reason: reason), after: error)
    }

    @Test func `what an end means is told in words, with its code`() {
        #expect(
            "\(Self.close(1008, "invalid api key"))"
                == "the key or signed URL was refused, close code 1008")
        #expect("\(Self.close(1006))" == "the connection was lost, close code 1006")
    }

    @Test func `quota told flat and closed like a protocol error is quota`() {
        let told = AgentError(
            text: "received 1002 (protocol error) This request exceeds your quota limit.; then sent"
        )
        for code: UInt16 in [1000, 1002, 1005, 1006] {
            #expect(Self.close(code, after: told).meaning == .quotaExceeded)
        }
        #expect(
            Self.close(1002, "This request exceeds your quota limit.").meaning == .quotaExceeded)
    }

    @Test(
        arguments: [
            (1000, "", AgentClose.Meaning.ended), (1005, "", .ended), (1006, "", .lost),
            (1002, "", .serviceFault), (1011, "", .serviceFault), (1001, "", .serviceFault),
            (3000, "", .serviceFault), (3008, "", .tooMany), (4300, "", .tooMany),
            (1008, "", .refused), (1009, "", .invalidMessage),
            (1008, "Override for field 'language' is not allowed by config", .overrideRefused),
            (
                1008, "Missing required dynamic variables in first message: {'name'}",
                .variableMissing
            ),
            (1008, "Missing required dynamic variables in tools: {'name'}", .variableMissing),
            (
                1002, "The AI agent you are trying to reach appears to be misconfigured",
                .misconfigured
            ),
            (1008, "The AI agent you are trying to reach does not exist", .misconfigured),
            (1011, "Conversation has exceeded maximum duration", .durationReached),
            (
                1008,
                "Invalid message received: could not broadcast input array from shape (4800,)",
                .invalidMessage
            ),
            (1008, "Could not authorize: signature expired", .unauthorized),
            (3000, "Too many concurrent connections", .tooMany),
        ] as [(UInt16, String, AgentClose.Meaning)])
    func `code and reason tell what happened`(
        _ code: UInt16, _ reason: String, _ meaning: AgentClose.Meaning
    ) {
        #expect(Self.close(code, reason).meaning == meaning)
    }

    @Test(
        arguments: [
            ("max_duration_exceeded", 1000, AgentClose.Meaning.durationReached),
            ("transport_receive_timeout", 1002, .callerSilent),
            ("llm_timeout", 1002, .serviceFault),
            ("asr_transcription_error", 1002, .serviceFault), ("safety_violation", 1002, .unsafe),
            ("override_error", 1008, .overrideRefused), ("invalid_message", 1008, .invalidMessage),
            ("missing_dynamic_variable", 1008, .variableMissing),
            ("missing_dynamic_variable_transfer", 1008, .variableMissing),
            ("mcp_tool_error", 1008, .misconfigured), ("custom_llm_error", 1002, .misconfigured),
            ("unknown_websocket_crash", 1011, .serviceFault), ("", 1000, .serviceFault),
        ] as [(String, UInt16, AgentClose.Meaning)])
    func `the error told before the close decides`(
        _ type: String, _ code: UInt16, _ meaning: AgentClose.Meaning
    ) {
        #expect(Self.close(code, after: AgentError(type: type)).meaning == meaning)
    }

    @Test func `who closes first, and who breaks the protocol, is not the agent's end`() {
        #expect(Self.close(1000, cause: .us).meaning == .closedByUs)
        #expect(Self.close(1007, cause: .violation).meaning == .serviceFault)
        #expect(Self.close(1006, cause: .lost).meaning == .lost)
    }
}
