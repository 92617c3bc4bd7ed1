package import Wire

/// A tool that the daemon runs for the agent (Agents WebSocket, `client_tool_call`).
package protocol ClientTool: Sendable {
    /// The agent's name for it.
    var name: String { get }
    /// How long it may take; beyond that the agent is told so and the result is thrown away.
    var timeout: Duration { get }
    /// What it does stays done: a later conversation of the same call that asks for it again is
    /// told of it instead. False for what is about the call's next moment alone.
    var lasts: Bool { get }
    /// Does the work and answers text, or JSON as text; a fault is told to the agent.
    func run(_ arguments: ToolArguments, for call: Call) async throws(ToolFault) -> String
}

extension ClientTool {
    /// An agent that waits longer talks on without the result (`response_timeout_secs`, 20 s).
    package var timeout: Duration { .seconds(10) }
    package var lasts: Bool { true }
}

/// Why a tool did not do what was asked; the text is for the agent, which tells the caller.
package struct ToolFault: Error, Sendable, Equatable {
    package var text: String
    package init(_ text: String) { self.text = text }
}

/// The arguments of a tool call: written by a language model, so every one is checked.
package struct ToolArguments: Sendable, Equatable {
    private let members: JSON

    package init(_ members: JSON) { self.members = members }

    /// A text of at most so many bytes.
    package func text(_ name: String, bytesMax: Int = 500) throws(ToolFault) -> String {
        guard let text = try textIfAny(name, bytesMax: bytesMax) else {
            throw ToolFault("\(name) is missing; it is a text.")
        }
        return text
    }

    /// The same when it may be left out; an empty text counts as left out.
    package func textIfAny(_ name: String, bytesMax: Int = 500) throws(ToolFault) -> String? {
        switch members[name] {
        case nil, .null: return nil
        case .string(let text):
            guard text.utf8.count <= bytesMax else {
                throw ToolFault("\(name) is longer than \(bytesMax) bytes.")
            }
            return text.isEmpty ? nil : text
        // Models write telephone keys and numbers without quotes.
        case .integer(let number): return String(number)
        default: throw ToolFault("\(name) must be a text.")
        }
    }
}

/// The tools that agents of this house may use, by name.
package struct ToolShelf: Sendable {
    private let tools: [String: any ClientTool]

    /// Of two tools of one name the later counts.
    package init(_ tools: [any ClientTool] = []) {
        self.tools = Dictionary(tools.map { ($0.name, $0) }) { $1 }
    }

    /// The names, in order.
    package var names: [String] { tools.keys.sorted() }

    subscript(name: String) -> (any ClientTool)? { tools[name] }

    /// What steers the call itself.
    package static let telephone: [any ClientTool] = [
        TransferCall(), EmergencyTransfer(), EndCall(), SendKeys(),
    ]
}
