import Audio
import Synchronization
import Testing
import Wire

@testable import Simulators

/// Relays between the two simulators as a bridge would: metadata decides nothing, both speak
/// mu-law. No more than the dialogue of the two ends needs.
private final class Relay: MessageSocketHandler, @unchecked Sendable {
    // Safe because everything happens on one simulated loop.
    let caller: MemorySocket
    let agent: MemorySocket
    var streamSID = ""

    init(caller: MemorySocket, agent: MemorySocket) {
        self.caller = caller
        self.agent = agent
    }

    func received(text: RawSpan, on socket: any MessageSocket) {
        guard let json = try? JSON(parsing: text) else { return }
        if socket === caller { fromCaller(json) } else { fromAgent(json) }
    }

    private func fromCaller(_ json: JSON) {
        switch json["event"]?.text {
        case "start":
            streamSID = json["streamSid"]?.text ?? ""
            agent.say(#"{"type":"conversation_initiation_client_data"}"#)
        case "media":
            agent.say(#"{"user_audio_chunk":"\#(json["media"]?["payload"]?.text ?? "")"}"#)
        case "stop": agent.close(code: 1000, reason: "")
        default: break
        }
    }

    private func fromAgent(_ json: JSON) {
        switch json["type"]?.text {
        case "audio":
            let audio = json["audio_event"]?["audio_base_64"]?.text ?? ""
            caller.say(
                #"{"event":"media","streamSid":"\#(streamSID)","media":{"payload":"\#(audio)"}}"#)
        case "interruption": caller.say(#"{"event":"clear","streamSid":"\#(streamSID)"}"#)
        case "ping":
            let id = json["ping_event"]?["event_id"]?.whole ?? -1
            agent.say(#"{"type":"pong","event_id":\#(id)}"#)
        default: break
        }
    }

    func closed(_ closure: SocketClosure, on socket: any MessageSocket) {
        if socket === agent { caller.close(code: 1000, reason: "") }
    }
}

/// Keeps the last value it was told.
private final class Kept<Value: Sendable>: Sendable {
    private let state = Mutex<Value?>(nil)
    var value: Value? { state.withLock { $0 } }
    func keep(_ value: Value) { state.withLock { $0 = value } }
}

struct MemoryEndsTests {
    @Test(arguments: [UInt64(1), 2, 3])
    func `caller and agent of the two simulators understand each other`(seed: UInt64) throws {
        let loop = SimulatedLoop(order: .drawn(SeededRandom(seed: seed)))
        let weather = try LineConditions("delay=30ms,jitter=40ms")
        let phone = MemorySocket.pair(on: loop, there: weather, back: weather, seed: seed)
        let agent = MemorySocket.pair(
            on: loop, there: weather, back: weather, seed: seed, queueBytesMax: 1 << 20)
        defer { for end in [phone.a, phone.b, agent.a, agent.b] { end.letGo() } }
        let relay = Relay(caller: phone.b, agent: agent.b)
        phone.b.handler = relay
        agent.b.handler = relay
        var manners = AgentManners()
        manners.inputFormat = .telephone
        manners.outputFormat = .telephone
        let outcome = Kept<AgentOutcome>()
        MemoryEnds.agent(on: agent.a, loop, manners: manners, seed: seed) { outcome.keep($0) }
        var script = CallerScript()
        script.turns = ["caller-en-request", "caller-en-answer", "caller-en-goodbye"].compactMap {
            StudioVoice.recording($0, in: .telephone).map {
                .init($0, cue: .afterAgent(quiet: .milliseconds(600)))
            }
        }
        script.hangUp = .never
        let voice = StreamVoice(accountSID: "AC1", callSID: "CA1", streamSID: "MZ1")
        let stream = Kept<StreamOutcome>()
        MemoryEnds.caller(on: phone.a, loop, script: script, voice: voice) { stream.keep($0) }
        #expect(loop.run(until: .seconds(120)) { outcome.value != nil && stream.value != nil })
        let diary = try #require(outcome.value).diary
        #expect(diary.findings == [])
        #expect(diary.end?.code == 1000)
        #expect(
            diary.entries.map(\.role) == [
                "agent", "user", "agent", "user", "agent", "user",
                "agent", "agent",
            ])
        let heard = try #require(stream.value)
        #expect(heard.judge.entries == [])
        #expect(heard.measures.callerTurns == 3)
        #expect(heard.measures.turnGaps.count == 3)
        // 700 ms of quiet end a turn; think, wait and the line come on top.
        for gap in heard.measures.turnGaps {
            #expect(gap > .milliseconds(700) && gap < .seconds(3))
        }
        #expect(heard.ending == "the server closed with 1000")
    }
}
