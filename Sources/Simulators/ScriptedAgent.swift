/// One conversation of the agent's service: what the client did goes in, what the service does
/// comes out; no socket, no clock.
///
///     waiting ──setup, or first audio──▶ [starting] ──▶ [queued] ──▶ talking ──▶ closing ──▶ over
///
///     caller's audio ──▶ ear ──▶ turn ended ──▶ steps of the script ──▶ mouth ──▶ audio pieces
///                          └──── barge-in ──▶ mouth stops, interruption, correction
///
/// Steps run one after the other; a step may wait for time, for a tool's answer, or until an
/// utterance is on the wire. Lasting faults change how things are sent, momentary ones strike
/// when their time has come. Every id comes from one counter that never goes back.
package struct ScriptedAgent: Sendable, Equatable {
    /// What happened.
    package enum Input: Sendable, Equatable {
        /// A text message that could be read.
        case message(ClientMessage)
        /// A message the service refuses.
        case refused(ClientFault)
        /// A tool behind an address answered; nil: it could not be reached.
        case toolAnswered(callID: String, status: Int?, text: String)
        /// The client is gone.
        case closed(code: UInt16)
        case timePassed
    }

    /// What to do.
    package enum Action: Sendable, Equatable {
        case send(AgentLine)
        /// Bytes that are no JSON.
        case sendText([UInt8])
        case callTool(ToolCall)
        case close(code: UInt16, reason: String)
        /// Drop the connection without a close frame.
        case drop
        /// Neither read nor write any more.
        case freeze
    }

    /// A webhook tool's request.
    package struct ToolCall: Sendable, Equatable {
        package var callID: String
        package var method: String
        package var url: String
        package var parameters: String
        package var timeout: Duration
    }

    enum Phase: Sendable, Equatable {
        case waiting(until: Duration)
        case starting(at: Duration)
        case queued(until: Duration, admits: Bool)
        case talking
        case closing(at: Duration, reason: String)
        case over
    }

    enum Wait: Sendable, Equatable {
        case nothing
        case time(Duration)
        case speech
        case tool(callID: String, name: String, type: String, until: Duration)
    }

    /// As the metadata tells it.
    package let conversationID: String
    let manners: AgentManners
    let voice: any AgentVoice
    var random: SeededRandom
    var phase: Phase
    var script: AgentScript
    var pulse: AgentPulse
    var mouth: AgentMouth
    var ear: AgentEar
    /// What was said, done and found so far.
    package internal(set) var diary = AgentDiary()

    var lastID: Int64 = 0
    var turnIndex = 0
    var steps: [AgentScript.Step] = []
    var wait = Wait.nothing
    var isGreeting = false
    /// The caller was last known to be there, or the agent to speak.
    var lastSign: Duration
    var strikes: [PlannedFault] = []
    var isMute = false
    var actions: [Action] = []

    /// A conversation whose socket was accepted at `now`.
    package init(
        conversationID: String, manners: AgentManners, voice: any AgentVoice, seed: UInt64,
        at now: Duration
    ) {
        self.conversationID = conversationID
        self.manners = manners
        self.voice = voice
        random = SeededRandom(seed: seed)
        phase = .waiting(until: now + manners.setupWait)
        script = manners.scripts.first ?? AgentScript()
        pulse = AgentPulse(every: manners.has(.noPings) ? .zero : manners.pingEvery)
        mouth = AgentMouth(
            format: manners.outputFormat, splitsSamples: manners.has(.oddPieces),
            random: random.fork())
        ear = AgentEar(
            format: manners.inputFormat, settings: manners.hearing, keepsAudio: manners.keepsAudio)
        lastSign = now
        diary.began = now
    }

    package static func == (a: ScriptedAgent, b: ScriptedAgent) -> Bool {
        a.conversationID == b.conversationID && a.phase == b.phase && a.diary == b.diary
            && a.mouth == b.mouth && a.pulse == b.pulse && a.steps == b.steps && a.wait == b.wait
            && a.lastID == b.lastID && a.random == b.random
    }

    /// True once nothing more will be asked for.
    package var isOver: Bool { phase == .over }

    /// True until the client has said something.
    var isWaiting: Bool {
        if case .waiting = phase { true } else { false }
    }

    /// How the caller's audio came.
    package var meter: UplinkMeter { ear.meter }

    /// What was heard, if it is kept.
    package var heard: [UInt8] { ear.heard }

    /// Round trips of pings.
    package var roundTrips: [Duration] { pulse.roundTrips }

    /// When time itself makes something happen; nil once the conversation is over.
    package var deadline: Duration? {
        switch phase {
        case .over: return nil
        case .waiting(let moment), .starting(let moment), .queued(let moment, _):
            return [moment, pulse.nextPing].compactMap { $0 }.min()
        case .closing(let moment, _):
            return [moment, mouth.deadline].compactMap { $0 }.min()
        case .talking: break
        }
        // A mute agent only waits for what strikes next.
        if isMute { return strikes.first?.after }
        var moments = [
            mouth.deadline, strikes.first?.after, silenceEnds, durationEnds, lostVoiceEnds,
            pulse.nextPing,
        ]
        if !diary.setup.isTextOnly { moments.append(receiveEnds) }
        switch wait {
        case .time(let moment), .tool(_, _, _, let moment): moments.append(moment)
        case .speech, .nothing: break
        }
        return moments.compactMap { $0 }.min()
    }

    /// Takes what happened at `now` and tells what to do, in order.
    package mutating func handle(_ input: Input, at now: Duration) -> [Action] {
        actions = []
        guard phase != .over else { return [] }
        switch input {
        case .message(let message): hear(message, at: now)
        case .refused(let fault):
            diary.find(fault.reason)
            fail(1008, fault.type, fault.reason, at: now)
        case .toolAnswered(let callID, let status, let text):
            let isError = !(200...299).contains(status ?? 0)
            finishTool(callID, result: text, isError: isError, at: now)
        case .closed(let code):
            end("client closed", code: code, isFailure: code != 1000 && code != 1005, at: now)
        case .timePassed: break
        }
        passTime(to: now)
        defer { actions = [] }
        return actions
    }

    /// The next id of the conversation.
    mutating func nextID() -> Int64 {
        lastID += 1
        return lastID
    }

    /// Sends a line if the client asked for its kind.
    mutating func send(_ line: AgentLine) {
        guard !isMute else { return }
        let wanted = diary.setup.clientEvents.map(Set.init) ?? manners.clientEvents
        if let name = line.subscription, let wanted, !wanted.contains(name) { return }
        actions.append(.send(line))
    }

    /// The id as it is sent: nothing when ids are left out.
    func shown(_ id: Int64) -> Int64? { manners.has(.noEventIDs) ? nil : id }

    /// Ends with an error and its close code.
    mutating func fail(_ code: UInt16, _ type: String, _ message: String, at now: Duration) {
        send(.error(code: Int64(code), type: type, message: message))
        close(code, message, isFailure: true, at: now)
    }

    mutating func close(_ code: UInt16, _ reason: String, isFailure: Bool, at now: Duration) {
        actions.append(.close(code: code, reason: Self.short(reason)))
        end(reason, code: code, isFailure: isFailure, at: now)
    }

    mutating func end(_ reason: String, code: UInt16, isFailure: Bool, at now: Duration) {
        diary.close(.init(reason: reason, code: code, isFailure: isFailure, time: now))
        phase = .over
    }

    /// A close frame's reason has room for 123 bytes (RFC 6455 section 5.5).
    private static func short(_ reason: String) -> String {
        var text = reason
        while text.utf8.count > 123 { text.removeLast() }
        return text
    }
}
