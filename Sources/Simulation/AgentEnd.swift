import Instruments
import Simulators
import Twilio
import Wire

/// ElevenLabs' end of one conversation, lighter than `ScriptedAgent`: it speaks bytes that tell
/// which reply they belong to, and misbehaves as its temper says.
///
///     setup ─▶ metadata ─▶ greeting ─▶ think, reply, perhaps interrupted ─▶ tool ─▶ … ─▶ ending
///
/// It holds the daemon to what an agent may expect: see `AgentEnd+Hearing`, `AgentEnd+Tools` and
/// `AgentEnd+Transcript`.
// Safe because a house lives on the one thread that runs its loop.
final class AgentEnd: MessageSocketHandler, @unchecked Sendable {
    /// What a caller may expect of it.
    enum Presence: Equatable {
        /// Its metadata has not come, or it has not said a word: nobody speaks.
        case coming
        /// What it does not say it does not want to say.
        case present
        /// Gone behind an open connection, since then.
        case deaf(since: Duration)
        /// It broke off in a reply and owes the rest of it.
        case stalled
        case gone
    }

    private static let pingEvery: Duration = .seconds(4)

    let house: SimulatedHouse
    private(set) var temper: AgentTemper
    let socket: MemorySocket
    var loop: SimulatedLoop { house.loop }
    var presence = Presence.coming
    weak var line: TelephoneLine?
    var event = 0
    var codes: [UInt8] = []
    var codesByEvent: [Int64: UInt8] = [:]
    /// Its audio can be told by its bytes.
    var speaksTelephone: Bool { temper.format == "ulaw_8000" }
    var isDeaf: Bool { if case .deaf = presence { true } else { false } }
    /// True once the socket's last word was heard.
    private(set) var isClosed = false

    var hearing = AgentHearing()
    /// When it said that it is there, what its stream had carried by then, and what it heard.
    private(set) var readyAt: Duration?
    var heardFrom: (stream: String, sent: Duration)?
    var heardAt: Duration = .zero
    /// No agent was there before it.
    private var isFirst = false
    private(set) var heard: Duration = .zero
    /// Tools asked for that have no answer yet.
    var toolsWaiting: Set<String> = []
    var toolsAsked = 0
    private var hasJuggled = false
    /// Replies whose end it has told.
    var endsTold = 0

    init(_ house: SimulatedHouse, _ temper: AgentTemper, _ socket: MemorySocket) {
        self.house = house
        self.temper = temper
        self.socket = socket
        expectSetup()
    }

    /// Whoever is dialled ahead and never needed is let go.
    private func expectSetup() {
        Task(executorPreference: loop.tasks) {
            await self.loop.pause(for: self.house.plan.limits.prewarmMax + .seconds(3))
            guard self.line == nil, !self.isClosed else { return }
            self.violated("an agent is kept that nobody speaks with")
        }
    }

    func code(of event: Int64) -> UInt8? { codesByEvent[event] }

    func violated(_ what: String) {
        line.map { $0.violated(what) } ?? house.diary.violated(what, at: loop.now)
    }

    func received(text: RawSpan, on socket: any MessageSocket) {
        // Audio is most of what comes, and it begins otherwise than all that is typed.
        guard !isDeaf else { return }
        guard line == nil || AgentHearing.isTyped(text) else { return hears(text.byteCount) }
        guard let json = try? JSON(parsing: text) else { return violated("an agent heard no JSON") }
        line == nil ? begin(json) : heard(json)
    }

    /// A piece of the caller's voice, in base64 with some 23 bytes about it.
    private func hears(_ bytes: Int) {
        heardAt = loop.now
        heard += .microseconds((bytes - 23) * 3 / 4 * 125)
    }

