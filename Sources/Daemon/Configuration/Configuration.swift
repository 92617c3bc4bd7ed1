package import Calls
package import Front
package import Instruments
package import Net
package import Twilio
package import Wire

/// Every setting as a value, with its default; `config/callbridge.conf` gives the reasons.
package struct Configuration: Sendable, Equatable {
    /// What the daemon is used for; it decides what must be set.
    package enum Environment: String, Sendable, CaseIterable {
        /// A laptop: works without an account, trusts only this machine.
        case development
        /// Real callers: does not start without what it needs.
        case production
    }

    /// Development, until somebody says otherwise.
    package var environment = Environment.development
    /// Where the daemon can be reached.
    package var listening = Listening()
    /// Who may do what.
    package var access = Access()
    /// What is written down.
    package var log = Logging()
    /// The agent's side.
    package var agents = Agents()
    /// The telephone's side.
    package var telephone = Telephone()
    /// Calls that we place, as far as settings say; see `outboundPolicy`.
    package var outbound = OutboundPolicy()
    /// What keeps a call from going wrong for long.
    package var guards = Guards()
    /// Where living calls are remembered.
    package var memories = MemoryPlace.auto
    /// Whether callers' streams are kept open when this process is killed.
    package var descriptorStore = DescriptorStoring.auto
    /// Event-loop threads; nil is one per core that we may use.
    package var loops: Int?

    /// Every default.
    package init() {}
}

extension Configuration {
    /// Where the daemon can be reached.
    package struct Listening: Sendable, Equatable {
        /// Name or address to listen at.
        package var host = "127.0.0.1"
        /// Zero lets the kernel choose.
        package var port: UInt16 = 3_000
        /// Instead of host and port when there are any.
        package var targets: [ListenTarget] = []
        /// Our name where several instances share a socket; nil where we are alone.
        package var instance: String?
        /// Where /metrics is served; nil nowhere.
        package var metrics: ListenAddress? = .tcp(host: "127.0.0.1", port: 9_300)
        /// Where the operator's program asks this daemon.
        package var control = ControlPlace.automatic
        /// How Twilio and browsers reach us, with a path that stands before ours.
        package var publicURL: WebAddress?
        /// The certificate chain of our own TLS; with `keyFile` or not at all.
        package var certificateFile: String?
        /// The key that belongs to it.
        package var keyFile: String?

        /// Where to listen, from all of the above.
        package var all: [ListenTarget] {
            targets.isEmpty ? [.address(.tcp(host: host, port: port))] : targets
        }
    }

    /// One place to listen at.
    package enum ListenTarget: Sendable, Equatable {
        /// To be opened by us.
        case address(ListenAddress)
        /// Passed by the service manager: those of this name, or all.
        case activated(name: String?)
    }

    /// Who may do what.
    package struct Access: Sendable, Equatable {
        /// Whose X-Forwarded-… headers are believed.
        package var trustedProxies: [TrustedProxy] = []
        /// Web origins besides our own that may talk to us, such as `https://example.com`.
        package var allowedOrigins: [WebAddress] = []
        /// Keys that open the operator's routes; several for rotation.
        package var apiKeys: [SecretText] = []
    }

    /// What is written down.
    package struct Logging: Sendable, Equatable {
        /// Lines below it are not written.
        package var level = LogLevel.info
        /// What may be told of a caller.
        package var privacy = Privacy.standard
        /// Where every call leaves a trace, voices and words in full; nowhere unless it is set.
        package var traceDirectory: String?
    }

    /// How much of a caller may be kept and told.
    package enum Privacy: String, Sendable, CaseIterable {
        /// Nothing that names or quotes a caller.
        case strict
        /// Masked numbers; no spoken words in logs.
        case standard
        /// The same, but lists of calls show numbers whole: for finding a fault with one's own.
        case debug
    }

    /// The agent's side.
    package struct Agents: Sendable, Equatable {
        /// The workspace key.
        package var apiKey: SecretText?
        /// The agent that answers.
        package var agentID: String?
        /// The agent for those who ask for support.
        package var supportAgentID: String?
        /// The agent for those who ask for sales.
        package var salesAgentID: String?
        /// Secrets of post-call webhooks, which are not taken yet; any of them may have signed.
        package var webhookSecrets: [SecretText] = []
        /// Without a path; the socket's address follows as ws or wss.
        package var baseURL = WebAddress.known("https://api.elevenlabs.io")
        /// Certificates to trust besides the machine's own.
        package var caFile: String?
    }

    /// The telephone's side.
    package struct Telephone: Sendable, Equatable {
        /// The account of the number.
        package var accountSID: AccountSID?
        /// Tokens that may sign a webhook; the first one signs our own requests.
        package var authTokens: [SecretText] = []
        /// Without a path.
        package var baseURL = WebAddress.known("https://api.twilio.com")
        /// Which number is answered how; nil is every number by the same agent.
        package var routingFile: String?
    }

    /// What keeps a call from going wrong for long.
    package struct Guards: Sendable, Equatable {
        /// What one call is held to, as far as settings say; see `callLimits`.
        package var call = Self.ordinaryCall
        /// Calls at the same time, all numbers together.
        package var callsMax = 500
        /// How long a drain waits for calls before it ends them.
        package var drainMax = Duration.seconds(3_600)

        /// Real calls end long before an hour; a mailbox that talks to an agent does not.
        private static let ordinaryCall = {
            var limits = CallLimits()
            limits.durationMax = .seconds(3_600)
            return limits
        }()
    }

    /// Who answers when no number says otherwise.
    package enum AgentSource: Sendable, Equatable {
        /// The agent in this program: no account, no network.
        case builtIn
        case elevenLabs(agentID: String, apiKey: SecretText)
    }

    /// The agents that settings name: the vendor's names for them by our keys.
    package var namedAgents: [String: String] {
        [
            "default": agents.agentID, "support": agents.supportAgentID,
            "sales": agents.salesAgentID,
        ].compactMapValues { $0 }
    }

    /// ElevenLabs as soon as there is a key and an agent.
    package var agentSource: AgentSource {
        guard let key = agents.apiKey, let agent = agents.agentID else { return .builtIn }
        return .elevenLabs(agentID: agent, apiKey: key)
    }
}

extension WebAddress {
    /// An address that this program itself writes down.
    fileprivate static func known(_ text: StaticString) -> WebAddress {
        guard let address = try? WebAddress(text.description) else {
            preconditionFailure("\(text) is no address")
        }
        return address
    }
}
