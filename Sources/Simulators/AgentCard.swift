import Wire

/// What the REST side tells about an agent.
enum AgentCard {
    static func summary(_ id: String) -> JSON {
        [
            "agent_id": .string(id), "name": "Simulated agent", "tags": [],
            "created_at_unix_secs": 1_760_000_000, "access_info": [:],
            "last_call_time_unix_secs": nil, "archived": false,
        ]
    }

    static func full(_ id: String, _ options: AgentOptions) -> JSON {
        let manners = options.manners
        let events: JSON =
            manners.clientEvents.map { .array($0.sorted().map { .string($0) }) } ?? [
                "conversation_initiation_metadata", "ping", "audio", "interruption",
                "user_transcript", "tentative_user_transcript", "agent_response",
                "agent_response_correction", "agent_response_complete", "client_tool_call",
                "agent_tool_request", "agent_tool_response", "client_error",
            ]
        return [
            "agent_id": .string(id), "name": "Simulated agent",
            "conversation_config": [
                "asr": [
                    "quality": "high", "provider": "scribe_realtime",
                    "user_input_audio_format": .string(manners.inputFormat.name),
                ],
                "turn": ["turn_timeout": 7, "silence_end_call_timeout": -1],
                "tts": [
                    "model_id": "eleven_flash_v2",
                    "agent_output_audio_format": .string(manners.outputFormat.name),
                ],
                "conversation": [
                    "max_duration_seconds": .integer(manners.durationMax.components.seconds),
                    "text_only": false, "client_events": events,
                ],
                "agent": [
                    "language": .string(manners.scripts.first?.language ?? "en"),
                    "disable_first_message_interruptions": .bool(manners.protectsGreeting),
                ],
                "language_presets": [:],
            ],
            "metadata": ["created_at_unix_secs": 1_760_000_000],
            "platform_settings": [
                "auth": ["enable_auth": .bool(options.isPrivate), "allowlist": []],
                "overrides": overrides(manners),
            ],
            "phone_numbers": [], "workflow": [:], "tags": [], "access_info": [:],
        ]
    }

    static func widget(_ id: String, _ options: AgentOptions) -> JSON {
        [
            "agent_id": .string(id),
            "widget_config": [
                "variant": "compact", "placement": "bottom-right",
                "avatar": ["type": "orb", "color_1": "#2792dc", "color_2": "#9ce6e6"],
                "feedback_mode": "none",
                "language": .string(options.manners.scripts.first?.language ?? "en"),
                "supported_language_overrides": [], "text_only": false,
                "supports_text_only": true, "transcript_enabled": false,
                "mic_muting_enabled": false, "use_rtc": false, "terms_html": nil,
                "text_contents": [:], "styles": [:],
            ],
        ]
    }

    /// One boolean per field that a client may override.
    private static func overrides(_ manners: AgentManners) -> JSON {
        func may(_ name: String) -> JSON {
            .bool(manners.permittedOverrides?.contains(name) ?? true)
        }
        return [
            "enable_conversation_initiation_client_data_from_webhook": false,
            "conversation_config_override": [
                "agent": [
                    "first_message": may("agent.first_message"),
                    "language": may("agent.language"),
                    "prompt": ["prompt": may("agent.prompt.prompt")],
                ],
                "tts": ["voice_id": may("tts.voice_id"), "speed": may("tts.speed")],
                "conversation": ["text_only": may("conversation.text_only")],
            ],
        ]
    }
}
