import Audio
import Calls
import Instruments
import Simulators
import Switchboard
import Synchronization
import Twilio
import Wire

/// One call in memory: virtual time, memory sockets, and the test as both other sides.
final class CallInMemory: Sendable {
    static let sid = CallSID("CA00000000000000000000000000000001")
    static let stream = StreamSID("MZ00000000000000000000000000000001")
    static let account = AccountSID("AC00000000000000000000000000000001")

    let loop: SimulatedLoop
    let call: Call
    let dialer = WaitingDialer()
    let told = Told()
    /// What Twilio and the agent's service hear.
    let twilio = FarEnd()
    let agent = FarEnd()

    init(
        limits: CallLimits = CallLimits(), plan: CallPlan = CallPlan(),
        memories: any MemoryKeeper = NoMemories(), recalling memory: CallMemory? = nil,
        tools: [any ClientTool] = []
    ) throws {
        loop = SimulatedLoop(order: .asAsked)
        guard let sid = Self.sid else { throw Missing() }
        let ticket = CallTicket(
            call: sid, session: "session_20260101_000000_00001", plan: plan, direction: .inbound,
            from: PhoneNumber("+15550100001"),
            to: PhoneNumber("+15550100002"))
        call = Call(
            ticket, on: loop,
            with: CallServices(
                limits: limits, dialer: dialer, listener: told, announcements: Self.announcements,
                tools: ToolShelf(ToolShelf.telephone + tools), memories: memories),
            recalling: memory,
            onEnd: { [told] _, ending in told.ends.withLock { $0.append(ending.reason) } })
    }

    /// A call that nobody ends holds its sockets, and they hold it.
    deinit {
        onLoop { $0.stop(.callbridgeStopped) }
        dialer.giveUp()
        twilio.vanish()
        agent.vanish()
        loop.run(for: MemorySocket.closeTimeout)
    }

    struct Missing: Error {}

    /// Half a second of a tone's worth of µ-law for each announcement, all of one byte.
    static let announcements = AnnouncementShelf(
        Dictionary(
            uniqueKeysWithValues: zip(Announcement.allCases, UInt8(1)...).map {
                announcement, byte in
                let recording = AnnouncementShelf.Recording(
                    text: announcement.rawValue, audio: [UInt8](repeating: byte, count: 4_000))
                return (announcement, [.english: recording])
            }))

    /// Does something as the call's loop would.
    func onLoop(_ body: @escaping @Sendable (isolated Call) -> Void) {
        let call = call
        loop.run { call.assumeIsolated(body) }
        loop.run(for: .zero)
    }

    /// The call begins and the agent's socket opens.
    func begin() {
        onLoop { _ = $0.begin() }
        openAgent()
    }

    /// The agent's service accepts the dial.
    func openAgent() {
        let pair = MemorySocket.pair(on: loop)
        agent.attach(pair.b)
        dialer.answer(.success(pair.a))
        loop.run(for: .zero)
    }

    /// Twilio's stream arrives and has proved itself; or was another process's until now.
    func connectStream(adoptions: Int = 0, token: String? = nil) throws {
        guard let account = Self.account, let sid = Self.sid, let stream = Self.stream else {
            throw Missing()
        }
        let pair = MemorySocket.pair(on: loop)
        twilio.attach(pair.b)
        let start = TwilioStart(
            account: account, call: sid, stream: stream,
            parameters: token.map { [StreamToken.parameter: $0] } ?? [:])
        let call = call
        loop.run {
            guard adoptions > 0 else {
                if !call.takeStream(pair.a, start) { pair.a.close(code: 1008, reason: "") }
                return
            }
            call.adoptStream(pair.a, start, adoptions: adoptions)
        }
        loop.run(for: .zero)
    }

    /// The agent announces its formats.
    func agentReady(_ format: String = "ulaw_8000") {
        agent.say(
            """
            {"type":"conversation_initiation_metadata","conversation_initiation_metadata_event":\
            {"conversation_id":"conv_test","agent_output_audio_format":"\(format)",\
            "user_input_audio_format":"\(format)"}}
            """)
        loop.run(for: .zero)
    }

    /// A whole conversation that has begun.
    static func talking(
        _ format: String = "ulaw_8000", limits: CallLimits = CallLimits(),
        plan: CallPlan = CallPlan(), tools: [any ClientTool] = []
    ) throws -> CallInMemory {
        let house = try CallInMemory(limits: limits, plan: plan, tools: tools)
        house.begin()
        try house.connectStream()
        house.agentReady(format)
        return house
    }

