import Audio
import Instruments
import Net
import Synchronization
import Testing
import Wire

@testable import Simulators

/// Messages and the end of a client's socket, to be waited for.
private final class Client: MessageSocketHandler {
    private let stream: AsyncStream<String>
    private let words: AsyncStream<String>.Continuation

    init() { (stream, words) = AsyncStream.makeStream() }

    func received(text: RawSpan, on socket: any MessageSocket) {
        guard let json = try? JSON(parsing: text) else {
            words.yield("garbage")
            return
        }
        words.yield(json["type"]?.text ?? "?")
    }

    func closed(_ closure: SocketClosure, on socket: any MessageSocket) {
        words.yield("closed \(closure.cause) \(closure.code)")
        words.finish()
    }

    /// The first word that fits; nil when the socket ended without it.
    func wait(_ fits: (String) -> Bool) async -> String? {
        for await word in stream where fits(word) { return word }
        return nil
    }
}

/// Simulators on real loops and sockets of this machine.
private final class Loopback: Sendable {
    let loops = LoopPool(count: 1)
    let log = Log(to: SilentSink())
    private let agents = Mutex<[AgentSimulator]>([])

    deinit { loops.stop() }

    func agent(_ change: (inout AgentOptions) -> Void) async throws -> WebAddress {
        var options = AgentOptions()
        options.manners.scripts = [try AgentScriptReader.read("greeting\n say agent-en-goodbye")]
        change(&options)
        let agent = AgentSimulator(options)
        agents.withLock { $0.append(agent) }
        let bound = try await agent.start(loops: loops, log: log)
        return try WebAddress("ws://\(bound.text)/v1/convai/conversation?agent_id=agent_test")
    }

    func dial(
        _ address: WebAddress, subprotocols: [String] = []
    ) async throws -> (client: Client, socket: any MessageSocket) {
        let dialer = WebSocketDialer(
            tls: try TLSContext.client(extraCAFile: nil), resolver: Resolver())
        let loop = loops.loops[0]
        let socket = try await dialer.dial(
            address, subprotocols: subprotocols,
            options: .init(messageBytesMax: 8 << 20, closeTimeout: .milliseconds(300)),
            timeout: .seconds(10), on: loop)
        let client = Client()
        loop.run {
            socket.handler = client
            socket.say(#"{"type":"conversation_initiation_client_data"}"#)
        }
        return (client, socket)
    }
}

struct AgentLoopbackTests {
    private let loopback = Loopback()

    @Test(arguments: [401, 429, 503])
    func `an upgrade can be refused`(status: Int) async throws {
        let address = try await loopback.agent {
            $0.manners.faults = [PlannedFault(.refuseUpgrade(status: status))]
        }
        do {
            _ = try await loopback.dial(address)
            Issue.record("the upgrade was accepted")
        } catch let error as DialError {
            guard case .refused(status, _) = error else {
                Issue.record("\(error)")
                return
            }
        }
    }

    @Test(arguments: [
        (ScriptedFault.cut, "closed lost 1006"), (.quota, "closed peer 1002"),
        (.forbidden, "closed peer 1008"), (.crash, "closed peer 1011"),
        (.durationLimit, "closed peer 1000"),
    ])
    func `every end arrives as it is meant`(fault: ScriptedFault, end: String) async throws {
        let address = try await loopback.agent { $0.manners.faults = [PlannedFault(fault)] }
        let (client, _) = try await loopback.dial(address)
        #expect(await client.wait { $0.hasPrefix("closed") } == end)
    }

    @Test func `the metadata comes first, and the subprotocol is said when it is offered`()
        async throws
    {
        let address = try await loopback.agent { _ in }
        let (client, socket) = try await loopback.dial(address, subprotocols: ["convai"])
        #expect(await client.wait { _ in true } == "conversation_initiation_metadata")
        #expect(await client.wait { $0 == "audio" } != nil)
        loopback.loops.loops[0].run { socket.close(code: 1000, reason: "") }
        #expect(await client.wait { $0.hasPrefix("closed") } == "closed us 1000")
    }

    @Test func `a half-open agent reads no more and answers no close`() async throws {
        let address = try await loopback.agent {
            $0.manners.faults = [PlannedFault(.halfOpen)]
            $0.manners.scripts = [AgentScript()]
        }
        let (client, socket) = try await loopback.dial(address)
        #expect(await client.wait { _ in true } == "conversation_initiation_metadata")
        loopback.loops.loops[0].run { socket.close(code: 1000, reason: "") }
        #expect(await client.wait { $0.hasPrefix("closed") } == "closed us 1006")
    }

