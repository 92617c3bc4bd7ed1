import Audio
import Calls
import Instruments
import Net
import Simulators
import Synchronization
import Testing
import Twilio
import Wire

@testable import Daemon

/// The daemon as it runs, on loopback sockets, between a telephone network and an agent's service.
///
///     PhoneSimulator, RudeCaller ─▶ daemon ─▶ AgentDirectory ─ signed URL ─▶ AgentSimulator
///                                     ▲                                   └▶ a rude agent
///     meters, lines, routes ──────────┘
final class LiveHouse: Sendable {
    static let token = SecretText("f00dfeedc0ffee1234567890abcdef00")
    static let key = SecretText("key_test_of_operators")
    static let accountSID = "AC00000000000000000000000000000001"
    static let publicURL = "https://callbridge.test"

    /// What a test may want otherwise before the house stands.
    struct Plan {
        var agent = AgentManners.toneless
        var settings = Configuration()
        var calls = CallLimits()
        var http = HTTPServerLimits()
        /// The agent's service speaks TLS with this, and the daemon trusts that file.
        var agentTLS: TLSContext?
        var caFile: String?
        /// What the house itself says; nil its recordings, of which the apology lasts four seconds.
        var announcements: AnnouncementShelf?
        /// Twilio's REST side, for calls that we place; nil: there is no account.
        var account: (@Sendable (inout PhoneAccount) -> Void)?
    }

    let daemon: CallbridgeDaemon
    let configuration: Configuration
    let sink: MemorySink
    /// Where the other sides live.
    let pool: LoopPool
    let agent: AgentSimulator
    let directory: AgentDirectory
    /// What became of the agent's conversations, with the audio it heard.
    let outcomes: OutcomeList
    let peers: Mutex<Peers?>
    private let directoryServer: HTTPServer
    private let rest: LateDesk

    /// The telephone network, and somebody who asks for pages; gone when they are let go.
    struct Peers: Sendable {
        var phones: PhoneSimulator
        var client: HTTPClient
    }

    init(_ plan: Plan) async throws {
        pool = LoopPool(count: 1)
        sink = MemorySink()
        outcomes = OutcomeList()
        directory = AgentDirectory()
        agent = AgentSimulator(.telling(outcomes, plan.agent))
        let silent = Log(to: SilentSink())
        let place = try await agent.start(loops: pool, log: silent, tls: plan.agentTLS)
        directory.send(to: place)
        directoryServer = HTTPServer(loops: pool, log: silent, handler: directory)
        let entrance = try await directoryServer.listen(.tcp(host: "127.0.0.1", port: 0))

        var settings = plan.settings
        settings.listening.port = 0
        settings.listening.metrics = .tcp(host: "127.0.0.1", port: 0)
        settings.listening.publicURL = try WebAddress(Self.publicURL)
        settings.telephone.authTokens = [Self.token]
        settings.agents.apiKey = SecretText("key_test")
        settings.agents.agentID = "agent_test"
        settings.agents.caFile = plan.caFile
        settings.agents.baseURL =
            try plan.agentTLS == nil
            ? WebAddress("http://\(entrance.text)")
            : WebAddress("https://localhost:\(place.port)")
        rest = LateDesk()
        if plan.account != nil {
            settings.telephone.accountSID = AccountSID(Self.accountSID)
            settings.outbound.from = PhoneNumber("+15550100002")
            settings.telephone.baseURL = try await rest.listen(pool)
            settings.access.apiKeys = [Self.key]
        }
        settings.loops = settings.loops ?? 1
        configuration = settings
        daemon = try await CallbridgeDaemon.start(
            settings, log: Log(to: sink, threshold: .debug), calls: plan.calls, http: plan.http,
            announcements: plan.announcements)
        peers = Mutex(
            Peers(
                phones: try PhoneSimulator(loops: pool, log: silent),
                client: HTTPClient(loop: pool.loops[0], extraCAFile: nil, log: silent)))
        if let change = plan.account {
            var account = PhoneAccount(order: try order(7))
            account.callee.rings = .milliseconds(50)
            change(&account)
            rest.open(account, try phones)
        }
    }

    /// Builds a house, lives in it, and takes it down whatever happened.
    static func open(
        _ change: (inout Plan) -> Void = { _ in }, _ live: (LiveHouse) async throws -> Void
    ) async throws {
        var plan = Plan()
        // A test machine may be busy for longer than any agent is.
        plan.calls.agentStartMax = .seconds(20)
        plan.calls.comfortAfter = .seconds(60)
        plan.calls.answerMax = .seconds(60)
        change(&plan)
        let house = try await LiveHouse(plan)
        do { try await live(house) } catch {
            await house.close()
            throw error
        }
        await house.close()
    }

    private func close() async {
        let phones = peers.withLock { $0.take() }?.phones
        await phones?.stop()
        await daemon.stop()
        await agent.stop()
        await directoryServer.close()
        await rest.close()
        pool.stop()
    }

    var port: UInt16 { daemon.addresses.first?.port ?? 0 }
    var loop: EventLoop { pool.loops[0] }

    /// Lets the telephone network and the client go; their kept connections close.
    func sendPeersAway() { peers.withLock { $0 = nil } }

    var phones: PhoneSimulator {
        get throws { try #require(peers.withLock { $0 }).phones }
    }

    /// A call by the telephone network, as Twilio is configured for this house.
    func order(_ seed: UInt64, _ caller: CallerScript = CallerScript()) throws -> PhoneOrder {
        var order = PhoneOrder(
            voiceURL: try WebAddress("\(Self.publicURL)/api/twilio/voice"),
            accountSID: Self.accountSID, authToken: Self.token)
        order.origin = try WebAddress("http://127.0.0.1:\(port)")
        order.statusCallback = try WebAddress("\(Self.publicURL)/api/twilio/status")
        order.caller = caller
        order.seed = seed
        // A busy machine may stand still for a minute; no test waits for this.
        order.limit = .seconds(600)
        return order
    }

    /// Another agent's service, to which every conversation goes from now on.
    func replaceAgent(_ manners: AgentManners) async throws -> AgentSimulator {
        let other = AgentSimulator(.telling(outcomes, manners))
        directory.send(to: try await other.start(loops: pool, log: Log(to: SilentSink())))
        return other
    }
}

extension ListenAddress {
    var port: UInt16 {
        guard case .tcp(_, let port) = self else { return 0 }
        return port
    }
}

extension AgentOptions {
    /// An agent that speaks tones, keeps what it heard, and tells how it ended.
    static func telling(_ list: OutcomeList, _ manners: AgentManners) -> AgentOptions {
        var options = AgentOptions()
        options.manners = manners
        options.manners.keepsAudio = true
        options.voice = ToneVoice()
        options.ended = { list.add($0) }
        return options
    }
}

/// Finished conversations.
final class OutcomeList: Sendable {
    private let kept = Mutex<[AgentOutcome]>([])

    func add(_ outcome: AgentOutcome) { kept.withLock { $0.append(outcome) } }

    var all: [AgentOutcome] { kept.withLock { $0 } }

    /// The conversation of a call, by what the daemon told the agent.
    func of(_ call: String) -> AgentOutcome? {
        all.first { outcome in
            outcome.diary.setup.variables.contains {
                $0.name == "call_sid" && $0.value.text == call
            }
        }
    }
}
