import Calls
import ElevenLabs
import Instruments
import Net
import Wire

/// Opens conversations at ElevenLabs: a signed URL first where there is a key, then the socket.
struct ElevenLabsDialer: AgentDialer {
    /// One reply of the agent may come as a single message of this size at most
    /// (Agents WebSocket reference, framing and limits).
    private static let messageBytesMax = 16 * 1024 * 1024
    /// The signed URL takes one request; a service that needs longer is as good as away.
    private static let signedURLTimeout = Duration.seconds(3)
    /// The caller waits in silence for it.
    private static let registerCallTimeout = Duration.milliseconds(1_500)
    private static let dialTimeout = Duration.seconds(4)
    private static let pingEvery = Duration.seconds(20)

    let service: AgentService
    let client: HTTPClient
    let dialer: WebSocketDialer

    func dial(agent key: String, on loop: any Loop) async throws(DialFault) -> any MessageSocket {
        guard let agent = service.agents[key] else {
            throw DialFault(.agentMisconfigured, "no agent is configured as \(key)")
        }
        let address = try await address(of: agent)
        let options = WebSocketOptions(
            messageBytesMax: Self.messageBytesMax, pingEvery: Self.pingEvery)
        do {
            return try await dialer.dial(
                address, options: options, timeout: Self.dialTimeout, on: loop)
        } catch {
            throw Self.fault(error)
        }
    }

    /// Hands a ringing call over to the service itself; answers the TwiML that joins the two.
    func handOff(_ key: String, _ ticket: CallTicket) async throws(DialFault) -> String {
        guard let agent = service.agents[key], let apiKey = service.key else {
            throw DialFault(.agentMisconfigured, "no agent is configured as \(key)")
        }
        let request = AgentRequest.registerCall(
            agent: agent, from: ticket.from.raw, to: ticket.to.raw,
            direction: ticket.direction == .inbound ? .inbound : .outbound, key: apiKey)
        let response: HTTPResponse
        do {
            response = try await client.send(
                request, to: service.base, timeout: Self.registerCallTimeout)
        } catch {
            throw DialFault(.providerUnreachable, "register-call: \(error)")
        }
        do { return try AgentRequest.twiML(from: response) } catch {
            throw DialFault(EndReason(error), "register-call: \(error)")
        }
    }

    private func address(of agent: String) async throws(DialFault) -> WebAddress {
        guard let key = service.key else { return service.publicAddress(of: agent) }
        let response: HTTPResponse
        do {
            response = try await client.send(
                AgentRequest.signedURL(agent: agent, key: key), to: service.base,
                timeout: Self.signedURLTimeout)
        } catch {
            throw DialFault(.providerUnreachable, "signed URL: \(error)")
        }
        do {
            return try AgentRequest.signedURL(from: response, base: service.base).address
        } catch {
            throw DialFault(EndReason(error), "signed URL: \(error)")
        }
    }

    private static func fault(_ error: DialError) -> DialFault {
        switch error {
        case .refused: DialFault(.providerRefused, "\(error)")
        default: DialFault(.providerUnreachable, "\(error)")
        }
    }
}

/// Where agents are had, and under which names.
struct AgentService: Sendable {
    /// `https://…` or, on this machine, `http://…`; the socket follows as wss or ws.
    var base: WebAddress
    /// Without a key only public agents can be reached.
    var key: SecretText?
    /// Our keys (`default`, `support`, …) and the vendor's names for them.
    var agents: AgentNames

    /// The socket of an agent that needs no signature.
    func publicAddress(of agent: String) -> WebAddress {
        base.with(scheme: base.isSecure ? "wss" : "ws")
            .with(target: "/v1/convai/conversation?agent_id=\(agent)")
    }
}

extension EndReason {
    /// What a refusal by the service's REST interface makes the call's reason.
    fileprivate init(_ refusal: AgentRefusal) {
        self =
            switch refusal.meaning {
            case .unauthorized, .notFound: .agentMisconfigured
            case .quotaExceeded: .providerQuota
            case .tooMany: .providerRefused
            case .unavailable, .unreadable: .providerError
            case .invalid: .callbridgeError
            }
    }
}