    @Test func `strangers are let in and sent away`() async throws {
        let address = try await loopback.agent {
            $0.isPrivate = true
            $0.agentIDs = ["agent_test"]
        }
        for target in ["?agent_id=agent_test", "?agent_id=agent_other", "?x=1"] {
            let (client, _) = try await loopback.dial(
                address.with(target: "/v1/convai/conversation" + target))
            #expect(await client.wait { _ in true } == "closed peer 1008")
        }
    }
}

/// Answers webhooks with TwiML; the sockets belong to somebody else.
private struct TwiMLServer: HTTPHandler {
    let twiml: @Sendable (String) -> String
    func bodyLimit(_ request: HTTPRequest) -> Int { 65536 }
    func answer(_ request: HTTPRequest, on loop: any Loop) async -> HTTPAnswer {
        .respond(
            HTTPResponse(status: 200, type: "text/xml", text: twiml(String(request.path))))
    }
}

/// Takes every stream, unless it is signed, and never says a word.
private final class Mute: HTTPHandler, MessageSocketHandler {
    func bodyLimit(_ request: HTTPRequest) -> Int { 0 }
    func answer(_ request: HTTPRequest, on loop: any Loop) async -> HTTPAnswer {
        guard request.fields["X-Twilio-Signature"] == nil else {
            return .respond(HTTPResponse(status: 403))
        }
        return .webSocket(WebSocketAcceptance { $0.handler = self })
    }
    func received(text: RawSpan, on socket: any MessageSocket) {}
    func closed(_ closure: SocketClosure, on socket: any MessageSocket) {}
}

struct PhoneLoopbackTests {
    private let loopback = Loopback()

    private func ring(
        _ twiml: @escaping @Sendable (String) -> String,
        _ change: (inout PhoneOrder) -> Void = { _ in }
    ) async throws -> PhoneResult {
        let server = HTTPServer(
            loops: loopback.loops, log: loopback.log, handler: TwiMLServer(twiml: twiml))
        let bound = try await server.listen(.tcp(host: "127.0.0.1", port: 0))
        var order = PhoneOrder(
            voiceURL: try WebAddress("http://\(bound.text)/voice"),
            accountSID: "AC00000000000000000000000000000001", authToken: SecretText("token"))
        change(&order)
        let phone = try PhoneSimulator(loops: loopback.loops, log: loopback.log)
        let result = await phone.ring(order)
        await server.close()
        return result
    }

    @Test func `a call handed to the agent's own stream hears its greeting`() async throws {
        let agent = try await loopback.agent {
            $0.manners.inputFormat = .telephone
            $0.manners.outputFormat = .telephone
        }
        let url = agent.with(target: "/v1/convai/conversation").text
        let result = try await ring { _ in
            """
            <Response><Connect><Stream url="\(url)">
            <Parameter name="conversation_id" value="conv_test"/></Stream></Connect></Response>
            """
        } _: {
            $0.caller.hangUp = .whenDone(quiet: .milliseconds(200))
        }
        #expect(result.isGood && result.entries == [])
        let goodbye = try #require(StudioVoice.recording("agent-en-goodbye", in: .telephone))
        #expect(result.heard.count == goodbye.count)
        #expect(result.heard.runs.flatMap { result.heard.bytes(of: $0) } == goodbye)
    }

    @Test func `a server that is not there is an application error`() async throws {
        var order = PhoneOrder(
            voiceURL: try WebAddress("http://127.0.0.1:9/voice"), accountSID: "AC1",
            authToken: SecretText("token"))
        order.seed = 7
        let phone = try PhoneSimulator(loops: loopback.loops, log: loopback.log)
        let result = await phone.ring(order)
        #expect(result.status == "failed" && result.entries.map(\.code) == [11205])
        #expect(!result.isGood)
    }

    @Test func `a stream nobody answers leads to the action`() async throws {
        let result = try await ring { path in
            path == "/after"
                ? "<Response><Hangup/></Response>"
                : """
                <Response><Connect action="/after"><Stream url="ws://127.0.0.1:9/m"/></Connect>
                <Say>never reached</Say></Response>
                """
        }
        #expect(result.entries.map(\.code) == [31902])
        #expect(result.events.map(\.kind) == ["connect", "stream-ended", "hangup"])
        #expect(result.status == "completed" && !result.isGood)
    }

    @Test func `a call in which nothing is heard is not good, unless it may be so`() async throws {
        let mute = HTTPServer(loops: loopback.loops, log: loopback.log, handler: Mute())
        let bound = try await mute.listen(.tcp(host: "127.0.0.1", port: 0))
        for mayBeSilent in [false, true] {
            let result = try await ring { _ in
                "<Response><Connect><Stream url=\"ws://\(bound.text)/m\"/></Connect></Response>"
            } _: {
                $0.mayBeSilent = mayBeSilent
                $0.authToken = nil
                $0.caller.hangUp = .after(.milliseconds(50))
            }
            #expect(result.status == "completed" && result.entries == [])
            #expect(result.streams.count == 1 && result.isSilent)
            #expect(result.isGood == mayBeSilent)
        }
        await mute.close()
    }

    @Test func `documents that lead to themselves end`() async throws {
        let result = try await ring { _ in "<Response><Redirect>/voice</Redirect></Response>" }
        #expect(result.status == "completed")
    }
}
