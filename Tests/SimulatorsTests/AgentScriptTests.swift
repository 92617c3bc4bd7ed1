import Testing
import Wire

@testable import Simulators

struct AgentScriptTests {
    @Test func `the built-in scripts speak English and German from recordings`() {
        #expect(ClinicScripts.all.map(\.language) == ["en", "de"])
        for script in ClinicScripts.all {
            guard case .say(let greeting) = script.greeting.first else {
                Issue.record("no greeting")
                return
            }
            #expect(greeting.recording == "agent-\(script.language)-greeting")
            #expect(script.turns.count == 3)
            #expect(script.requiredVariables == [])
        }
    }

    @Test func `the guide is itself a script and shows every step`() throws {
        let script = try AgentScriptReader.read(AgentScriptGuide.text)
        #expect(script.turns.count == 2 && script.replies.count == 1)
        #expect(script.requiredVariables == ["caller_name"])
        for word in [
            "language", "greeting", "turn", "when", "otherwise", "silence", "say", "wait",
            "client-tool", "webhook-tool", "end-call", "fault",
        ] {
            #expect(
                AgentScriptGuide.text.contains("\n\(word) ")
                    || AgentScriptGuide.text.contains("\n\(word)\n")
                    || AgentScriptGuide.text.contains("\n  \(word) "), "\(word)")
        }
    }

    @Test func `everything that can be written is read`() throws {
        let script = try AgentScriptReader.read(
            """
            # A comment.
            language fr
            greeting
              say "Hello \\"{{name}}\\"\\n"
            turn "first words"
              wait 250ms
              client-tool transfer_call no-reply timeout 3s {"to": "{{number}}"}
              webhook-tool lookup GET /api/patients {"phone": "1"}
              say agent-en-offer
            turn
              fault cut
            when "bye"
              end-call
            otherwise
              say "What?"
            silence 8s
              say "Hello?"
            """)
        #expect(script.language == "fr")
        #expect(script.greeting == [.say(.init("Hello \"{{name}}\"\n"))])
        var tool = AgentScript.ClientTool(
            name: "transfer_call", parameters: "{\"to\": \"{{number}}\"}")
        tool.expectsReply = false
        tool.timeout = .seconds(3)
        #expect(script.turns[0].steps[1] == .clientTool(tool))
        #expect(script.turns[1].heard == "...")
        #expect(script.turns[1].steps == [.fail(.cut)])
        #expect(script.replies[0].steps == [.endCall(reason: "the script ended")])
        #expect(script.silence?.after == .seconds(8))
        #expect(script.requiredVariables == ["name", "number"])
    }

    @Test(arguments: [
        (1, "sya \"x\""), (1, "say \"x\""), (2, "greeting\nsay \"x"), (2, "greeting\nsay nobody"),
        (2, "greeting\nwait soon"), (3, "turn\n\nclient-tool"), (2, "turn\nclient-tool a {"),
        (2, "turn\nclient-tool a fast {}"), (2, "turn\nwebhook-tool a FETCH /x"),
        (2, "turn\nfault nothing"), (2, "turn\nfault deaf"), (1, "silence"), (1, "silence 0s"),
        (1, "when"), (1, "language"), (1, "greeting hello"), (2, "otherwise\nsay \"a\" \"b\""),
    ])
    func `a fault names its line`(line: Int, text: String) {
        do {
            _ = try AgentScriptReader.read(text)
            Issue.record("read: \(text)")
        } catch {
            #expect(error.line == line, "\(error.reason)")
        }
    }
}

struct ClientMessageTests {
    private func read(_ text: String) throws -> ClientMessage {
        try ClientMessage(Array(text.utf8).span.bytes)
    }

