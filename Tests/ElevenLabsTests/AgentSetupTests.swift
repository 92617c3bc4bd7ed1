import Testing
import Wire

@testable import ElevenLabs

struct AgentSetupTests {
    @Test func `a conversation without anything to say still is opened`() {
        #expect(
            AgentSetup(version: "1.0").json == [
                "type": "conversation_initiation_client_data",
                "source_info": ["source": "callbridge", "version": "1.0"],
            ])
    }

    @Test func `variables, overrides and the user stand beside the type`() {
        let setup = AgentSetup(
            variables: [
                "caller_number": .text("+15550100001"), "is_known": .flag(true),
                "visits": .whole(3), "weight": .fraction(0.5), "odd": .fraction(.nan),
                "system__caller_id": .text("+15550100002"),
            ],
            overrides: AgentSetup.Overrides(
                firstMessage: "", language: "de", prompt: "Speak slowly.", voiceID: "voice_test",
                speed: 1.1,
                others: ["tts": ["stability": 0.5], "turn": ["mode": "patient"]]),
            userID: "patient-5", version: "1.0")
        #expect(
            setup.json == [
                "type": "conversation_initiation_client_data",
                "conversation_config_override": [
                    "tts": ["stability": 0.5, "voice_id": "voice_test", "speed": 1.1],
                    "turn": ["mode": "patient"],
                    "agent": [
                        "first_message": "", "language": "de",
                        "prompt": ["prompt": "Speak slowly."],
                    ],
                ],
                "dynamic_variables": [
                    "caller_number": "+15550100001", "is_known": true, "odd": nil, "visits": 3,
                    "weight": 0.5,
                ],
                "user_id": "patient-5",
                "source_info": ["source": "callbridge", "version": "1.0"],
            ])
    }

    @Test func `only what is configured is overridden`() {
        func sent(_ overrides: AgentSetup.Overrides) -> JSON? {
            AgentSetup(overrides: overrides, version: "1").json["conversation_config_override"]
        }
        #expect(sent(.init()) == nil)
        #expect(sent(.init(others: "text")) == nil)
        #expect(sent(.init(firstMessage: "")) == ["agent": ["first_message": ""]])
        let setup = AgentSetup(overrides: .init(others: ["agent": 3]), version: "1")
        #expect(setup.json["conversation_config_override"] == ["agent": 3])
        var named = setup
        named.overrides.language = "de"
        #expect(named.json["conversation_config_override"] == ["agent": ["language": "de"]])
    }
}