    private func begin(_ json: JSON) {
        guard json["type"] == "conversation_initiation_client_data",
            let sid = json["dynamic_variables"]?["call_sid"]?.text,
            let line = house.lines.first(where: { $0.sid.text == sid })
        else {
            return house.diary.violated("an agent was not told who calls", at: loop.now)
        }
        self.line = line
        isFirst = line.agent == nil
        line.agent = self
        hearing.begins(line.story)
        // Whoever goes on with a conversation means to do what it was about.
        if let slot = house.bookings.slot(of: line.sid).flatMap({ Int($0) }) {
            temper.tools = temper.tools.filter { $0.value != .book(slot) }
            temper.tools[0] = .book(slot)
        }
        house.diary.tell("\(sid.suffix(4)) has \(temper)", at: loop.now)
        Task(executorPreference: loop.tasks) { await self.live() }
    }

    func closed(_ closure: SocketClosure, on socket: any MessageSocket) {
        presence = .gone
        isClosed = true
    }

    private func live() async {
        guard let wait = temper.metadataAfter else { return }
        await loop.pause(for: wait)
        guard !isClosed else { return }
        say(
            """
            {"type":"conversation_initiation_metadata","conversation_initiation_metadata_event":\
            {"conversation_id":"conv_test","agent_output_audio_format":"\(temper.format)",\
            "user_input_audio_format":"\(temper.format)"}}
            """)
        readyAt = loop.now
        // What was said before went to another agent, if there was one.
        if isFirst { heardFrom = line?.stream.map { ($0.sid, $0.sent) } }
        for reply in temper.replies.indices {
            if reply > 0, temper.transcribes {
                // It has understood, and thinks about its answer.
                await think(temper.thinks / 2)
                guard !isClosed else { return }
                understand()
                ping()
            }
            await think(reply > 0 && temper.transcribes ? temper.thinks / 2 : temper.thinks)
            guard !isClosed else { return }
            await speak(reply)
            guard !isClosed else { return }
            if let tool = temper.tools[reply] {
                use(tool)
                // Its last words are said.
                if tool == .end { return await stay() }
            }
        }
        await end()
    }

    /// Says nothing for a while but that it is there.
    func think(_ duration: Duration) async {
        var left = duration
        while left > .zero, !isClosed {
            let step = min(left, Self.pingEvery)
            await loop.pause(for: step)
            left -= step
            if !isClosed {
                ping()
            }
        }
        if temper.noise, !isClosed { makeNoise() }
        if temper.noise, !isClosed, !hasJuggled {
            hasJuggled = true
            use(.juggle)
        }
    }

    private func ping() {
        let ping = hearing.nextPing()
        say(#"{"type":"ping","ping_event":{"event_id":\#(ping),"ping_ms":20}}"#)
        Task(executorPreference: loop.tasks) {
            await self.loop.pause(for: Self.pingEvery)
            guard !self.isClosed, !self.isDeaf, self.hearing.pongs < ping else { return }
            self.violated("a ping was not answered")
        }
    }

    private func stay() async { while !isClosed { await think(Self.pingEvery) } }

    private func makeNoise() {
        house.diary.saw("noise from the agent")
        say("{broken")
        say(#"{"type":"brand_new","brand_new_event":{}}"#)
        say(#"{"type":"audio","audio_event":{"audio_base_64":"?!","event_id":\#(event)}}"#)
        say(
            #"{"type":"client_tool_call","client_tool_call":{"tool_name":"juggle","tool_call_id":"t1","parameters":{}}}"#
        )
    }

    private func end() async {
        house.diary.saw("agent: \(temper.ending)")
        switch temper.ending {
        case .never, .mute: await stay()
        case .breaksOff:
            breakOff()
            await stay()
        case .goodbye: close(1000, "")
        case .vanishes:
            presence = .gone
            line?.expectCover()
            socket.abort()
        case .deaf:
            presence = .deaf(since: loop.now)
            socket.isReadingPaused = true
        case .quota: refuse(#"{"type":"error","message":"This request exceeds your quota limit."}"#)
        case .policy: close(1008, "policy")
        case .fault:
            line?.expectCover()
            close(1011, "internal error")
        }
    }

    private func refuse(_ error: String) {
        say(error)
        close(1002, "")
    }

    private func close(_ code: UInt16, _ reason: String) {
        presence = .gone
        socket.close(code: code, reason: reason)
    }

    func say(_ text: String) {
        socket.sendText(capacity: text.utf8.count) { $0.append(text) }
    }
}
