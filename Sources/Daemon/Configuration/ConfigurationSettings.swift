import Instruments
import Net
import Twilio
import Wire

/// One setting: its names, and how its text becomes a value of the configuration.
struct ConfigurationSetting: Sendable {
    /// How several names of one setting go together.
    enum Aliases: Sendable {
        /// They mean the same; only one of them may be set in one place.
        case oneOf
        /// Each adds its values: an old and a new secret side by side.
        case joined
    }

    /// The name first, then what it may also be called.
    let names: [String]
    let aliases: Aliases
    let expected: String
    /// True when the value must never be shown.
    let isSecret: Bool
    /// Reads the text into the configuration.
    let apply: @Sendable (String, inout Configuration) throws(ConfigurationRefusal) -> Void
    /// The value as text; of a secret only that it is set.
    let show: @Sendable (Configuration) -> String
    /// Whether two configurations have the same value.
    let isSame: @Sendable (Configuration, Configuration) -> Bool
    /// Takes the value of the first configuration over into the second.
    let copy: @Sendable (Configuration, inout Configuration) -> Void

    /// The name it is documented under.
    var name: String { names[0] }
    /// The text that stands for the default; empty for nothing.
    var standard: String { show(Configuration()) }

    init<Value: Equatable>(
        _ names: String..., aliases: Aliases = .oneOf,
        at place: any WritableKeyPath<Configuration, Value> & Sendable,
        _ kind: ConfigurationKind<Value>,
        isSecret: Bool = false
    ) {
        self.names = names
        self.aliases = aliases
        self.isSecret = isSecret
        expected = kind.expected
        apply = { text, configuration throws(ConfigurationRefusal) in
            configuration[keyPath: place] = try kind.read(text)
        }
        show = { kind.write($0[keyPath: place]) }
        isSame = { $0[keyPath: place] == $1[keyPath: place] }
        copy = { $1[keyPath: place] = $0[keyPath: place] }
    }
}

extension ConfigurationSetting {
    /// Every setting there is, in the order of the reference file.
    static let all: [ConfigurationSetting] =
        general + access + agents + telephone + outbound
        + guards

    private static let general = [
        ConfigurationSetting("ENVIRONMENT", at: \.environment, .word),
        ConfigurationSetting("HOST", at: \.listening.host, .host),
        ConfigurationSetting("PORT", at: \.listening.port, .port),
        ConfigurationSetting("LISTEN", at: \.listening.targets, .list(of: .target, max: 16)),
        ConfigurationSetting("INSTANCE", at: \.listening.instance, .orNothing(.instance)),
        ConfigurationSetting("METRICS_LISTEN", at: \.listening.metrics, .addressOrOff),
        ConfigurationSetting("CONTROL_SOCKET", at: \.listening.control, .controlPlace),
        ConfigurationSetting("PUBLIC_URL", at: \.listening.publicURL, .orNothing(.webAddress)),
        ConfigurationSetting(
            "TLS_CERTIFICATE_FILE", at: \.listening.certificateFile, .orNothing(.path)),
        ConfigurationSetting("TLS_KEY_FILE", at: \.listening.keyFile, .orNothing(.path)),
        ConfigurationSetting("LOOPS", at: \.loops, .wholeOrAuto(1...256)),
        ConfigurationSetting("JOURNAL_DIRECTORY", at: \.memories, .memories),
        ConfigurationSetting("FD_STORE", at: \.descriptorStore, .word),
    ]

    private static let access = [
        ConfigurationSetting("TRUSTED_PROXIES", at: \.access.trustedProxies, .list(of: .proxy)),
        ConfigurationSetting("ALLOWED_ORIGINS", at: \.access.allowedOrigins, .list(of: .origin)),
        ConfigurationSetting(
            "API_KEYS", at: \.access.apiKeys, .list(of: .secret, max: 16), isSecret: true),
        ConfigurationSetting("PRIVACY", at: \.log.privacy, .word),
        ConfigurationSetting("LOG_LEVEL", at: \.log.level, .level),
        ConfigurationSetting("TRACE_DIRECTORY", at: \.log.traceDirectory, .orNothing(.path)),
    ]

    private static let agents = [
        ConfigurationSetting(
            "ELEVENLABS_API_KEY", at: \.agents.apiKey, .orNothing(.secret), isSecret: true),
        ConfigurationSetting(
            "ELEVENLABS_AGENT_ID", "AGENT_ID", at: \.agents.agentID, .orNothing(.agentID)),
        ConfigurationSetting(
            "ELEVENLABS_SUPPORT_AGENT_ID", at: \.agents.supportAgentID, .orNothing(.agentID)),
        ConfigurationSetting(
            "ELEVENLABS_SALES_AGENT_ID", at: \.agents.salesAgentID, .orNothing(.agentID)),
        ConfigurationSetting(
            "ELEVENLABS_WEBHOOK_SECRET", "WEBHOOK_SECRET", aliases: .joined,
            at: \.agents.webhookSecrets, .list(of: .secret, max: 8), isSecret: true),
        ConfigurationSetting("ELEVENLABS_BASE_URL", at: \.agents.baseURL, .origin),
        ConfigurationSetting("ELEVENLABS_CA_FILE", at: \.agents.caFile, .orNothing(.path)),
    ]

    private static let telephone = [
        ConfigurationSetting(
            "TWILIO_ACCOUNT_SID", at: \.telephone.accountSID, .orNothing(.accountSID)),
        ConfigurationSetting(
            "TWILIO_AUTH_TOKEN", at: \.telephone.authTokens, .list(of: .secret, max: 8),
            isSecret: true),
        ConfigurationSetting(
            "TWILIO_PHONE_NUMBER", at: \.outbound.from, .orNothing(.phoneNumber)),
        ConfigurationSetting("TWILIO_BASE_URL", at: \.telephone.baseURL, .origin),
        ConfigurationSetting("ROUTING_FILE", at: \.telephone.routingFile, .orNothing(.path)),
    ]

    private static let outbound = [
        ConfigurationSetting("OUTBOUND_PREFIXES", at: \.outbound.prefixes, .list(of: .prefix)),
        ConfigurationSetting("OUTBOUND_CALLS_MAX", at: \.outbound.callsMax, .whole(1...1_000)),
        ConfigurationSetting(
            "OUTBOUND_CALLS_PER_MINUTE", at: \.outbound.callsPerMinute, .whole(1...600)),
        ConfigurationSetting("OUTBOUND_VOICEMAIL", at: \.outbound.voicemail, .word),
    ]

    private static let guards = [
        ConfigurationSetting(
            "STREAM_START_TIMEOUT", at: \.guards.call.streamStartMax,
            .duration(.seconds(1)...(.seconds(60)))),
        ConfigurationSetting(
            "AGENT_START_TIMEOUT", at: \.guards.call.agentStartMax,
            .duration(.milliseconds(500)...(.seconds(30)))),
        ConfigurationSetting(
            "CALL_DURATION_MAX", at: \.guards.call.durationMax,
            .duration(.seconds(60)...(.seconds(24 * 3_600)))),
        ConfigurationSetting("CALLS_MAX", at: \.guards.callsMax, .whole(1...10_000)),
        ConfigurationSetting(
            "DRAIN_MAX", at: \.guards.drainMax, .duration(.seconds(1)...(.seconds(24 * 3_600)))),
        ConfigurationSetting(
            "PLAYBACK_LEAD", at: \.guards.call.playbackLeadMax,
            .duration(.milliseconds(400)...(.seconds(2)))),
    ]
}