    @Test func `every message of a client is read`() throws {
        #expect(try read("{\"user_audio_chunk\":\"AAEC\"}") == .audio([0, 1, 2]))
        #expect(try read("{ \"user_audio_chunk\" : \"AAEC\" }") == .audio([0, 1, 2]))
        #expect(try read("{\"user_audio_chunk\":\"\"}") == .audio([]))
        #expect(try read("{\"type\":\"pong\",\"event_id\":0}") == .pong(eventID: 0))
        #expect(
            try read(
                #"{"type":"client_tool_result","tool_call_id":"c","result":"r","is_error":true}"#
            ) == .toolResult(callID: "c", result: "r", isError: true))
        #expect(try read("{\"type\":\"user_message\",\"text\":\"hi\"}") == .text("hi"))
        #expect(try read("{\"type\":\"user_message\",\"text\":null}") == .text(""))
        #expect(try read("{\"type\":\"contextual_update\",\"text\":\"x\"}") == .context("x"))
        #expect(try read("{\"type\":\"user_activity\"}") == .activity)
    }

    @Test func `no bytes whatever bring the readers down`() {
        let whole = Array(
            #"{"type":"conversation_initiation_client_data","dynamic_variables":{"a":"b"}}"#.utf8)
        let script = Array(AgentScriptGuide.text.utf8)
        for seed in UInt64(1)...2000 {
            var random = SeededRandom(seed: seed)
            func damaged(_ bytes: [UInt8]) -> [UInt8] {
                var bytes = bytes
                for _ in 0..<Int.random(in: 1...5, using: &random) where !bytes.isEmpty {
                    let place = Int.random(in: 0..<bytes.count, using: &random)
                    if random.chance(0.5) {
                        bytes[place] = UInt8.random(in: 0...255, using: &random)
                    } else {
                        bytes.removeSubrange(place..<min(place + 7, bytes.count))
                    }
                }
                return bytes
            }
            _ = try? ClientMessage(damaged(whole).span.bytes)
            _ = try? AgentScriptReader.read(String(decoding: damaged(script), as: UTF8.self))
            var judge = StreamJudge(streamSID: "MZ1")
            _ = judge.judge(text: damaged(whole).span.bytes)
        }
    }

    @Test func `the setup tells what it overrides`() throws {
        guard
            case .setup(let setup) = try read(
                """
                {"type":"conversation_initiation_client_data","user_id":"p-7",
                 "conversation_config_override":{"agent":{"first_message":"Hi","language":"de",
                   "prompt":{"prompt":"…"}},"conversation":{"client_events":["audio","ping"]}},
                 "dynamic_variables":{"name":"Ada","visits":3,"known":true}}
                """)
        else {
            Issue.record("no setup")
            return
        }
        #expect(setup.firstMessage == "Hi" && setup.language == "de" && setup.userID == "p-7")
        #expect(
            setup.overrides == [
                "agent.first_message", "agent.language", "agent.prompt.prompt",
                "conversation.client_events",
            ])
        #expect(setup.spokenVariables == ["name": "Ada", "visits": "3", "known": "true"])
        #expect(setup.clientEvents == ["audio", "ping"])
    }

    @Test(arguments: [
        "", "[]", "{}", "{\"type\":\"interrupt\"}", "{\"type\":\"pong\"}",
        "{\"type\":\"pong\",\"event_id\":\"7\"}", "{\"pong_event\":{\"event_id\":7}}",
        "{\"user_audio_chunk\":\"A\"}", "{\"user_audio_chunk\":\"AA==\",\"x\":1}",
        "{\"type\":\"client_tool_result\",\"tool_call_id\":\"c\",\"result\":{},\"is_error\":false}",
        #"{"type":"conversation_initiation_client_data","#
            + #""conversation_initiation_client_data":{}}"#,
        "{\"type\":\"conversation_initiation_client_data\",\"dynamic_variables\":{\"a\":[]}}",
        #"{"type":"conversation_initiation_client_data","#
            + #""dynamic_variables":{"system__x":1}}"#,
    ])
    func `what the service refuses is refused`(text: String) {
        #expect(throws: ClientFault.self) { try read(text) }
    }
}
