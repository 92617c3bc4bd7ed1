package import Instruments
package import Net
import Synchronization
import Wire

/// Plays ElevenLabs: the conversation socket, the REST calls a bridge makes, post-call reports.
///
///     HTTPServer ─▶ AgentDesk ─┬─ REST ─▶ JSON
///                              └─ upgrade ─▶ AgentSession ─▶ ScriptedAgent
///                                                └─ ended ─▶ ReportPoster
///
/// One of it serves any number of conversations, as long as somebody holds it; it is what
/// `agentsim` runs and what the daemon uses as its built-in agent.
package final class AgentSimulator: Sendable {
    private struct State {
        var server: HTTPServer?
        var house: AgentHouse?
    }

    private let options: AgentOptions
    private let state = Mutex(State())

    package init(_ options: AgentOptions = AgentOptions()) { self.options = options }

    /// Begins to serve, on a free port of this machine unless told otherwise, and returns the
    /// address as bound. To be called once.
    @discardableResult
    package func start(
        loops: LoopPool, log: Log, at address: ListenAddress = .tcp(host: "127.0.0.1", port: 0),
        tls: TLSContext? = nil
    ) async throws(ListenError) -> ListenAddress {
        let house = AgentHouse(options, loops: loops, log: log)
        let desk = AgentDesk(house: house, isSecure: tls != nil)
        var limits = HTTPServerLimits()
        // A slow upgrade and a slow answer are what this server is asked to play.
        limits.answer = .seconds(3600)
        let server = HTTPServer(loops: loops, limits: limits, log: log, handler: desk)
        let bound = try await server.listen(address, tls: tls)
        prepareVoice()
        state.withLock { state in
            state.server = server
            state.house = house
        }
        return bound
    }

    /// Makes what the scripts say before anybody asks, beside the loops: the first conversation
    /// would hold all others up with it.
    private func prepareVoice() {
        let (voice, format) = (options.voice, options.manners.outputFormat)
        let utterances = options.manners.scripts.flatMap(\.utterances)
        Task {
            for utterance in utterances { _ = voice.audio(of: utterance, in: format) }
        }
    }

    /// Conversations held now.
    package var conversations: Int { state.withLock { $0.house?.shelf.livingCount ?? 0 } }

    /// Finished conversations, newest first, without their audio.
    package var finished: [AgentOutcome] { state.withLock { $0.house }?.shelf.finished ?? [] }

    /// Accepts no more, ends every conversation and waits for their clients to agree.
    package func stop() async {
        let (server, house) = state.withLock { ($0.server, $0.house) }
        await server?.close()
        await house?.shutDown()
    }
}

/// What every conversation of one simulator shares.
final class AgentHouse: AgentService {
    let options: AgentOptions
    let shelf = AgentShelf()
    let log: Log
    private let client: HTTPClient
    private let poster: ReportPoster
    private let loop: EventLoop
    private let book: Mutex<(urls: SignedURLBook, random: SeededRandom)>

    init(_ options: AgentOptions, loops: LoopPool, log: Log) {
        self.options = options
        self.log = log
        loop = loops.loops[0]
        client = HTTPClient(loop: loop, extraCAFile: options.extraCAFile, log: log)
        poster = ReportPoster(options, client: client, loop: loop, log: log)
        let urls = SignedURLBook(
            life: options.signedURLLife, isSingle: options.signedURLsAreSingle)
        book = Mutex((urls, SeededRandom(seed: options.seed ^ 0x5EED)))
    }

    func mint(for agentID: String) -> String {
        let now = loop.time.now
        return book.withLock { $0.urls.mint(for: agentID, using: &$0.random, at: now) }
    }

    func open(_ signature: String, agentID: String) -> Bool {
        let now = loop.time.now
        return book.withLock { $0.urls.open(signature, agentID: agentID, at: now) }
    }

    /// An id nobody has had yet.
    func newConversationID() -> String {
        book.withLock { "conv_\($0.random.hex(digits: 26))" }
    }

    /// Begins a conversation on an accepted socket.
    func converse(
        _ id: String, agentID: String, authorization: String, on socket: any MessageSocket,
        _ loop: any Loop
    ) {
        let agent = ScriptedAgent(
            conversationID: id, manners: options.manners, voice: options.voice,
            seed: options.seed &+ shelf.nextNumber(), at: loop.now)
        let session = AgentSession(
            agent, agentID: agentID, authorization: authorization, on: loop, of: self)
        shelf.add(session, id: id)
        log.info("agent.conversation", "A conversation began", .conversationID(id))
        session.start(socket)
    }

    func call(
        _ call: ScriptedAgent.ToolCall, _ answered: @escaping @Sendable (Int?, String) -> Void
    ) {
        let request = ToolRequest(call, origin: options.toolOrigin)
        Task(executorPreference: loop.tasks) { [client] in
            guard let request else { return answered(nil, "the address cannot be read") }
            do {
                let response = try await client.send(
                    request.request, to: request.address, timeout: call.timeout)
                answered(response.status, String(decoding: response.body, as: UTF8.self))
            } catch {
                answered(nil, "\(error)")
            }
        }
    }

    func ended(_ outcome: AgentOutcome) {
        shelf.finish(outcome)
        log.info(
            "agent.ended", "A conversation ended", .conversationID(outcome.conversationID),
            .reason(outcome.diary.end?.reason ?? "unknown"))
        for finding in outcome.diary.findings {
            log.warning(
                "agent.finding", "The client broke a rule",
                .conversationID(outcome.conversationID), .reason(finding))
        }
        options.ended(outcome)
        poster.post(outcome)
    }

    func shutDown() async {
        for session in shelf.living { session.shutDown() }
        for _ in 0..<Self.farewellSteps where shelf.livingCount > 0 {
            await loop.pause(for: .milliseconds(20))
        }
    }

    /// Two seconds for the close handshakes.
    private static let farewellSteps = 100
}
