import Instruments
import Wire

@testable import Simulators

/// The other side at the end of a memory socket: for whole houses in one thread and virtual time.
enum MemoryEnds {
    /// Lets a scripted agent live on a socket; `ended` hears of the end of its conversation.
    static func agent(
        on socket: any MessageSocket, _ loop: any Loop, manners: AgentManners,
        voice: any AgentVoice = StudioVoice(), conversationID: String = "conv_test",
        seed: UInt64 = 1, ended: @escaping @Sendable (AgentOutcome) -> Void = { _ in }
    ) {
        let agent = ScriptedAgent(
            conversationID: conversationID, manners: manners, voice: voice, seed: seed,
            at: loop.now)
        let session = AgentSession(
            agent, agentID: "agent_test", authorization: "public", on: loop,
            of: LoneService(ended))
        session.start(socket)
    }

    /// Lets a scripted caller live on a socket as Twilio's end of a stream; `ended` hears what
    /// was measured and heard.
    static func caller(
        on socket: any MessageSocket, _ loop: any Loop, script: CallerScript, voice: StreamVoice,
        parameters: [TwiMLScript.Parameter] = [],
        ended: @escaping @Sendable (StreamOutcome) -> Void = { _ in }
    ) {
        let stream = PhoneStream(script, voice: voice, on: loop)
        stream.begin(on: socket, parameters: parameters) { ending in
            ended(
                StreamOutcome(
                    ending: PhoneStream.words(ending), measures: stream.caller.measures,
                    judge: stream.judge, heard: stream.caller.playout.heard))
        }
    }
}

/// What became of a media stream.
struct StreamOutcome: Sendable {
    /// Who ended it, for people.
    var ending: String
    var measures: StreamMeasures
    var judge: StreamJudge
    var heard: HeardAudio
}

/// A house for one conversation, without a network for tools.
private final class LoneService: AgentService {
    private let told: @Sendable (AgentOutcome) -> Void

    init(_ told: @escaping @Sendable (AgentOutcome) -> Void) { self.told = told }

    func call(
        _ call: ScriptedAgent.ToolCall, _ answered: @escaping @Sendable (Int?, String) -> Void
    ) {
        answered(nil, "there is no network here")
    }

    func ended(_ outcome: AgentOutcome) { told(outcome) }
}
