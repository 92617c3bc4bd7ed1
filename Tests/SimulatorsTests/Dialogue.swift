import Audio
import Testing
import Wire

@testable import Simulators

/// Sixty milliseconds of silence for every letter: lengths that can be reckoned with.
struct PlainVoice: AgentVoice {
    func audio(of utterance: AgentScript.Utterance, in format: AudioFormat) -> [UInt8] {
        [UInt8](
            repeating: 0, count: format.bytes(lasting: .milliseconds(60 * utterance.text.count)))
    }
}

/// An agent, its clock, and everything it did.
struct Dialogue {
    var agent: ScriptedAgent
    var now: Duration = .zero
    private(set) var actions: [(at: Duration, action: ScriptedAgent.Action)] = []

    init(_ script: String, seed: UInt64 = 1, _ change: (inout AgentManners) -> Void = { _ in })
        throws
    {
        var manners = AgentManners()
        manners.scripts = [try AgentScriptReader.read(script)]
        manners.lead = .text
        change(&manners)
        agent = ScriptedAgent(
            conversationID: "conv_test", manners: manners, voice: PlainVoice(), seed: seed,
            at: .zero)
    }

    @discardableResult
    mutating func say(_ input: ScriptedAgent.Input) -> [ScriptedAgent.Action] {
        let new = agent.handle(input, at: now)
        actions += new.map { (now, $0) }
        return new
    }

    mutating func open(_ text: String = "{}") throws {
        var members = try #require(try JSON(parsing: text).members)
        members.append(.init("type", "conversation_initiation_client_data"))
        say(.message(try read(.object(members))))
    }

    func read(_ json: JSON) throws -> ClientMessage { try ClientMessage(json.bytes.span.bytes) }

    /// Lets time pass, alarm by alarm.
    mutating func pass(_ duration: Duration) {
        let end = now + duration
        while let next = agent.deadline, next <= end {
            precondition(next >= now || actions.count < 100_000)
            now = max(now, next)
            say(.timePassed)
        }
        now = end
    }

    /// Chunks of 20 ms, loud or quiet, in real time.
    mutating func speak(_ length: Duration, loud: Bool = true) {
        let samples: [Int16] = (0..<320).map { loud ? ($0 / 16 % 2 == 0 ? 5000 : -5000) : 0 }
        let bytes = samples.flatMap { sample -> [UInt8] in
            [UInt8(truncatingIfNeeded: sample), UInt8(truncatingIfNeeded: sample >> 8)]
        }
        for _ in 0..<(length.milliseconds / 20) {
            pass(.milliseconds(20))
            say(.message(.audio(bytes)))
        }
    }

    /// What was sent, pings and audio left out, a word each.
    var words: [String] {
        actions.compactMap { entry in
            switch entry.action {
            case .send(.ping), .send(.audio), .send(.responseComplete): nil
            case .send(.tentativeTranscript): nil
            case .send(.metadata): "metadata"
            case .send(.response(let text, _)): "agent: \(text)"
            case .send(.transcript(let text, _)): "user: \(text)"
            case .send(.interruption): "interruption"
            case .send(.correction(_, let text, _)): "corrected: \(text)"
            case .send(.clientToolCall(let name, _, _, _, _)): "call \(name)"
            case .send(.toolRequest): nil
            case .send(.toolResponse(let name, _, _, let isError, _)):
                "\(name) \(isError ? "failed" : "worked")"
            case .send(.error(let code, let type, _)): "error \(code) \(type)"
            case .send(.flatError): "flat error"
            case .send(.clientError(_, let name, _)): "client error \(name)"
            case .send(.queueStatus(let status)): "queue \(status)"
            case .send(.other): "other"
            case .sendText: "garbage"
            case .callTool(let call): "\(call.method) \(call.url)"
            case .close(let code, _): "close \(code)"
            case .drop: "drop"
            case .freeze: "freeze"
            }
        }
    }

    var audio: [(at: Duration, bytes: Int, id: Int64?)] {
        actions.compactMap { entry in
            guard case .send(.audio(let bytes, let id)) = entry.action else { return nil }
            return (entry.at, bytes.count, id)
        }
    }

    /// The newest call of a client tool.
    var toolCall: (id: String, parameters: JSON)? {
        for entry in actions.reversed() {
            if case .send(.clientToolCall(_, let id, let parameters, _, _)) = entry.action {
                return (id, parameters)
            }
        }
        return nil
    }

    var pings: [Int64] {
        actions.compactMap { entry in
            guard case .send(.ping(let id?, _)) = entry.action else { return nil }
            return id
        }
    }
}

/// A practice that finds an appointment.
let desk = """
    greeting
      say "Good morning, this is the practice."
    turn "I need an appointment"
      client-tool find_slots timeout 3s {"day": "tuesday"}
      say "Tuesday at nine is free."
    turn "Thank you"
      say "Goodbye."
      end-call "done"
    """
