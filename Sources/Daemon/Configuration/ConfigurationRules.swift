import Glibc
import Wire

/// What the settings must be together.
enum ConfigurationRules {
    /// Characters of an operator's key in production: 16 of a base64 are 96 bits.
    static let apiKeyCharactersMin = 16

    /// Everything that is missing or does not fit; a setting that already has a fault in `given`
    /// is not also called missing.
    static func faults(
        in configuration: Configuration, sources: [String: ConfigurationSource],
        given: [ConfigurationFault]
    ) -> [ConfigurationFault] {
        var problems = pairs(configuration) + files(configuration)
        if configuration.environment == .production { problems += production(configuration) }
        let alreadyTold = { (name: String) in
            let names = ConfigurationSetting.all.first { $0.name == name }?.names ?? [name]
            return sources[name] == nil
                && given.contains { fault in
                    names.contains { fault.problem.hasPrefix($0 + " ") }
                }
        }
        return problems.filter { !alreadyTold($0.name) }.map {
            ConfigurationFault(sources[$0.name] ?? .standard, "\($0.name) \($0.what)")
        }
    }

    private typealias Problem = (name: String, what: String)

    private static func pairs(_ configuration: Configuration) -> [Problem] {
        var problems: [Problem] = []
        let (listening, agents) = (configuration.listening, configuration.agents)
        if listening.certificateFile != nil, listening.keyFile == nil {
            problems.append(("TLS_KEY_FILE", "is missing; TLS_CERTIFICATE_FILE needs its key"))
        }
        if listening.keyFile != nil, listening.certificateFile == nil {
            problems.append(
                ("TLS_CERTIFICATE_FILE", "is missing; TLS_KEY_FILE needs its certificate"))
        }
        if configuration.log.traceDirectory != nil, configuration.log.privacy == .strict {
            problems.append(
                ("TRACE_DIRECTORY", "is set; traces hold what PRIVACY=strict forbids to keep"))
        }
        if agents.apiKey != nil, agents.agentID == nil, configuration.environment == .development {
            problems.append(
                (
                    "ELEVENLABS_AGENT_ID",
                    "is missing; with ELEVENLABS_API_KEY an agent must be named"
                ))
        }
        return problems
    }

    private static func files(_ configuration: Configuration) -> [Problem] {
        let files = [
            ("TLS_CERTIFICATE_FILE", configuration.listening.certificateFile),
            ("TLS_KEY_FILE", configuration.listening.keyFile),
            ("ELEVENLABS_CA_FILE", configuration.agents.caFile),
        ]
        var problems: [Problem] = files.compactMap { name, path in
            guard let path, access(path, R_OK) != 0 else { return nil }
            return (name, "names a file that cannot be read: \(String(cString: strerror(errno)))")
        }
        // With the dot what is no folder is refused as well: "Not a directory".
        if let folder = configuration.log.traceDirectory, access(folder + "/.", W_OK) != 0 {
            let why = String(cString: strerror(errno))
            problems.append(("TRACE_DIRECTORY", "names a folder that cannot be written: \(why)"))
        }
        return problems
    }

    private static func production(_ configuration: Configuration) -> [Problem] {
        var problems = missing(configuration) + readable(configuration)
        let shortest = configuration.access.apiKeys.map(\.revealed.utf8.count).min()
        if let shortest, shortest < apiKeyCharactersMin {
            problems.append(
                ("API_KEYS", "has a key of less than \(apiKeyCharactersMin) characters"))
        }
        return problems
    }

    /// What real callers need and is not set.
    private static func missing(_ configuration: Configuration) -> [Problem] {
        let (agents, telephone) = (configuration.agents, configuration.telephone)
        let needed: [(name: String, isThere: Bool, purpose: String)] = [
            (
                "PUBLIC_URL", configuration.listening.publicURL != nil,
                "the https:// address Twilio calls"
            ),
            ("ELEVENLABS_API_KEY", agents.apiKey != nil, "a key of the agent's workspace"),
            ("ELEVENLABS_AGENT_ID", agents.agentID != nil, "the agent that answers"),
            ("TWILIO_ACCOUNT_SID", telephone.accountSID != nil, "the account of the number"),
            (
                "TWILIO_AUTH_TOKEN", !telephone.authTokens.isEmpty,
                "the token that signs Twilio's requests"
            ),
        ]
        return needed.filter { !$0.isThere }.map {
            ($0.name, "is missing; production needs \($0.purpose)")
        }
    }

    /// What strangers on the way could read.
    private static func readable(_ configuration: Configuration) -> [Problem] {
        var problems: [Problem] = []
        if configuration.listening.publicURL?.isSecure == false {
            problems.append(("PUBLIC_URL", "is not https://; Twilio would send calls in the clear"))
        }
        for (name, address) in [
            ("ELEVENLABS_BASE_URL", configuration.agents.baseURL),
            ("TWILIO_BASE_URL", configuration.telephone.baseURL),
        ] where !address.isSecure && !isLoopback(address.host) {
            problems.append((name, "is not https://; keys would travel in the clear"))
        }
        return problems
    }

    /// What is allowed but worth a look.
    static func notes(on configuration: Configuration) -> [String] {
        var notes: [String] = []
        let (agents, telephone) = (configuration.agents, configuration.telephone)
        if configuration.agentSource == .builtIn {
            let why =
                agents.agentID == nil
                ? "" : "; an agent is named, but ELEVENLABS_API_KEY is not set"
            notes.append("The built-in agent answers" + why)
        }
        if telephone.authTokens.isEmpty {
            notes.append("Without TWILIO_AUTH_TOKEN webhooks are taken from this machine only")
        }
        if configuration.log.privacy == .debug {
            notes.append("PRIVACY is debug: lists of calls show numbers whole")
        }
        if case .tcp(let host, _) = configuration.listening.metrics, !isLoopback(host) {
            notes.append("METRICS_LISTEN is open to other machines; nothing guards it")
        }
        if !configuration.outbound.prefixes.isEmpty, configuration.outbound.from == nil {
            notes.append("Without TWILIO_PHONE_NUMBER nobody can be called")
        }
        guard configuration.environment == .production else { return notes }
        if configuration.access.apiKeys.isEmpty {
            notes.append("Without API_KEYS nobody can use the operator's routes")
        }
        return notes
    }

    /// True for a name or address of this machine itself.
    static func isLoopback(_ host: String) -> Bool {
        let loopback = Configuration.AddressRange("127.0.0.0/8")
        return host == "localhost" || host == "::1" || loopback?.contains(host) == true
    }
}
