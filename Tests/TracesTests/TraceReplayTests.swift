import Calls
import Instruments
import Simulators
import Switchboard
import Synchronization
import Testing
import Traces
import Twilio
import Wire

@Suite struct TraceReplayTests {
    @Test func `a call that was traced runs again, the same to the last byte`() throws {
        let records = try TraceReader.read(TracedCall.trace())
        #expect(records.count > 100)
        let replay = try TraceReplay(records, announcements: AnnouncementShelf())
        let outcome = replay.run()
        #expect(outcome.difference == nil)
        #expect(outcome.isComplete)
        #expect(outcome.records == records.count - 1)
    }

    @Test func `what is not as it was is told, with its place and time`() throws {
        var records = try TraceReader.read(TracedCall.trace())
        let place = try #require(
            records.firstIndex { if case .sent = $0 { true } else { false } })
        guard case .sent(let socket, let isTaken, let bytes, let hash) = records[place] else {
            return
        }
        records[place] = .sent(socket: socket, isTaken: isTaken, bytes: bytes, hash: hash ^ 1)
        let replay = try TraceReplay(records, announcements: AnnouncementShelf())
        let difference = try #require(replay.run().difference)
        #expect(difference.hasPrefix("record \(place), "))
    }

    @Test func `an input that is missing shows`() throws {
        var records = try TraceReader.read(TracedCall.trace())
        let place = try #require(
            records.lastIndex { if case .text = $0 { true } else { false } })
        records.remove(at: place)
        let replay = try TraceReplay(records, announcements: AnnouncementShelf())
        #expect(replay.run().difference != nil)
    }

    @Test func `a trace that was cut off replays as far as it goes`() throws {
        let records = try TraceReader.read(TracedCall.trace())
        let half = Array(records.prefix(records.count / 2)) + [.end(isComplete: false)]
        let outcome = try TraceReplay(half, announcements: AnnouncementShelf()).run()
        #expect(outcome.difference == nil)
        #expect(!outcome.isComplete)
    }

    @Test func `a redacted trace holds nobody's voice, words or number, and decides the same`()
        throws
    {
        let records = try TraceReader.read(TracedCall.trace())
        let redaction = TraceRedaction(announcements: AnnouncementShelf())
        let result = try redaction.redact(records)
        #expect(result.difference == nil)
        let text = String(decoding: result.bytes, as: UTF8.self)
        for secret in ["5550100001", "Dr. Example", TracedCall.voice] {
            let isThere = text.contains(secret)
            #expect(!isThere, "\(secret)")
        }
        let again = try TraceReader.read(result.bytes)
        #expect(again.count == records.count)
        #expect(try TraceReplay(again, announcements: AnnouncementShelf()).run().difference == nil)
    }
}

/// A short call, traced: a greeting, a caller who speaks, an interruption, a goodbye.
enum TracedCall {
    /// The caller's voice as it travels.
    static let voice = Base64.text((0..<160).map { UInt8($0 * 7 & 0xFF) })
    private static let stream = "MZ00000000000000000000000000000001"

    static func trace() throws -> [UInt8] {
        let kept = Kept()
        try live(kept)
        return kept.bytes.withLock { $0 }
    }

    private static func live(_ kept: Kept) throws {
        let loop = SimulatedLoop(order: .asAsked)
        let sid = try #require(CallSID("CA00000000000000000000000000000001"))
        let account = try #require(AccountSID("AC00000000000000000000000000000001"))
        let streamSID = try #require(StreamSID(stream))
        let ticket = CallTicket(
            call: sid, session: "session_20260101_000000_00001",
            plan: CallPlan(variables: ["doctor": "Dr. Example"]), direction: .inbound,
            from: PhoneNumber("+15550100001"), to: PhoneNumber("+15550100002"))
        let dialer = OneAgent()
        let services = CallServices(limits: CallLimits(), dialer: dialer, listener: Silent())
        let call = Call(
            ticket, on: loop, with: services,
            recorder: TraceRecorder(ticket, services.limits, to: kept), onEnd: { _, _ in })
        Task(executorPreference: loop.tasks) { _ = await call.begin() }
        loop.run(for: .milliseconds(100))
        let twilio = MemorySocket.pair(on: loop)
        let far = Mute()
        twilio.b.handler = far
        loop.run {
            call.takeStream(
                twilio.a, TwilioStart(account: account, call: sid, stream: streamSID))
        }
        loop.run(for: .milliseconds(50))
        let agent = try #require(dialer.socket)
        agent.say(
            """
            {"type":"conversation_initiation_metadata","conversation_initiation_metadata_event":\
            {"conversation_id":"conv_test","agent_output_audio_format":"pcm_16000",\
            "user_input_audio_format":"ulaw_8000"}}
            """)
        agent.say(
            #"{"type":"agent_response","agent_response_event":{"agent_response":"Dr. Example is in."}}"#
        )
        let audio = Base64.text([UInt8](repeating: 3, count: 64_000))
        agent.say(
            #"{"type":"audio","audio_event":{"audio_base_64":"\#(audio)","event_id":1}}"#)
        for chunk in 1...100 {
            twilio.b.say(
                #"{"event":"media","sequenceNumber":"\#(chunk)","media":{"track":"inbound","chunk":"\#(chunk)","timestamp":"\#(chunk * 20)","payload":"\#(voice)"},"streamSid":"\#(stream)"}"#
            )
            loop.run(for: .milliseconds(20))
        }
        agent.say(#"{"type":"interruption","interruption_event":{"event_id":1}}"#)
        loop.run(for: .seconds(1))
        twilio.b.say(#"{"event":"stop","streamSid":"\#(stream)","stop":{}}"#)
        loop.run(for: .seconds(20))
    }
}

extension MemorySocket {
    fileprivate func say(_ text: String) {
        sendText(capacity: text.utf8.count) { $0.append(text) }
    }
}

/// Keeps a trace.
private final class Kept: TraceSink {
    let bytes = Mutex<[UInt8]>([])

    func take(_ bytes: [UInt8]) -> Bool {
        self.bytes.withLock { $0 += bytes }
        return true
    }

    func finish() {}
}

/// An agent that is there at once.
private final class OneAgent: AgentDialer {
    private let far = Mutex<MemorySocket?>(nil)
    private let ear = Mute()

    var socket: MemorySocket? { far.withLock { $0 } }

    func dial(agent key: String, on loop: any Loop) async throws(DialFault) -> any MessageSocket {
        let pair = MemorySocket.pair(on: loop)
        pair.b.handler = ear
        far.withLock { $0 = pair.b }
        return pair.a
    }
}

private final class Mute: MessageSocketHandler {
    func received(text: RawSpan, on socket: any MessageSocket) {}
    func closed(_ closure: SocketClosure, on socket: any MessageSocket) {}
}

private struct Silent: CallListener {
    func heard(_ event: CallEvent, of call: CallFacts) {}
}
