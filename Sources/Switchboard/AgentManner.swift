package import Wire

/// How an agent begins a conversation, as far as we have to know.
package struct AgentManner: Sendable, Equatable {
    /// It has no first sentence and waits for the caller's: its silence until then is no failure.
    package var waitsForCaller = false
    /// It allows us to choose its first sentence; then one that takes a call over has none.
    package var mayOverrideFirstMessage = false

    package init(waitsForCaller: Bool = false, mayOverrideFirstMessage: Bool = false) {
        self.waitsForCaller = waitsForCaller
        self.mayOverrideFirstMessage = mayOverrideFirstMessage
    }
}

extension [String: AgentManner] {
    /// As it is kept, in the order of the keys.
    package var json: JSON {
        .object(
            sorted { $0.key < $1.key }.map { key, manner in
                .init(
                    key,
                    [
                        "waits": .bool(manner.waitsForCaller),
                        "override": .bool(manner.mayOverrideFirstMessage),
                    ])
            })
    }

    /// Reads it back; nil when it is of another shape.
    package init?(_ json: JSON) {
        guard let members = json.members else { return nil }
        self.init()
        for member in members {
            guard case .bool(let waits) = member.value["waits"],
                case .bool(let override) = member.value["override"]
            else { return nil }
            self[member.name] = AgentManner(
                waitsForCaller: waits, mayOverrideFirstMessage: override)
        }
    }
}
