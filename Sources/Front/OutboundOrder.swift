import Twilio
import Wire

/// What `POST /webhook/initiate-call` asks for, read and checked.
struct OutboundOrder: Sendable, Equatable {
    /// Enough for a customer's name, number and a page of notes.
    static let variablesMax = 64
    static let nameCharactersMax = 64
    static let valueCharactersMax = 2_000
    private static let sessionCharactersMax = 128

    /// The key of the agent that is to speak.
    var agent: String
    /// Our client's name for it, which is also how repetitions are recognised.
    var session: String?
    /// What the agent is told, by name.
    var variables: [String: String]
    /// Who is to be called; nil for a conversation without a telephone.
    var to: PhoneNumber?

    /// Reads the body; `agents` are the keys and, behind them, the provider's names.
    init(_ body: JSONBody, agents: [String: String]) throws(Problem) {
        let asked = try body.text("agent_id", charactersMax: 128)
        agent = try Self.agent(asked, agents)
        session = try Self.session(body)
        variables = try Self.variables(body.value("metadata"))
        guard let text = try body.textIfAny("to", charactersMax: 64) else { return }
        let number = PhoneNumber(text)
        guard number.e164 != nil else {
            throw .unusable("to is no number in E.164, such as +15550100")
        }
        to = number
    }

    /// The same for the same request, whatever the order of its members.
    var fingerprint: Digest {
        let sorted = variables.sorted { $0.key < $1.key }
            .map { JSON.Member($0.key, .string($0.value)) }
        let parts: JSON = [.string(agent), .string(to?.raw ?? ""), .object(sorted)]
        return Digest(.sha256, of: parts.bytes)
    }

    private static func agent(
        _ asked: String, _ agents: [String: String]
    ) throws(Problem) -> String {
        if agents[asked] != nil { return asked }
        // Two keys may stand for one agent; the first by name, so that it is always the same.
        let keys = agents.keys.sorted()
        if let key = keys.first(where: { agents[$0] == asked }) { return key }
        throw .unusable(
            "agent_id is neither the name nor the ElevenLabs id of an agent here; known are "
                + keys.joined(separator: ", "))
    }

    private static func session(_ body: JSONBody) throws(Problem) -> String? {
        guard let text = try body.textIfAny("session_id", charactersMax: sessionCharactersMax)
        else { return nil }
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw .unusable("session_id has other characters than visible ASCII")
        }
        return text
    }

    private static func variables(_ metadata: JSON?) throws(Problem) -> [String: String] {
        guard let metadata else { return [:] }
        guard let members = metadata.members else { throw .unusable("metadata is not an object") }
        guard members.count <= variablesMax else {
            throw .unusable("metadata has more than \(variablesMax) members")
        }
        var variables: [String: String] = [:]
        for member in members {
            let name = try name(member.name)
            if let value = try value(member.value, name) { variables[name] = value }
        }
        return variables
    }

    /// Names stand in prompts as `{{name}}`; those that begin `system__` are the provider's.
    private static func name(_ name: String) throws(Problem) -> String {
        let isName = name.utf8.allSatisfy {
            switch $0 {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x2D: true
            default: false
            }
        }
        guard isName, (1...nameCharactersMax).contains(name.utf8.count) else {
            throw .unusable(
                "a name in metadata is not 1 to \(nameCharactersMax) letters, digits, _ and -")
        }
        guard !name.hasPrefix("system__") else {
            throw .unusable("metadata.\(name) begins with system__, which the provider keeps")
        }
        return name
    }

    /// Dynamic variables are texts, numbers and truth values.
    private static func value(_ value: JSON, _ name: String) throws(Problem) -> String? {
        switch value {
        case .null: return nil
        case .bool(let flag): return flag ? "true" : "false"
        case .integer(let number): return String(number)
        case .number(let number): return String(number)
        case .string(let text):
            guard text.count <= valueCharactersMax else {
                throw .unusable(
                    "metadata.\(name) has more than \(valueCharactersMax) characters")
            }
            return text
        case .array, .object:
            throw .unusable("metadata.\(name) is neither a string, a number nor a boolean")
        }
    }
}
