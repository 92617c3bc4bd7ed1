/// What the next conversation is told besides the story: how it went when the caller was sent to
/// somebody, what they typed while no agent listened, what was begun and may have happened.
///
/// It survives the process. Keys are the agent's alone: it prints none of them.
package struct MessagePad: Sendable, Equatable {
    /// Keys kept, the newest: a card number and an answer or two.
    package static let keysMax = 64
    /// Tools named at most.
    package static let toolsMax = 8

    /// Why the caller is back who was sent to somebody; empty when they were not.
    package var errand: String
    /// Keys typed while no agent listened.
    package private(set) var keys: String
    /// Tools that were under way when the process that ran them died.
    package private(set) var tools: [String]

    package init(errand: String = "", keys: String = "", tools: [String] = []) {
        self.errand = errand
        self.keys = String(keys.suffix(Self.keysMax))
        self.tools = Array(tools.prefix(Self.toolsMax))
    }

    /// True when there is nothing to tell.
    package var isEmpty: Bool { self == MessagePad() }

    /// More keys, typed in one go.
    package mutating func add(keys more: String) {
        keys = String((keys.isEmpty ? more : keys + " " + more).suffix(Self.keysMax))
    }

    /// One more tool whose end nobody knows.
    package mutating func add(tool: String) {
        if tools.count < Self.toolsMax, !tools.contains(tool) { tools.append(tool) }
    }

    /// What was told in vain, before all that came since.
    package mutating func putBack(_ told: MessagePad) {
        if errand.isEmpty { errand = told.errand }
        let since = keys
        keys = told.keys
        if !since.isEmpty { add(keys: since) }
        for tool in told.tools { add(tool: tool) }
    }

    /// All of it in words for the agent, and gone; nil when there is nothing.
    package mutating func take() -> String? {
        defer { self = MessagePad() }
        return text
    }

    /// All of it in words for the agent; nil when there is nothing.
    package var text: String? {
        guard !isEmpty else { return nil }
        var sentences: [String] = []
        if !errand.isEmpty { sentences.append(errand) }
        if !keys.isEmpty { sentences.append("Meanwhile the caller pressed these keys: \(keys)") }
        if !tools.isEmpty {
            sentences.append(
                "These tools were under way and may or may not have done their work: "
                    + tools.joined(separator: ", ") + ". Find out before you use them again.")
        }
        return sentences.joined(separator: " ")
    }
}

extension MessagePad: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "(a message pad, \(keys.utf8.count) keys)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