    /// True when an announcement is among what Twilio was sent since the last look.
    func heardAnnouncement(_ announcement: Announcement) -> Bool {
        let byte = Self.announcements.recording(announcement, in: .english)?.audio.first
        return twilio.take().contains { message in
            guard let payload = message["media"]?["payload"]?.text else { return false }
            return Base64.bytes(payload)?.first == byte
        }
    }

    /// Agent audio in one message.
    func agentSpeaks(_ audio: [UInt8], event: Int) {
        agent.say(
            #"{"type":"audio","audio_event":{"audio_base_64":"\#(Base64.text(audio))","event_id":\#(event)}}"#
        )
        loop.run(for: .zero)
    }

    /// Caller audio in one message.
    func callerSpeaks(_ audio: [UInt8], chunk: Int) {
        twilio.say(
            """
            {"event":"media","sequenceNumber":"\(chunk + 1)","media":{"track":"inbound",\
            "chunk":"\(chunk)","timestamp":"\(chunk * 20)","payload":"\(Base64.text(audio))"},\
            "streamSid":"\(Self.stream?.text ?? "")"}
            """)
        loop.run(for: .zero)
    }
}

/// The other end of a memory socket: collects what it is told.
final class FarEnd: MessageSocketHandler {
    private let state = Mutex<(socket: MemorySocket?, heard: [String], closure: SocketClosure?)>(
        (nil, [], nil))

    func attach(_ socket: MemorySocket) {
        state.withLock { $0.socket = socket }
        socket.handler = self
    }

    func say(_ text: String) {
        let socket = state.withLock { $0.socket }
        socket?.sendText(capacity: text.utf8.count) { $0.append(text) }
    }

    func say(binary bytes: [UInt8]) {
        let socket = state.withLock { $0.socket }
        socket?.sendBinary(capacity: bytes.count) { writer in
            bytes.withUnsafeBytes { writer.append($0) }
        }
    }

    func hangUp(code: UInt16 = 1000) {
        state.withLock { $0.socket }?.close(code: code, reason: "")
    }

    func vanish() { state.withLock { $0.socket }?.abort() }

    /// Everything heard since the last look.
    func take() -> [JSON] {
        state.withLock { state in
            defer { state.heard = [] }
            return state.heard.compactMap { try? JSON(parsing: Array($0.utf8)) }
        }
    }

    var closure: SocketClosure? { state.withLock { $0.closure } }

    func received(text: RawSpan, on socket: any MessageSocket) {
        let text = text.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        state.withLock { $0.heard.append(text) }
    }

    func closed(_ closure: SocketClosure, on socket: any MessageSocket) {
        state.withLock { $0.closure = closure }
    }
}

/// A dialer that answers when the test says so.
final class WaitingDialer: AgentDialer {
    typealias Answer = Result<any MessageSocket, DialFault>
    private let waiting = Mutex<[CheckedContinuation<Answer, Never>]>([])

    func dial(agent key: String, on loop: any Loop) async throws(DialFault) -> any MessageSocket {
        let answer: Answer = await withCheckedContinuation { continuation in
            waiting.withLock { $0.append(continuation) }
        }
        return try answer.get()
    }

    func answer(_ answer: Answer) {
        let first = waiting.withLock { $0.isEmpty ? nil : $0.removeFirst() }
        first?.resume(returning: answer)
    }

    /// Whoever still waits is told that there is no agent.
    func giveUp() { while pending > 0 { answer(.failure(DialFault(.providerUnreachable, ""))) } }

    var pending: Int { waiting.withLock { $0.count } }
}

/// What the call told its listeners.
final class Told: CallListener {
    let events = Mutex<[CallEvent]>([])
    let ends = Mutex<[EndReason]>([])

    func heard(_ event: CallEvent, of call: CallFacts) {
        events.withLock { $0.append(event) }
    }

    var tally: CallTally? {
        events.withLock { events in
            for case .ended(_, let tally) in events { return tally }
            return nil
        }
    }

    var faultDetails: [String] {
        events.withLock { events in
            events.compactMap { if case .fault(_, let detail) = $0 { detail } else { nil } }
        }
    }

    var faults: [CallFault] {
        events.withLock { events in
            events.compactMap { if case .fault(let fault, _) = $0 { fault } else { nil } }
        }
    }
}
